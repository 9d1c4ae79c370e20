"""The language of the reply (design.md, section 4.7)."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.detect import Detected
from assistant.language.tags import negotiate, primary


def reply_language(detected: Detected, chosen: str | None, available: Sequence[str], default: str) -> str:
    """Return the language to answer in.

    The chosen language while the person writes in it or nothing else is clear; else the language of
    the message. A single foreign or German word does not flip it.
    """
    wish = negotiate([chosen], available) if chosen else None
    if wish and primary(wish) == detected.language:
        return wish  # easy German stays easy
    if detected.language in available and detected.language is not None:
        if detected.is_clear() and (wish is None or detected.words >= 3):
            return detected.language
        if wish is None:
            return detected.language
    return wish or default
