"""The last answers by the id a client gave its message: sent twice, a message is answered once.

A phone that lost the connection cannot know whether its message arrived, so it sends it again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from assistant.channels.expiring import Expiring

KEPT_SECONDS = 3600.0
MOST = 4000
"""Answers kept at most; compressed, an answer has about two kilobytes."""


@dataclass(frozen=True)
class Sent:
    """An answer as it was sent (gzip), and a digest of the message it answers."""

    digest: bytes
    conversation: str
    body: bytes


@dataclass
class Answered:
    """Answers by message id, oldest first. Of the message itself only a keyed digest is kept."""

    clock: Callable[[], float] = time.time
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def __post_init__(self) -> None:
        self._kept: Expiring[Sent] = Expiring(self.clock, KEPT_SECONDS, MOST)

    def find(self, message: str, words: tuple[str | None, ...]) -> Sent | None:
        """Return what was sent in answer to a message: the same id, and the same words."""
        sent = self._kept.get(message)
        return sent if sent is not None and sent.digest == self._digest(words) else None

    def keep(self, message: str, words: tuple[str | None, ...], conversation: str, body: bytes) -> None:
        """Keep an answer for an hour, as long as there is room."""
        self._kept.keep(message, Sent(self._digest(words), conversation, body))

    def expire(self) -> None:
        """Delete the answers whose hour is over."""
        self._kept.expire()

    def forget(self, conversation: str) -> None:
        """Delete the answers of a conversation."""
        for message in [m for m, sent in self._kept.items() if sent.conversation == conversation]:
            self._kept.pop(message)

    def _digest(self, words: tuple[str | None, ...]) -> bytes:
        return blake2b(repr(words).encode("utf-8", "replace"), digest_size=16, key=self._salt).digest()
