"""Keys that bring words typed in Latin letters together with the same words in their own script.

`sound_key` keeps vowels (Cyrillic writes them); `skeleton` keeps consonants only (Arabic script does
not write short vowels, and people guess them). Rules measured in matching.md, section 3.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_ARABIZI = str.maketrans({"2": "", "3": "", "4": "", "5": "h", "6": "t", "7": "h", "8": "k", "9": "s"})
_CONSONANTS = (
    ("sch", "s"), ("tsch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "s"), ("kh", "h"), ("gh", "h"),
    ("th", "t"), ("dh", "d"), ("ph", "f"), ("q", "k"), ("x", "h"), ("g", "h"), ("v", "f"), ("w", ""),
    ("y", ""), ("p", "b"), ("z", "s"), ("c", "s"), ("j", "s"),
)  # fmt: skip
_SOUNDS = (
    ("shch", "s"), ("sch", "s"), ("tsch", "c"), ("sh", "s"), ("zh", "z"), ("kh", "h"), ("ch", "c"),
    ("ts", "c"), ("tz", "c"), ("yi", "i"), ("ji", "i"), ("ii", "i"), ("iy", "i"), ("yy", "i"),
    ("ia", "a"), ("ya", "a"), ("ja", "a"), ("iu", "u"), ("yu", "u"), ("ju", "u"), ("ie", "e"),
    ("ye", "e"), ("je", "e"), ("io", "o"), ("yo", "o"), ("jo", "o"), ("y", "i"), ("j", "i"),
    ("w", "v"), ("x", "h"), ("g", "h"),
)  # fmt: skip
_SIBILANTS = str.maketrans("zc", "ss")
_VOWELS = re.compile(r"[aeiou]+")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return the consonant skeleton of a word in any script, for example `شهادة` -> `shd`."""
    text = anyascii(word).lower().translate(_ARABIZI)
    for old, new in _CONSONANTS:
        text = text.replace(old, new)
    text = _VOWELS.sub("", re.sub(r"[^a-z]", "", text))
    return _DOUBLED.sub(r"\1", text)


@lru_cache(maxsize=65536)
def sound_key(word: str) -> str:
    """Return a key of the sounds of a word, vowels kept, for example `робота` -> `robota`.

    Sibilants are one: each way of typing them (zh, sch, z, c, 4 for ч) stands for several letters.
    """
    text = re.sub(r"[^a-z4]", "", anyascii(word).lower()).replace("4", "ch")
    for old, new in _SOUNDS:
        text = text.replace(old, new)
    return _DOUBLED.sub(r"\1", text.translate(_SIBILANTS))


def sound_keys(word: str) -> tuple[str, ...]:
    """Return the keys a Latin-typed word may have: `ch` is ч in English spelling, х in German."""
    return tuple(dict.fromkeys((sound_key(word), sound_key(word.replace("ch", "h")))))
