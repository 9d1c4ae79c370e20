"""Language tags (BCP 47): names, directions, and which language to use for a wish."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError, negotiate_locale

Direction = Literal["ltr", "rtl"]

_SYNONYMS = {"prs": "fa", "kmr": "ku", "ckb": "ckb", "iw": "he", "in": "id", "mo": "ro", "tg": "fa"}
_ENDONYMS = {
    "ku": "Kurmancî",
    "ti": "ትግርኛ",
    "so": "Soomaali",
    "ps": "پښتو",
    "fa": "فارسی / دری",
    "de-simple": "Deutsch (Leichte Sprache)",
}
_RTL = {"ar", "fa", "ps", "he", "ur", "ckb", "sd", "ug", "yi", "dv"}


@dataclass(frozen=True)
class Language:
    """A language with its own name, as menus show it."""

    tag: str
    name: str
    direction: Direction


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """Return Babel's locale of a tag, or of its language alone; English when unknown."""
    for candidate in (tag, primary(tag)):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def primary(tag: str) -> str:
    """Return the language of a tag without script, region and variant (BCP 47: primary language subtag)."""
    return tag.partition("-")[0]


@lru_cache(maxsize=256)
def direction(tag: str) -> Direction:
    """Return the writing direction of a language."""
    return "rtl" if primary(tag) in _RTL else "ltr"


@lru_cache(maxsize=256)
def endonym(tag: str) -> str:
    """Return the language's own name for itself, capitalized, for example `Türkçe`."""
    base = primary(tag)
    name = _ENDONYMS.get(tag) or _ENDONYMS.get(base) or locale_of(tag).get_display_name(locale_of(tag)) or tag
    return name[:1].upper() + name[1:]


def languages_of(tags: Iterable[str]) -> list[Language]:
    """Return the languages of some tags, for a menu."""
    return [Language(tag, endonym(tag), direction(tag)) for tag in tags]


def language_name(tag: str, in_language: str) -> str:
    """Return the name of a language in another one, for example (`ar`, `de`) -> `Arabisch`."""
    return locale_of(in_language).languages.get(primary(tag)) or endonym(tag)


def negotiate(wished: Iterable[str], available: Sequence[str]) -> str | None:
    """Return the available language that fits the first wish that can be met, or None."""
    for wish in wished:
        base = primary(wish.replace("_", "-")).lower()
        wishes = [wish.replace("_", "-"), _SYNONYMS.get(base, base)]
        found = negotiate_locale(wishes, list(available), sep="-")
        if found:
            return found
    return None
