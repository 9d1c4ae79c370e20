"""Sealing: what must leave the process (the store, a browser) but nobody may read or change.

AES-256-GCM with a key derived from the secret of the settings (HKDF, RFC 5869), one key per purpose,
so that what was sealed for one place cannot be opened in another.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
"""Bytes, as NIST SP 800-38D recommends for GCM."""


class Sealer:
    """Seals bytes for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        key = HKDF(SHA256(), 32, None, purpose.encode()).derive(secret.encode())
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes) -> bytes:
        """Return the bytes sealed; each time other bytes."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open(self, sealed: bytes) -> bytes | None:
        """Return what was sealed; None when it was changed or sealed with another secret."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)
        except (InvalidTag, ValueError):
            return None

    def seal_text(self, plain: bytes) -> str:
        """Return the bytes sealed as text of letters, digits, - and _."""
        return urlsafe_b64encode(self.seal(plain)).rstrip(b"=").decode()

    def open_text(self, sealed: str) -> bytes | None:
        """Return what was sealed as text; None for anything else."""
        try:
            padded = sealed.encode("ascii") + b"=" * (-len(sealed) % 4)
            return self.open(urlsafe_b64decode(padded))
        except ValueError:
            return None
