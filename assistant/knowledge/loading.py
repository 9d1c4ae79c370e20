"""The knowledge folder as one checked value.

`load_knowledge` reads every file, collects the problems of all of them and returns the knowledge
base, or raises KnowledgeError with the whole list.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.errors import KnowledgeError, Problem
from assistant.knowledge.model import (
    ENTRY_TYPES,
    Base,
    Concept,
    Danger,
    DangerWords,
    Entry,
    Facet,
    FollowUpWords,
    GuidedPath,
    Knowledge,
    Labels,
    LanguageInfo,
    Line,
    Questions,
    Term,
    Value,
    Vocabulary,
)
from assistant.knowledge.reading import Document, Place, Tree, read_document

V = TypeVar("V", bound=Value)
_LINES = TypeAdapter(tuple[Line, ...])


@dataclass
class Reading:
    """What reading a folder gave: documents by file name, values found so far, problems."""

    folder: Path
    documents: dict[str, Document] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path) -> Document:
        """Read one file and keep its problems."""
        name = path.relative_to(self.folder).as_posix()
        document = read_document(path, name)
        self.documents[name] = document
        self.problems += document.problems
        return document

    def place_of(self, name: str, *where: str | int) -> tuple[str, int, int]:
        """Return path, line and column of a value in a file that was read."""
        document = self.documents.get(name)
        return (name, *(document.place(tuple(where)) if document else (1, 1)))


def load_knowledge(folder: Path) -> Knowledge:
    """Return the knowledge base of a folder; raise KnowledgeError with every problem found."""
    reading = Reading(folder)
    knowledge = read_knowledge(folder, reading)
    if knowledge is None or reading.problems:
        raise KnowledgeError(sorted(reading.problems))
    return knowledge


def read_knowledge(folder: Path, reading: Reading) -> Knowledge | None:
    """Read a folder into a knowledge base as far as possible; problems gather in `reading`."""
    if not folder.is_dir():
        reading.problems.append(Problem(str(folder), 1, 1, "this folder does not exist; check --knowledge"))
        return None
    base = _one(reading, folder / "base.yaml", Base)
    concepts = _mapping(reading, folder / "concepts.yaml", Concept)
    dangers = _mapping(reading, folder / "crisis.yaml", Danger)
    facets = _mapping(reading, folder / "facets.yaml", Facet)
    entries, paths = _entries(reading), _paths(reading)
    glossary = _mapping(reading, folder / "glossary.yaml", Term)
    languages, vocabularies = _languages(reading)
    follow_ups = _follow_ups(reading, languages)
    if base is None or not languages:
        if base is not None:
            reading.problems.append(
                Problem("languages", 1, 1, "no language found; add languages/<tag>/language.yaml")
            )
        return None
    knowledge = Knowledge(
        base=base,
        languages=languages,
        concepts=concepts,
        entries=entries,
        dangers=dangers,
        vocabularies=vocabularies,
        facets=facets,
        paths=paths,
        glossary=glossary,
        follow_ups=follow_ups,
        version=fingerprint(folder),
    )
    reading.problems += _dangling(knowledge, reading)
    return knowledge


def knowledge_files(folder: Path) -> list[Path]:
    """Return the YAML files of a knowledge folder, sorted."""
    return sorted(p for p in folder.rglob("*.yaml") if not p.name.startswith("."))


def fingerprint(folder: Path, files: Iterable[Path] | None = None) -> str:
    """Return a hash of the content of files (default: all of a knowledge folder)."""
    digest = hashlib.sha256()
    for path in files if files is not None else knowledge_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


# --- files ------------------------------------------------------------------------------------------


def _entries(reading: Reading) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    homes: dict[str, str] = {}
    for folder, kind in ENTRY_TYPES.items():
        for path in sorted((reading.folder / folder).glob("*.y*ml")):
            name = path.relative_to(reading.folder).as_posix()
            if path.suffix != ".yaml":
                reading.problems.append(Problem(name, 1, 1, "rename the file to end in .yaml"))
                continue
            if path.stem in homes:
                message = f"the id {path.stem} is taken by {homes[path.stem]}; rename one file"
                reading.problems.append(Problem(name, 1, 1, message))
                continue
            homes[path.stem] = name
            document = reading.read(path)
            entry = _model(reading, document, kind, document.tree, (), {"id": path.stem})
            if entry is not None:
                entries[path.stem] = entry
    return dict(sorted(entries.items()))


def _paths(reading: Reading) -> dict[str, GuidedPath]:
    paths = {}
    for file in sorted((reading.folder / "paths").glob("*.yaml")):
        path = _one(reading, file, GuidedPath, {"id": file.stem})
        if path is not None:
            paths[path.id] = path
    return paths


def _languages(reading: Reading) -> tuple[dict[str, LanguageInfo], dict[str, Vocabulary]]:
    languages: dict[str, LanguageInfo] = {}
    vocabularies: dict[str, Vocabulary] = {}
    for folder in sorted(p for p in (reading.folder / "languages").glob("*") if p.is_dir()):
        info = _one(reading, folder / "language.yaml", LanguageInfo, {"tag": folder.name})
        if info is None:
            continue
        languages[folder.name] = info
        labels = _mapping(reading, folder / "labels.yaml", Labels, named=False)
        questions, foreign = _with_list(reading, folder / "questions.yaml", Questions, "foreign")
        crisis, harmless = _with_list(reading, folder / "crisis.yaml", DangerWords, "harmless")
        vocabularies[folder.name] = Vocabulary(
            tag=folder.name, labels=labels, questions=questions, foreign=foreign, crisis=crisis,
            harmless=harmless,
        )  # fmt: skip
    return languages, vocabularies


def _follow_ups(reading: Reading, languages: Iterable[str]) -> dict[str, FollowUpWords]:
    """Read the words of follow-ups; a language without the file has none of its own."""
    found = {}
    for tag in languages:
        path = reading.folder / "languages" / tag / "followups.yaml"
        words = _one(reading, path, FollowUpWords) if path.is_file() else None
        if words is not None:
            found[tag] = words
    return found


def _with_list(reading: Reading, path: Path, kind: type[V], key: str) -> tuple[dict[str, V], tuple[str, ...]]:
    """Read a file that maps ids to values and has a list of lines under one more key."""
    if not path.is_file():
        return {}, ()
    document = reading.read(path)
    tree = document.tree if isinstance(document.tree, dict) else {}
    lines: tuple[str, ...] = ()
    if key in tree:
        try:
            lines = _LINES.validate_python(tree[key])
        except ValidationError as error:
            reading.problems += _explained(document, error, (key,), None)
    rest: Tree = {k: v for k, v in tree.items() if k != key} if tree else document.tree
    return _values(reading, document, kind, rest, named=False), lines


def _one(reading: Reading, path: Path, kind: type[V], given: Mapping[str, str] | None = None) -> V | None:
    """Read a file that holds one value."""
    name = path.relative_to(reading.folder).as_posix()
    if not path.is_file():
        reading.problems.append(Problem(name, 1, 1, "this file is missing; create it"))
        return None
    document = reading.read(path)
    return _model(reading, document, kind, document.tree, (), given or {})


def _mapping(reading: Reading, path: Path, kind: type[V], named: bool = True) -> dict[str, V]:
    """Read a file that maps ids to values; `named` values carry their id. No file: no values."""
    if not path.is_file():
        return {}
    document = reading.read(path)
    return _values(reading, document, kind, document.tree, named)


def _values(reading: Reading, document: Document, kind: type[V], tree: Tree, named: bool) -> dict[str, V]:
    if document.problems and not isinstance(tree, dict):
        return {}
    if not isinstance(tree, dict):
        reading.problems.append(document.report((), "write `id:` and its fields, indented"))
        return {}
    found = {
        key: _model(reading, document, kind, value, (key,), {"id": key} if named else {})
        for key, value in tree.items()
    }
    return {key: value for key, value in found.items() if value is not None}


def _model(
    reading: Reading,
    document: Document,
    kind: type[V],
    tree: Tree,
    where: Place,
    given: Mapping[str, str],
) -> V | None:
    """Convert a tree into a value; explain what does not fit."""
    if document.problems and not tree:
        return None
    if not isinstance(tree, dict):
        reading.problems.append(document.report(where, "write `field: value` lines here"))
        return None
    for key in given:
        if key in tree:
            message = f"`{key}` comes from the file or key name; delete this line"
            reading.problems.append(document.report((*where, key), message))
            return None
    try:
        return kind.model_validate({**tree, **given})
    except ValidationError as error:
        reading.problems += _explained(document, error, where, kind)
        return None


# --- explaining what does not fit --------------------------------------------------------------------


def _explained(
    document: Document, error: ValidationError, where: Place, kind: type[Value] | None
) -> list[Problem]:
    return [document.report((*where, *item["loc"]), _sentence(dict(item), kind)) for item in error.errors()]


def _sentence(item: dict[str, Any], kind: type[Value] | None) -> str:
    """Return a sentence a coordinator can act on for one pydantic error."""
    name = ".".join(str(part) for part in item["loc"]) or "this value"
    context: dict[str, Any] = item.get("ctx") or {}
    given = item.get("input")
    shown = f"{given!r:.60}" if isinstance(given, str | int | float) else "this"
    explain = _SENTENCES.get(item["type"])
    if explain:
        return explain(name, shown, context)
    if item["type"] == "extra_forbidden":
        return _unknown_key(str(item["loc"][-1]), kind)
    return f"`{name}`: {shown} does not fit ({item['msg']}); correct it"


def _unknown_key(key: str, kind: type[Value] | None) -> str:
    names = list(kind.model_fields) if kind is not None else []
    close = difflib.get_close_matches(key, names, 1, 0.6)
    advice = f"did you mean `{close[0]}`?" if close else "delete it or see knowledge/README.md"
    return f"unknown key `{key}`; {advice}"


_Explain = Callable[[str, str, dict[str, Any]], str]
_SENTENCES: dict[str, _Explain] = {
    "missing": lambda name, shown, ctx: f"`{name}` is missing; add it",
    "string_type": lambda name, shown, ctx: f"`{name}` must be a text, not a list or mapping",
    "string_too_short": lambda name, shown, ctx: f"`{name}` is empty; fill it or delete the line",
    "string_too_long": lambda name, shown, ctx: (
        f"`{name}` is longer than {ctx.get('max_length')} characters; shorten it"
    ),
    "tuple_type": lambda name, shown, ctx: (
        f"`{name}` must be a list; write each item in a line that begins with `- `"
    ),
    "dict_type": lambda name, shown, ctx: f"`{name}` must have fields; write `field: value`",
    "model_type": lambda name, shown, ctx: f"`{name}` must have fields; write `field: value`",
    "model_attributes_type": lambda name, shown, ctx: f"`{name}` must have fields; write `field: value`",
    "literal_error": lambda name, shown, ctx: f"`{name}` is {shown}; use one of {ctx.get('expected')}",
    "string_pattern_mismatch": lambda name, shown, ctx: (
        f"`{name}` is {shown}, which has the wrong form; it must look like {ctx.get('pattern')}"
    ),
    "too_short": lambda name, shown, ctx: f"`{name}` needs at least {ctx.get('min_length')} item(s); add one",
    "too_long": lambda name, shown, ctx: (
        f"`{name}` has more than {ctx.get('max_length')} items; shorten the list"
    ),
    "value_error": lambda name, shown, ctx: f"`{name}`: {ctx.get('error')}; correct it",
    "bool_parsing": lambda name, shown, ctx: f"`{name}` is {shown}; write true or false",
}
for _type in ("date_from_datetime_parsing", "date_parsing", "date_type"):
    _SENTENCES[_type] = lambda name, shown, ctx: f"`{name}` is {shown}; write a date like 2026-11-21"
for _type in ("datetime_parsing", "datetime_from_date_parsing"):
    _SENTENCES[_type] = lambda name, shown, ctx: (
        f"`{name}` is {shown}; write date and time like 2026-11-21T14:00"
    )
for _type in ("int_parsing", "float_parsing", "decimal_parsing", "decimal_type"):
    _SENTENCES[_type] = lambda name, shown, ctx: f"`{name}` is {shown}; write a number like 120"


# --- ids that point nowhere ---------------------------------------------------------------------------


def _dangling(knowledge: Knowledge, reading: Reading) -> list[Problem]:
    """Problems of ids that no entry, concept or danger has, and of circles in `broader`."""
    problems: list[Problem] = []

    def check(name: str, where: Place, ids: Iterable[str], known: Mapping[str, object], what: str) -> None:
        for index, wanted in enumerate(ids):
            if wanted not in known:
                close = difflib.get_close_matches(wanted, known, 1, 0.7)
                advice = f"did you mean {close[0]}?" if close else f"no such {what}; correct it"
                path, line, column = reading.place_of(name, *where, index)
                problems.append(Problem(path, line, column, f"unknown {what} `{wanted}`; {advice}"))

    entries, concepts = knowledge.entries, knowledge.concepts
    for entry in entries.values():
        name = file_of(entry)
        for list_name in ("core", "also", "must", "must_not"):
            check(name, ("about", list_name), getattr(entry.about, list_name), concepts, "concept")
        for list_name in ("contacts", "related", "responsible", "providers"):
            check(name, (list_name,), getattr(entry, list_name, ()), entries, "entry")
        for single in ("broader", "successor", "organizer"):
            wanted = getattr(entry, single, None)
            check(name, (single,), [wanted] if wanted else [], entries, "entry")
    for concept in concepts.values():
        if concept.broader:
            check("concepts.yaml", (concept.id, "broader"), [concept.broader], concepts, "concept")
        check("concepts.yaml", (concept.id, "menu"), concept.menu, entries, "entry")
        if concept.recognition:
            where = (concept.id, "recognition")
            check("concepts.yaml", where, [concept.recognition.entry], entries, "entry")
            check("concepts.yaml", where, concept.recognition.responsible, entries, "entry")
    for facet in knowledge.facets.values():
        for list_name in ("unless", "together"):
            check("facets.yaml", (facet.id, list_name), getattr(facet, list_name), concepts, "concept")
        for key, value in facet.values.items():
            check("facets.yaml", (facet.id, "values", key, "concepts"), value.concepts, concepts, "concept")
    for path in knowledge.paths.values():
        check(f"paths/{path.id}.yaml", ("entries",), path.entries, entries, "entry")
        for station_id, station in path.stations.items():
            at: Place = ("stations", station_id)
            named = [station.otherwise] if station.otherwise else []
            if station.entry not in (None, "profession", "picked"):
                named.append(str(station.entry))
            check(f"paths/{path.id}.yaml", at, named, entries, "entry")
            for key, option in station.options.items():
                place = (*at, "options", key)
                ids = [i for i in (option.entry, option.picks) if i]
                check(f"paths/{path.id}.yaml", place, ids, entries, "entry")
                words = (*option.about, *option.concepts)
                check(f"paths/{path.id}.yaml", place, words, concepts, "concept")
    for term in knowledge.glossary.values():
        check("glossary.yaml", (term.id, "concepts"), term.concepts, concepts, "concept")
        check("glossary.yaml", (term.id, "entry"), [term.entry], entries, "entry")
    for tag, short in knowledge.follow_ups.items():
        name = f"languages/{tag}/followups.yaml"
        check(name, ("professions",), short.professions, concepts, "concept")
    for danger in knowledge.dangers.values():
        check("crisis.yaml", (danger.id, "entries"), danger.entries, entries, "entry")
    for field_name in ("default_contacts", "topics"):
        check("base.yaml", (field_name,), getattr(knowledge.base, field_name), entries, "entry")
    check("base.yaml", ("icons",), knowledge.base.icons, concepts, "concept")
    for tag, vocabulary in knowledge.vocabularies.items():
        folder = f"languages/{tag}"
        for key in vocabulary.labels:
            check(f"{folder}/labels.yaml", (key,), [key], concepts, "concept")
        for key in vocabulary.questions:
            check(f"{folder}/questions.yaml", (key,), [key], entries, "entry")
        for key in vocabulary.crisis:
            check(f"{folder}/crisis.yaml", (key,), [key], knowledge.dangers, "danger")
    parents = {e.id: e.broader for e in entries.values()}
    problems += _circles(parents, lambda i: reading.place_of(file_of(entries[i]), "broader"))
    upper = {c.id: c.broader for c in concepts.values()}
    problems += _circles(upper, lambda i: reading.place_of("concepts.yaml", i, "broader"))
    return problems


def file_of(entry: Entry) -> str:
    """Return the file an entry stands in, relative to the knowledge folder."""
    folder = next(name for name, kind in ENTRY_TYPES.items() if kind is type(entry))
    return f"{folder}/{entry.id}.yaml"


def _circles(
    parents: Mapping[str, str | None], place: Callable[[str], tuple[str, int, int]]
) -> list[Problem]:
    problems = []
    for start in parents:
        seen, step = {start}, parents[start]
        while step and step in parents and step not in seen:
            seen.add(step)
            step = parents[step]
        if step == start:
            message = f"`broader` leads from {start} back to itself; remove one of the links"
            problems.append(Problem(*place(start), message))
    return problems
