"""What a conversation remembers between two messages: its language and its last entry."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assistant.knowledge.model import Coordinates

REMEMBERED = dt.timedelta(minutes=10)
"""How long "where is it?" still means the entry answered last."""


@dataclass(frozen=True)
class Message:
    """What a person sends: words, or the id of a choice pressed. `language` is the chosen one.

    `conversation`: any text that stays the same within a conversation; `position`: where the person
    is, when they say so. Neither is kept.
    """

    text: str = ""
    choice: str | None = None
    language: str | None = None
    conversation: str = ""
    position: Coordinates | None = None


@dataclass(frozen=True)
class Conversation:
    """The memory of one conversation; frozen, each turn makes the next one."""

    language: str | None = None
    entry: str | None = None
    answered_at: dt.datetime | None = None
    previous: str | None = None
    """The entry answered before that, to go back to."""
    spoken: str | None = None
    """The language of the last reply: it decides where a short message could be in two languages."""

    def recent_entry(self, now: dt.datetime) -> str | None:
        """Return the entry answered last, while it is fresh."""
        if self.entry and self.answered_at and now - self.answered_at <= REMEMBERED:
            return self.entry
        return None
