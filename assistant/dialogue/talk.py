"""Small talk: greetings, thanks and the wish for a person, so that nobody meets a wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assistant.matching.concepts import Spotted
from assistant.matching.words import Query

Talk = Literal["hello", "thanks", "bye", "who", "person"]

_TALK: dict[str, Talk] = {
    "t-hello": "hello",
    "t-thanks": "thanks",
    "t-bye": "bye",
    "t-who-are-you": "who",
    "t-human": "person",
}


def small_talk(query: Query, spotted: Sequence[Spotted]) -> Talk | None:
    """Return what kind of small talk a message is, or None when it says more than that."""
    found = [s for s in spotted if s.concept in _TALK and s.strength >= 0.8]
    if not found:
        return None
    covered = {p for s in found for p in s.positions}
    others = {p for s in spotted if s.concept not in _TALK and s.strength >= 0.5 for p in s.positions}
    rest = len(query.tokens) - len(covered)
    if others - covered or rest > 2:
        return None
    return _TALK[max(found, key=lambda s: (len(s.positions), s.strength)).concept]
