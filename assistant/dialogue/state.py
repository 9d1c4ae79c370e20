"""What a conversation remembers between two messages: language, last entry, situation, path."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from assistant.dialogue.situation import Situation
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
    situation: Situation = field(default_factory=Situation)
    path: str | None = None
    trail: tuple[tuple[str, str], ...] = ()
    """Stations of the path passed so far, each with the option pressed there."""
    previous: str | None = None
    """The entry answered before that, to go back to."""
    spoken: str | None = None
    """Language of the last reply: buttons go on in it, and short messages that could be in two languages."""

    def recent_entry(self, now: dt.datetime) -> str | None:
        """Return the entry answered last, while it is fresh."""
        if self.entry and self.answered_at and now - self.answered_at <= REMEMBERED:
            return self.entry
        return None

    def recent_path(self, now: dt.datetime) -> str | None:
        """Return the path the person is on, while it is fresh."""
        fresh = self.answered_at is not None and now - self.answered_at <= REMEMBERED
        return self.path if fresh else None
