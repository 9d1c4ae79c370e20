"""Right-to-left messages as plain text: Latin words, phones and numbers keep their own order.

Telegram knows no `<bdi>`, so isolates (U+2066 … U+2069) and marks (U+200F) of the Unicode Bidirectional
Algorithm (UAX #9) say it. Messages in left-to-right languages stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from assistant.answers.reply import Draft
from assistant.language.tags import direction
from assistant.language.translations import Text

LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT_MARK = "\u2066", "\u2069", "\u200f"

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_LETTER = "0-9A-Za-zªµºÀ-ÖØ-öø-ʯͰ-ϿЀ-ԯሀ-፼Ḁ-ỿ"
_INSIDE = (
    rf"(?:, (?=[{_LETTER}§])|[./:@_&'’\-–+=?#%,]{{1,3}}(?=[{_LETTER}])"
    rf"|[ \u00a0](?:[–·&/-][ \u00a0])?(?=[{_LETTER}§]))"
)
"""What may stand between two Latin words or numbers of one run."""
_RUN = re.compile(
    rf"{LEFT_TO_RIGHT_ISOLATE}[^{POP_ISOLATE}]*{POP_ISOLATE}"
    rf"|(?<=\()[^()\n{_RTL}{LEFT_TO_RIGHT_ISOLATE}]*[{_LETTER}][^()\n{_RTL}{LEFT_TO_RIGHT_ISOLATE}]*(?=\))"
    rf"|(?:§+[ \u00a0]?|[+/@#])?[{_LETTER}]+(?:{_INSIDE}(?:§+[ \u00a0]?)?[{_LETTER}]+)*(?:[ \u00a0]?[%€])?"
)
_RIGHT_TO_LEFT = re.compile(f"[{_RTL}]")
T = TypeVar("T")


def isolate_runs(text: str) -> str:
    """Return right-to-left text with each run of Latin words, numbers and signs isolated, once."""
    return _RUN.sub(lambda run: _isolated(run[0]), text)


def isolate_text(text: Text) -> Text:
    """Return a text that may stand in a right-to-left line, whatever language it is in."""
    if direction(text.language) == "rtl" or _RIGHT_TO_LEFT.search(text.value):
        return replace(text, value=isolate_runs(text.value))
    return replace(text, value="\n".join(_isolated(line) for line in text.value.split("\n")))


def isolate_texts(value: T) -> T:
    """Return a block with all its texts fit for a right-to-left message.

    Drafts stay as they are: people copy them, and nothing invisible should travel along.
    """
    if isinstance(value, Draft):
        return value
    if isinstance(value, Text):
        return isolate_text(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(isolate_texts(item) for item in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: isolate_texts(getattr(value, f.name)) for f in fields(value) if f.name != "type"}
        return replace(value, **changed)
    return value


def mark_line(line: str) -> str:
    """Return a line that begins on the right, also where its first word is Latin."""
    return f"{RIGHT_TO_LEFT_MARK}{line}" if line else line


def _isolated(text: str) -> str:
    if not text or (text.startswith(LEFT_TO_RIGHT_ISOLATE) and text.endswith(POP_ISOLATE)):
        return text
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"
