"""A path as one page: its stations in walking order, with their questions and options."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answers.reply import Choice
from assistant.language.translations import Text


@dataclass(frozen=True)
class Stop:
    """One numbered station."""

    id: str
    title: Text
    question: Text | None
    options: tuple[Choice, ...]


@dataclass(frozen=True)
class Chain:
    """The process chain of a path."""

    id: str
    title: Text
    summary: Text
    stops: tuple[Stop, ...]
