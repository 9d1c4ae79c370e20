"""Keys of deleted conversations, for an hour: what a browser still holds of them is not believed.

One fixed piece of memory that all processes of a server share when it is made before they are forked.
"""

from __future__ import annotations

import mmap
import secrets
from hashlib import blake2b
from struct import Struct

ROWS = 8192
WAYS = 4
"""Places for a key; the oldest of them is overwritten, so 32,768 keys fit."""
_SLOT = Struct("8sd")


class DeletedKeys:
    """Remembers digests of keys with the time they were deleted."""

    def __init__(self, kept_seconds: float) -> None:
        self._kept = kept_seconds
        self._salt = secrets.token_bytes(16)
        self._memory = mmap.mmap(-1, ROWS * WAYS * _SLOT.size)

    def add(self, key: str, now: float) -> None:
        """Remember a key as deleted now."""
        digest, places = self._places(key)
        oldest = min(places, key=lambda place: float(_SLOT.unpack_from(self._memory, place)[1]))
        _SLOT.pack_into(self._memory, oldest, digest, now)

    def holds(self, key: str, now: float) -> bool:
        """Whether a key was deleted within the time that is remembered."""
        digest, places = self._places(key)
        for place in places:
            found, deleted = _SLOT.unpack_from(self._memory, place)
            if found == digest and now - deleted <= self._kept:
                return True
        return False

    def _places(self, key: str) -> tuple[bytes, range]:
        digest = blake2b(key.encode("utf-8", "replace"), digest_size=8, key=self._salt).digest()
        row = int.from_bytes(digest) % ROWS * WAYS * _SLOT.size
        return digest, range(row, row + WAYS * _SLOT.size, _SLOT.size)
