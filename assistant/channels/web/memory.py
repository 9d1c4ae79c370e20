"""Web conversations live in memory only: an hour after the last message they are gone.

A sealed copy (`state`) goes along with every answer and comes back with the next message, so that a
conversation survives a restart of the server and may be answered by any of its processes. It is believed
when it is sealed with our secret, belongs to the conversation it comes with, is younger than an hour and
newer than what memory holds. Anything else is ignored.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.channels.expiring import Expiring
from assistant.channels.web.deleted import DeletedKeys
from assistant.dialogue.state import Conversation
from assistant.storage.remembering import from_bytes, to_bytes
from assistant.storage.sealing import Sealer

KEPT_SECONDS = 3600.0
MOST = 20_000
PURPOSE = "web"


@dataclass(frozen=True)
class Kept:
    """A conversation after a turn; turns are counted from 1."""

    turn: int
    conversation: Conversation


def _own_sealer() -> Sealer:
    return Sealer(secrets.token_hex(32), PURPOSE)


def _own_deleted() -> DeletedKeys:
    return DeletedKeys(KEPT_SECONDS)


@dataclass
class Conversations:
    """Conversations by their random key, oldest first."""

    clock: Callable[[], float] = time.time
    sealer: Sealer = field(default_factory=_own_sealer)
    deleted: DeletedKeys = field(default_factory=_own_deleted)

    def __post_init__(self) -> None:
        self._kept: Expiring[Kept] = Expiring(self.clock, KEPT_SECONDS, MOST)

    def load(self, key: str | None, state: str | None = None) -> tuple[str, Conversation]:
        """Return a conversation and its key; a key that neither memory nor the state knows gets a new one."""
        now = self.clock()
        if not key or self.deleted.holds(key, now):
            return secrets.token_urlsafe(16), Conversation()
        kept = self._kept.get(key)
        brought = self._open(key, state, now) if state else None
        if brought is not None and (kept is None or brought.turn > kept.turn):
            kept = brought
            self._kept.keep(key, brought)
        return (key, kept.conversation) if kept else (secrets.token_urlsafe(16), Conversation())

    def save(self, key: str, conversation: Conversation) -> str:
        """Keep a conversation for another hour; return its sealed copy."""
        before = self._kept.get(key)
        turn = before.turn + 1 if before else 1
        self._kept.keep(key, Kept(turn, conversation))
        head = f"{key} {turn} {self.clock():.0f} ".encode()
        return self.sealer.seal_text(head + to_bytes(conversation))

    def forget(self, key: str) -> None:
        """Delete a conversation; sealed copies of it are worthless from now on."""
        self._kept.pop(key)
        self.deleted.add(key, self.clock())

    def expire(self) -> None:
        """Delete the conversations whose hour is over."""
        self._kept.expire()

    def _open(self, key: str, state: str, now: float) -> Kept | None:
        plain = self.sealer.open_text(state)
        if plain is None:
            return None
        own, turn, sealed, data = plain.split(b" ", 3)
        conversation = from_bytes(data)
        if conversation is None or own.decode() != key or now - float(sealed) > KEPT_SECONDS:
            return None
        return Kept(int(turn), conversation)
