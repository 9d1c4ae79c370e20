"""Checks that look beyond the knowledge folder: at the translations and at the test questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.dates import get_month_names

from assistant.coordination.evaluating import load_questions
from assistant.coordination.translating import load_status
from assistant.errors import Problem
from assistant.knowledge.loading import file_of
from assistant.knowledge.model import Knowledge
from assistant.language.tags import locale_of
from assistant.language.translations import catalog_path

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_GROUPED = re.compile(r"(?<=\d)[.,\s\u00a0\u202f](?=\d{3}\b)")
_SHORT_NAME = re.compile(r"\b[A-ZÄÖÜ]{3,}\b")
_TRANSLATED = {"EWR", "HIV"}
"""Short names that other languages write differently."""
_PLACEHOLDER = re.compile(r"\{\w+\}")


def check_translations(locales: Path, knowledge: Knowledge) -> Iterator[Problem]:
    """Missing, outdated and unreviewed texts per catalog; numbers and placeholders that got lost."""
    for status in load_status(locales, knowledge):
        path = catalog_path(locales, status.language, status.domain)
        name = path.relative_to(locales.parent).as_posix()
        partial = knowledge.languages[status.language].state == "started"
        for count, what in (
            (0 if partial else status.missing, "not translated; run `lotse translate export`"),
            (status.outdated, "outdated: the source text changed; translate them again"),
            (status.unreviewed, "machine-made; have a person read them, then import with --by"),
        ):
            if count:
                yield Problem(name, 1, 1, f"{count} of {status.total} texts are {what}", "warning")
        if path.is_file():
            yield from _lost(path, name, status.domain, status.language)


def _lost(path: Path, name: str, domain: str, language: str) -> Iterator[Problem]:
    for entry in polib.pofile(str(path)):
        if entry.obsolete or entry.fuzzy:
            continue
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            if not text:
                continue
            if set(_PLACEHOLDER.findall(entry.msgid)) != set(_PLACEHOLDER.findall(text)):
                message = f"a placeholder like {{name}} is missing or changed in {text[:60]!r}; restore it"
                yield Problem(name, entry.linenum or 1, 1, message)
            dropped = lost_terms(entry.msgid, text)
            if dropped and domain == "knowledge":
                message = f"{', '.join(dropped)} got lost in {text[:60]!r}; keep German short names"
                yield Problem(name, entry.linenum or 1, 1, message, "warning")
            wanted = numbers(months_as_written(entry.msgid, language))
            if wanted != numbers(text) and not entry.msgid_plural:
                message = f"numbers differ from the source in {text[:60]!r}; compare them"
                yield Problem(name, entry.linenum or 1, 1, message, "warning")


def lost_terms(source: str, translation: str) -> list[str]:
    """Return the German short names (BAMF, IHK FOSA, DTZ) that a translation dropped."""
    terms = dict.fromkeys(_SHORT_NAME.findall(source))
    return [term for term in terms if term not in _TRANSLATED and term not in translation]


def months_as_written(source: str, language: str) -> str:
    """Return a German text with months as numbers where a language writes them so (CLDR: tháng 10)."""
    names = get_month_names("wide", locale=locale_of(language))
    if not names[10].endswith("10"):
        return source
    for number, german in get_month_names("wide", locale="de").items():
        source = source.replace(german, str(number))
    return source


def numbers(text: str) -> list[str]:
    """Return the numbers of two digits or more in a text, in ASCII digits, without group marks."""
    plain = _GROUPED.sub("", text.translate(_DIGITS))
    return sorted(n for n in re.findall(r"\d+", plain) if len(n) > 1)


def check_reached(knowledge: Knowledge, folder: Path) -> Iterator[Problem]:
    """Public entries that no test question accepts; without a folder of test questions nothing."""
    files = [path for path in sorted(folder.glob("*.yaml")) if path.stem in knowledge.languages]
    if not files:
        return
    reached = {entry for path in files for q in load_questions(path) for entry in q.accept}
    for entry in knowledge.public_entries():
        if entry.id not in reached:
            message = "no test question reaches this entry; write one in tests/questions"
            yield Problem(file_of(entry), 1, 1, message, "warning")
