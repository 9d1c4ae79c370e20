"""A unit of work: what handling one update wants to write, collected and written in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.dialogue.state import Conversation

Write = Callable[[AsyncConnection], Awaitable[object]]


@dataclass
class Unit:
    """Writes of one update; `known` are conversations that need no reading, by key."""

    known: MutableMapping[str, Conversation] = field(default_factory=dict)
    saved: dict[str, Conversation] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    writes: list[Write] = field(default_factory=list)

    def conversation(self, key: str) -> Conversation | None:
        """Return a conversation as this unit leaves it; None when it has to be read."""
        if key in self.saved:
            return self.saved[key]
        return Conversation() if key in self.forgotten else self.known.get(key)

    def save(self, key: str, state: Conversation) -> None:
        """Let a conversation be saved."""
        self.saved[key] = state

    def forget(self, key: str, write: Write) -> None:
        """Let everything about a chat be deleted; what was to be saved is not."""
        self.saved.pop(key, None)
        self.forgotten.add(key)
        self.writes.append(write)


UNIT: ContextVar[Unit | None] = ContextVar("unit", default=None)
"""The unit of the update being handled; None: writes happen at once."""
