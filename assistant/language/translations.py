"""Translations from gettext catalogs, and an honest account of what a text really is.

Two catalogs per language: `messages.po` (the assistant's own sentences, msgid English) and
`knowledge.po` (entries, msgid German, msgctxt `<entry id>:<field>`). A text that is missing falls
back along the chain of the language; every text says which language it is in and how good it is.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import polib

from assistant.errors import CatalogError
from assistant.language.tags import Direction, direction

State = Literal["source", "reviewed", "unreviewed", "outdated"]

REVIEW_HEADER = "X-Lotse-Review"
"""Catalog header; `machine-made` marks every text that no comment `reviewed by` takes out."""
REVIEWED = "reviewed by "


@dataclass(frozen=True)
class Text:
    """A text for people: the language it really is in, its value, and its state."""

    language: str
    value: str
    state: State = "source"

    @property
    def direction(self) -> Direction:
        return direction(self.language)


@dataclass(frozen=True)
class Catalog:
    """The translations of one file: (msgctxt, msgid) -> (text or plural forms, state)."""

    texts: Mapping[tuple[str, str], tuple[tuple[str, ...], State]] = field(default_factory=dict)
    plural: str = "n != 1"


def N_(msgid: str) -> str:  # noqa: N802 - gettext's name for "translate me later"
    """Mark a text for the extractor."""
    return msgid


def load_catalog(path: Path) -> Catalog:
    """Read a .po file; a missing file is an empty catalog. Raise CatalogError when unreadable."""
    if not path.is_file():
        return Catalog()
    try:
        file = polib.pofile(str(path), encoding="utf-8", check_for_duplicates=False)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CatalogError(f"{path}: cannot be read ({reason}); repair it or restore it") from error
    machine_made = "machine" in file.metadata.get(REVIEW_HEADER, "")
    texts: dict[tuple[str, str], tuple[tuple[str, ...], State]] = {}
    for entry in file:
        forms = tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
        if entry.obsolete or not all(forms):
            continue
        texts[(entry.msgctxt or "", entry.msgid)] = (forms, _state(entry, machine_made))
    return Catalog(texts, _plural_rule(file.metadata.get("Plural-Forms", "")))


def _state(entry: polib.POEntry, machine_made: bool) -> State:
    if entry.fuzzy:
        return "outdated"
    if machine_made and not entry.tcomment.startswith(REVIEWED):
        return "unreviewed"
    return "reviewed"


def _plural_rule(header: str) -> str:
    _, found, rule = header.partition("plural=")
    return rule.rstrip("; ") if found else "n != 1"


@dataclass(frozen=True)
class Translations:
    """All catalogs, by language."""

    source_language: str
    messages: Mapping[str, Catalog]
    knowledge: Mapping[str, Catalog]
    fallbacks: Mapping[str, Sequence[str]]

    def message(self, language: str, msgid: str, **values: object) -> Text:
        """Return one of the assistant's sentences (msgid English) with its values filled in."""
        for tag in (language, *self.fallbacks.get(language, ())):
            found = self.messages.get(tag, Catalog()).texts.get(("", msgid))
            if found:
                return Text(tag, _filled(found[0][0], values), found[1])
        return Text("en", _filled(msgid, values), "source")

    def plural(self, language: str, one: str, many: str, count: int, **values: object) -> Text:
        """Return a sentence in the plural form of a count (`{count}` is filled in)."""
        values = {"count": count, **values}
        for tag in (language, *self.fallbacks.get(language, ())):
            catalog = self.messages.get(tag, Catalog())
            found = catalog.texts.get(("", one))
            if found:
                index = min(plural_index(catalog.plural, count), len(found[0]) - 1)
                return Text(tag, _filled(found[0][index], values), found[1])
        return Text("en", _filled(one if count == 1 else many, values), "source")

    def knowledge_text(self, language: str, context: str, source: str) -> Text:
        """Return the translation of an entry's German text, or the best there is instead."""
        for tag in (language, *self.fallbacks.get(language, ())):
            if tag == self.source_language:
                break
            found = self.knowledge.get(tag, Catalog()).texts.get((context, source))
            if found:
                return Text(tag, found[0][0], found[1])
        return Text(self.source_language, source, "source")


def load_translations(
    folder: Path, source_language: str, fallbacks: Mapping[str, Sequence[str]]
) -> Translations:
    """Load the catalogs of every language; `fallbacks` names the languages and their chains."""
    return Translations(
        source_language=source_language,
        messages={t: load_catalog(catalog_path(folder, t, "messages")) for t in fallbacks},
        knowledge={t: load_catalog(catalog_path(folder, t, "knowledge")) for t in fallbacks},
        fallbacks=fallbacks,
    )


def catalog_path(folder: Path, language: str, domain: str) -> Path:
    """Return where the catalog of a language stands."""
    return folder / language / "LC_MESSAGES" / f"{domain}.po"


@lru_cache(maxsize=64)
def _plural_form(rule: str) -> Callable[[int], int]:
    """The function that a catalog's `Plural-Forms` describes."""
    return gettext.c2py(rule)


def plural_index(rule: str, count: int) -> int:
    """Return the index of the plural form for a count by a gettext rule such as `n != 1`."""
    return int(_plural_form(rule)(count))


def _filled(text: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
