"""Folding text so that the same word written differently becomes the same string.

One function serves the index and the query. Rules by script: Latin loses its marks, Cyrillic keeps
й and ї (they are letters), Arabic letter variants become one, Indic, Ethiopic and the like keep
their marks (there they are vowels).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LONGEST = 1200
"""Characters of a message in which dangers are looked for."""
MAX_LENGTH = 300
"""Characters of a message that are looked at; longer input makes matching slow (traps.md, F7)."""

_FOLDED: dict[str, str | None] = {
        "ß": "ss", "ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
        "ё": "е", "ґ": "г",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ئ": "ي",
        "ؤ": "و", "ة": "ه", "ۀ": "ه", "ە": "ه", "ک": "ك", "ګ": "گ", "ڪ": "ك", "ء": None, "ـ": None,
        "\u200c": " ", "§": " § ", "€": " € ",
    "ټ": "ت", "ډ": "د", "ړ": "ر", "ښ": "ش", "ږ": "ژ", "ڼ": "ن", "ځ": "ز", "څ": "س",
    "\u093c": None, "\u0901": "\u0902",  # Devanagari: the dot below and the moon are often left out
}  # fmt: skip
_ETHIOPIC_TWINS = (
    (0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338),
    (0x12B8, 0x12A8), (0x1250, 0x1240),
)  # fmt: skip
"""Rows of Ethiopic syllables that sound alike in Tigrinya and are written for one another."""
_FOLDED |= {chr(row + n): chr(base + n) for row, base in _ETHIOPIC_TWINS for n in range(7)}
_APOSTROPHES = re.compile(r"['’ʼ‘`´ʻʿʾ＇]")
_ELISION = re.compile(r"\b([a-zA-Z]{1,2})['’ʼ‘`´](?=[a-zA-ZÀ-ž]{2})")
_LEVEL = re.compile(r"\b([abc]\s?|[авсб])([12])\b")
_LEVEL_LETTERS = str.maketrans({"а": "a", "в": "b", "б": "b", "с": "c"})
_VOWEL_SIGNS = "\u0900-\u0dff\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff"
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
"""Letters drawn out, as in "helppppp"; no word needs the same letter three times."""
_TOKEN = re.compile(rf"§|€|[^\W_](?:[^\W_]|[{_VOWEL_SIGNS}])*")
_MARKED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")


def clean(text: str) -> str:
    """Return text without control, bidi and zero-width characters and lone surrogates; NFKC."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "ignore").decode("utf-8"))
    return text.translate(_CLEAN)


def fold(text: str) -> str:
    """Return text folded for matching: one spelling for all ways to write the same letters."""
    text = _ELISION.sub(r"\1 ", clean(text[:LONGEST]))
    text = _APOSTROPHES.sub("", text).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_FOLD)
    text = _STRETCHED.sub(r"\1", text)
    return _LEVEL.sub(lambda m: m[1].strip().translate(_LEVEL_LETTERS) + m[2], text)


@lru_cache(maxsize=65536)
def tokens(text: str, limit: int = MAX_LENGTH) -> tuple[str, ...]:
    """Return the folded words of a text, at most `limit` characters of it."""
    return tuple(_TOKEN.findall(fold(text[:limit])))


def script_of(word: str) -> str:
    """Return the script of a word by its first letter: Latin, Cyrillic, Arabic, Ethiopic, Other."""
    for char in word:
        code = ord(char)
        if code < 0x250 or 0x1E00 <= code < 0x1F00:
            if char.isalpha():
                return "Latin"
        elif 0x400 <= code < 0x530:
            return "Cyrillic"
        elif 0x600 <= code < 0x700 or 0x750 <= code < 0x780 or 0xFB50 <= code < 0xFF00:
            return "Arabic"
        elif 0x1200 <= code < 0x1400:
            return "Ethiopic"
        elif char.isalpha():
            return unicodedata.name(char, "OTHER").split()[0].capitalize()
    return "Other"


class _Table(dict[int, str | None]):
    """A translation table for str.translate that works out each character once."""

    def __init__(self, rule: Callable[[str], str | None]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str | None:
        found = self[code] = self._rule(chr(code))
        return found


def _clean_char(char: str) -> str | None:
    if char in "\n\r\t":
        return " "
    if char == "\u200c":
        return char
    return None if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") else char


def _fold_char(char: str) -> str | None:
    if char in _FOLDED:
        return _FOLDED[char]
    if char.isascii() or char in "йї":
        return char
    if char.isdigit():
        return str(unicodedata.digit(char, 0))
    name = unicodedata.name(char, "")
    if unicodedata.category(char) == "Mn":
        return None if name.startswith(("COMBINING", *_MARKED_SCRIPTS)) else char
    base = unicodedata.normalize("NFD", char)[0]
    if base != char and name.startswith(_MARKED_SCRIPTS):
        return _FOLDED.get(base, base)
    return char


_CLEAN, _FOLD = _Table(_clean_char), _Table(_fold_char)
