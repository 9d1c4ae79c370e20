"""Keeping catalogs in step with the sources: update, status, export and import.

`messages.po` holds the assistant's sentences (found in the Python code), `knowledge.po` the entries.
A German text that changed keeps its old translation, marked fuzzy, so that it shows as outdated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from rapidfuzz import fuzz

from assistant.knowledge.model import Knowledge
from assistant.knowledge.texts import source_texts
from assistant.language.tags import locale_of
from assistant.language.translations import REVIEW_HEADER, REVIEWED, catalog_path

KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "say": (2,),
    "message": (2,),
    "PL_": (1, 2),
    "N_": None,
}
SIMILAR = 50
"""Likeness in percent from which a changed text keeps its old translation as fuzzy."""


@dataclass(frozen=True)
class Wanted:
    """A text a catalog should hold."""

    context: str
    msgid: str
    plural: str = ""
    places: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.msgid)


@dataclass(frozen=True)
class Status:
    """How far the translation of one catalog is."""

    language: str
    domain: str
    total: int
    missing: int
    outdated: int
    unreviewed: int

    @property
    def done(self) -> int:
        return self.total - self.missing - self.outdated


def wanted_messages(package: Path) -> list[Wanted]:
    """Return the sentences of the assistant, found in its code."""
    found: dict[str, Wanted] = {}
    for file, _line, message, _comments, _context in extract_from_dir(
        package, [("**.py", "python")], keywords=KEYWORDS
    ):
        parts = (message,) if isinstance(message, str) else tuple(m for m in message if m)
        if not parts:
            continue
        known = found.get(parts[0])
        places = tuple(sorted({*(known.places if known else ()), f"assistant/{file}"}))
        plural = parts[1] if len(parts) > 1 else (known.plural if known else "")
        found[parts[0]] = Wanted("", parts[0], plural, places)
    return [found[msgid] for msgid in sorted(found)]


def wanted_knowledge(knowledge: Knowledge) -> list[Wanted]:
    """Return the texts of the knowledge base, each with its context."""
    return [
        Wanted(text.context, text.text, places=(f"knowledge/{text.file}",))
        for text in source_texts(knowledge)
    ]


def update_catalog(path: Path, language: str, wanted: Iterable[Wanted]) -> Status:
    """Bring a catalog in step with the wanted texts; translations are never thrown away unseen."""
    old = polib.pofile(str(path), encoding="utf-8") if path.is_file() else polib.POFile()
    known = {(e.msgctxt or "", e.msgid): e for e in old if not e.obsolete}
    texts = list(wanted)
    keys = {text.key for text in texts}
    orphans: dict[str, list[polib.POEntry]] = {}
    for key, entry in known.items():
        if key not in keys and entry.msgstr:
            orphans.setdefault(key[0], []).append(entry)
    new = polib.POFile(wrapwidth=100)
    new.metadata = _metadata(language, old.metadata)
    for text in texts:
        entry = known.get(text.key) or _from_orphan(text, orphans) or _empty(text)
        entry.occurrences = [(place, "") for place in text.places]
        entry.comment = text.note
        if text.plural and not entry.msgid_plural:
            entry.msgid_plural = text.plural
            entry.msgstr_plural = dict.fromkeys(range(plural_count(new.metadata["Plural-Forms"])), "")
        new.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path))
    return catalog_status(new, language, path.stem)


def _from_orphan(text: Wanted, orphans: Mapping[str, list[polib.POEntry]]) -> polib.POEntry | None:
    """The translation of the text that stood here before, marked as outdated."""
    candidates = orphans.get(text.context, []) if text.context else []
    if not candidates:
        return None
    best = max(candidates, key=lambda e: fuzz.ratio(e.msgid, text.msgid))
    if fuzz.ratio(best.msgid, text.msgid) < SIMILAR:
        return None
    candidates.remove(best)
    entry = _empty(text)
    entry.msgstr, entry.previous_msgid, entry.flags = best.msgstr, best.msgid, ["fuzzy"]
    return entry


def _empty(text: Wanted) -> polib.POEntry:
    return polib.POEntry(msgctxt=text.context or None, msgid=text.msgid, msgstr="")


def _metadata(language: str, old: Mapping[str, str]) -> dict[str, str]:
    return {
        "Project-Id-Version": "Lotse",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": old.get("Plural-Forms") or plural_forms(language),
        REVIEW_HEADER: old.get(REVIEW_HEADER, "machine-made, unreviewed"),
    }


def plural_forms(language: str) -> str:
    """Return the header of gettext that says how a language makes plurals, for a new catalog."""
    found = get_plural(locale_of(language))
    return f"nplurals={found.num_plurals}; plural={found.plural_expr};"


def plural_count(header: str) -> int:
    """Return how many plural forms such a header names."""
    return int(header.partition("nplurals=")[2].partition(";")[0])


def catalog_status(file: polib.POFile, language: str, domain: str) -> Status:
    """Count what is missing, outdated and unreviewed in a catalog."""
    machine_made = "machine" in file.metadata.get(REVIEW_HEADER, "")
    missing = outdated = unreviewed = total = 0
    for entry in file:
        if entry.obsolete:
            continue
        total += 1
        forms = entry.msgstr_plural.values() or [entry.msgstr]
        if not all(forms):
            missing += 1
        elif entry.fuzzy:
            outdated += 1
        elif machine_made and not entry.tcomment.startswith(REVIEWED):
            unreviewed += 1
    return Status(language, domain, total, missing, outdated, unreviewed)


def catalogs_of(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Return (language, domain) of every catalog there should be.

    German needs no translated entries; a variant such as easy German uses the sentences of its language.
    """
    return [
        (tag, domain)
        for tag, info in knowledge.languages.items()
        for domain in ("messages", "knowledge")
        if not (domain == "knowledge" and tag == knowledge.base.source_language)
        and not (domain == "messages" and info.variant_of)
    ]


def load_status(locales: Path, knowledge: Knowledge) -> list[Status]:
    """Return the status of every catalog; a missing file counts as nothing translated."""
    found = []
    for language, domain in catalogs_of(knowledge):
        path = catalog_path(locales, language, domain)
        file = polib.pofile(str(path)) if path.is_file() else polib.POFile()
        found.append(catalog_status(file, language, domain))
    return found


def export_catalog(locales: Path, language: str, target: Path) -> int:
    """Write both catalogs of a language into one PO file for a translator; return its texts."""
    joined = polib.POFile(wrapwidth=100)
    for domain in ("messages", "knowledge"):
        path = catalog_path(locales, language, domain)
        if not path.is_file():
            continue
        file = polib.pofile(str(path))
        joined.metadata = joined.metadata or file.metadata
        for entry in file:
            note = "Sentence of the assistant; keep {placeholders}."
            if domain == "knowledge":
                note = "Keep German office terms in brackets, numbers and names."
            entry.comment = note
            joined.append(entry)
    joined.save(str(target))
    return len(joined)


def import_catalog(
    locales: Path, language: str, source: Path, reviewer: str, day: dt.date
) -> tuple[int, int]:
    """Take a translator's PO file back; return how many texts changed and were confirmed.

    With a reviewer's name every translated text of the file counts as reviewed by that person.
    """
    returned = {(e.msgctxt or "", e.msgid): e for e in polib.pofile(str(source)) if not e.obsolete}
    changed = confirmed = 0
    for domain in ("messages", "knowledge"):
        path = catalog_path(locales, language, domain)
        if not path.is_file():
            continue
        file = polib.pofile(str(path), wrapwidth=100)
        for entry in file:
            back = returned.get((entry.msgctxt or "", entry.msgid))
            if back is None or not (back.msgstr or all(back.msgstr_plural.values() or [""])):
                continue
            if (back.msgstr, back.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
                changed += 1
                entry.msgstr, entry.msgstr_plural = back.msgstr, back.msgstr_plural
            entry.flags = list(back.flags)
            entry.previous_msgid = None
            if reviewer and not back.fuzzy:
                confirmed += 1
                entry.tcomment = f"{REVIEWED}{reviewer}, {day.isoformat()}"
        file.save(str(path))
    return changed, confirmed
