"""Taking out of a text what could name a person, before anything is kept."""

from __future__ import annotations

import re

_MAIL = re.compile(r"\S+@\S+")
_LINK = re.compile(r"(https?://|www\.|t\.me/|@)\S+", re.IGNORECASE)
_NUMBER = re.compile(r"[+\d][\d\s/().-]{3,}\d|\b\w*\d\w*\d\w*\d\w*\b")
_NAMED = re.compile(
    r"\b(ich hei(?:ß|ss)e|mein name ist|my name is|i am called|benim ad[ıi]m|ad[ıi]m|"
    r"меня зовут|мене звати|моє ім'я|اسمي|انا اسمي|نام من|اسم من|اسمم)\s+\S+(\s+[^\W\d_]\S*)?",
    re.IGNORECASE,
)
HIDDEN = "…"


def scrub(text: str) -> str:
    """Return a text without mail addresses, links, long numbers and names that are introduced."""
    for pattern in (_MAIL, _LINK, _NUMBER):
        text = pattern.sub(HIDDEN, text)
    return _NAMED.sub(rf"\1 {HIDDEN}", text).strip()[:300]
