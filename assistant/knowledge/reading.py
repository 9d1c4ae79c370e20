"""YAML text to plain text trees that know where each value stands.

Every scalar stays text (YAML would turn 04103 into 2115 and `no` into False, traps.md F9); the model
converts. Built from parser events, so neither deep nesting nor aliases can hurt (F10).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.errors import Problem

MAX_BYTES = 2_000_000
MAX_DEPTH = 20

Tree = str | list["Tree"] | dict[str, "Tree"]
Place = tuple[str | int, ...]
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """One file: its values as text and the line and column of each (`places`, 1-based)."""

    path: str
    tree: Tree = ""
    places: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, where: Place) -> tuple[int, int]:
        """Return line and column of a value, or of the nearest value around it."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, (1, 1))

    def report(self, where: Place, message: str) -> Problem:
        """Return a problem at a value of this file."""
        line, column = self.place(where)
        return Problem(self.path, line, column, message)


def read_document(path: Path, name: str) -> Document:
    """Read one YAML file; mistakes are in `problems`, nothing is raised. `name` is shown."""
    document = Document(name)
    text = ""
    try:
        text = _read_text(path, document)
        if not text.strip():
            raise _unreadable(document, "the file is empty; write an entry or delete the file")
        _build(document, text)
    except yaml.MarkedYAMLError as error:
        document.problems.append(_syntax_problem(name, text, error))
    except RefusedError as refused:
        document.problems.append(refused.problem)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = f"this is not YAML ({str(error).splitlines()[0]}); save the file as plain UTF-8"
        document.problems.append(Problem(name, 1, 1, message))
    return document


def _read_text(path: Path, document: Document) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"the file has {size:,} bytes, more than {MAX_BYTES:,}; split it"
            raise _unreadable(document, message)
        raw = path.read_bytes()
    except OSError as error:
        message = f"cannot be read ({error.strerror}); check the file and its rights"
        raise _unreadable(document, message) from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(document, "the file is UTF-16; save it as UTF-8")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        message = "this byte is not UTF-8; save the file as UTF-8"
        raise _unreadable(document, message, line, column) from error
    for number, row in enumerate(text.split("\n"), 1):
        if row.lstrip(" ").startswith("\t"):
            column = len(row) - len(row.lstrip(" ")) + 1
            message = "a tab stands in the indentation; use spaces"
            raise _unreadable(document, message, number, column)
        if "\0" in row:
            message = "a NUL character stands here; delete it"
            raise _unreadable(document, message, number, row.index("\0") + 1)
    return text


def _unreadable(document: Document, message: str, line: int = 1, column: int = 1) -> RefusedError:
    return RefusedError(Problem(document.path, line, column, message))


class RefusedError(Exception):
    """Reading cannot go on behind this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _build(document: Document, text: str) -> None:
    events = yaml.parse(text, Loader=_Parser)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            break
    else:
        raise _unreadable(document, "the file holds only comments; write an entry or delete it")
    document.tree = _value(next(events), events, document, ())
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise RefusedError(_at(document, event, "a second document begins; keep one per file"))


def _value(event: yaml.Event, events: Iterator[yaml.Event], document: Document, at: Place) -> Tree:
    document.places.setdefault(at, _mark(event))
    if isinstance(event, yaml.AliasEvent):
        raise RefusedError(_at(document, event, f"`*{event.anchor}` is an alias; write the value out"))
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor:
        raise RefusedError(_at(document, event, f"`&{anchor}` is an anchor; delete it"))
    if tag not in (None, "!"):
        raise RefusedError(_at(document, event, f"`{tag}` is a tag; delete it"))
    if len(at) > MAX_DEPTH:
        raise RefusedError(_at(document, event, f"nested deeper than {MAX_DEPTH}; write it flatter"))
    if isinstance(event, yaml.ScalarEvent):
        return str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(events, document, at)
    return _mapping(events, document, at)


def _sequence(events: Iterator[yaml.Event], document: Document, at: Place) -> list[Tree]:
    items: list[Tree] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        items.append(_value(event, events, document, (*at, len(items))))
    return items


def _mapping(events: Iterator[yaml.Event], document: Document, at: Place) -> dict[str, Tree]:
    mapping: dict[str, Tree] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            raise RefusedError(_at(document, event, "a key must be a word; write `key: value`"))
        key = str(event.value)
        if key in mapping:
            first = document.places[(*at, key)][0]
            message = f"`{key}` stands here a second time (first in line {first}); keep one"
            document.problems.append(_at(document, event, message))
            _value(next(events), events, Document(document.path), at)
            continue
        document.places[(*at, key)] = _mark(event)
        mapping[key] = _value(next(events), events, document, (*at, key))
    return mapping


def _mark(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _at(document: Document, event: yaml.Event, message: str) -> Problem:
    return Problem(document.path, *_mark(event), message)


_HINTS = {
    "mapping values are not allowed": "put the text in quotes, it contains `: `",
    "did not find expected key": "check the indentation, or quote a text with special characters",
    "found character that cannot start any token": "put the text in quotes",
    "while scanning a quoted scalar": "close the quotation mark",
    "did not find expected ',' or": "close the bracket, or quote a text that contains a comma",
    "while scanning an alias": "put a text that begins with * in quotes",
    "while scanning an anchor": "put a text that begins with & in quotes",
    "could not find expected ':'": "write `key: value`, or check the indentation",
    "control characters are not allowed": "delete the invisible character",
}


def _syntax_problem(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark and mark.line > text.rstrip().count("\n"):  # the end of the file tells nobody anything
        mark = error.context_mark or mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    rows = text.rstrip().split("\n")
    if line > len(rows):
        line, column = len(rows), len(rows[-1]) + 1
    words = f"{error.context or ''} {error.problem or ''}".strip()
    hint = next((hint for part, hint in _HINTS.items() if part in words), "check this place")
    return Problem(name, line, column, f"YAML cannot read this ({words}); {hint}")
