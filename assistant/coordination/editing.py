"""Writing knowledge files for coordinators: new entries, and confirming old ones line by line."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

from assistant.errors import KnowledgeError, LotseError
from assistant.knowledge.loading import load_knowledge
from assistant.knowledge.model import ENTRY_TYPES

_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")

_MORE = {
    "procedure": """\
# Optional:
# steps: [Antrag holen., Antrag abgeben.]        short imperatives, at most 8
# documents: [Ausweis oder Pass]
# fees: [{label: Gebühr, amount: 100, year: 2026}]
# durations: [{label: Bearbeitung, maximum: 3, unit: month}]
# responsible: [jobcenter-leipzig]               ids of organizations
# if_rejected: Was Sie tun können, wenn die Antwort Nein ist.
# german_phrases: [Ich möchte einen Antrag stellen.]
""",
    "organization": """\
kind: counselling   # authority, employment, chamber, education, women, health, emergency, network …
region: leipzig          # leipzig, landkreis-leipzig, nordsachsen, sachsen, deutschland
# Optional:
# locations: [{address: {street: Musterstraße 1, postal_code: '04103', city: Leipzig}}]
# phones: [{number: '+49341…'}]
# schedules: [{opening_hours: 'Mo-Fr 09:00-16:00'}]
# website: {url: https://example.org}
# languages: [de, en, ar]
# free_of_charge: true
""",
    "event": """\
# Optional:
# starts_at: 2027-01-15T14:00
# ends_at: 2027-01-15T18:00
# location: {address: {street: Musterstraße 1, city: Leipzig}}
# languages: [de, ar]
""",
}
_MORE["guide"] = _MORE["procedure"]
_MORE["course"] = (
    _MORE["procedure"]
    + """\
# levels: [A1, A2]
# childcare: Ob es Kinderbetreuung gibt.
# registration: Wie Sie sich anmelden.
# offerings: [{start: 2027-01-11, level: A1, times: Mo–Fr 9–12 Uhr}]
"""
)


def new_entry(
    folder: Path, kind: str, entry_id: str, title: str, summary: str, concept: str, source: str, day: dt.date
) -> Path:
    """Write the file of a new entry; raise LotseError when it would not pass the check."""
    folders = {model.type: name for name, model in ENTRY_TYPES.items()}
    if kind not in folders:
        raise LotseError(f"{kind!r} is no kind of entry; use one of {', '.join(folders)} or concept")
    _check_id(entry_id)
    path = folder / folders[kind] / f"{entry_id}.yaml"
    if any((folder / name / f"{entry_id}.yaml").exists() for name in ENTRY_TYPES):
        raise LotseError(f"{entry_id} exists already; choose another id or change its file")
    text = (
        f"# yaml-language-server: $schema=../schema/{kind}.json\n"
        f"title: {_quoted(title)}\n"
        f"summary: {_quoted(summary)}\n"
        f"about:\n  core: [{concept}]   # what distinguishes this entry\n  also: []\n"
        f"{_MORE[kind]}"
        f"sources:\n  - url: {_quoted(source)}\n    date: {day.isoformat()}\n"
        f"assured_date: {day.isoformat()}\n"
        f"review_after: {day.replace(year=day.year + 1, day=min(day.day, 28)).isoformat()}\n"
    )
    _write_checked(folder, path, text)
    return path


def new_concept(folder: Path, concept_id: str, gloss: str) -> Path:
    """Add a concept at the end of concepts.yaml; raise LotseError when it would not pass the check."""
    _check_id(concept_id)
    path = folder / "concepts.yaml"
    old = path.read_text(encoding="utf-8")
    text = (
        f"{old.rstrip()}\n{concept_id}:\n  gloss: {_quoted(gloss)}\n"
        "  kind: topic   # topic, profession, person, office, place, country, asks, talk, foreign\n"
    )
    _write_checked(folder, path, text)
    return path


def confirm_entry(folder: Path, entry_id: str, by: str, day: dt.date) -> Path:
    """Set assured_date and assured_by of an entry; every other line stays as it is."""
    found = [path for name in ENTRY_TYPES if (path := folder / name / f"{entry_id}.yaml").is_file()]
    if not found:
        raise LotseError(f"there is no entry {entry_id}; see the file names in {folder}")
    (path,) = found
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("assured_by:")]
    for index, line in enumerate(kept):
        if line.startswith("assured_date:"):
            kept[index] = f"assured_date: {day.isoformat()}\nassured_by: {_quoted(by)}\n"
            break
    _write_checked(folder, path, "".join(kept))
    return path


def _write_checked(folder: Path, path: Path, text: str) -> None:
    """Write a file; take it back when the knowledge base would not load with it."""
    old = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        load_knowledge(folder)
    except KnowledgeError as error:
        if old is None:
            path.unlink()
        else:
            path.write_bytes(old)
        own = [p for p in error.problems if p.path.endswith(path.name)] or list(error.problems)
        raise LotseError(f"not written: {own[0]}") from error


def _check_id(text: str) -> None:
    if not _ID.match(text):
        raise LotseError(f"{text!r} is no id; use small letters, digits and hyphens")


def _quoted(text: str) -> str:
    """A double-quoted YAML scalar (JSON strings are valid YAML)."""
    return json.dumps(text, ensure_ascii=False)
