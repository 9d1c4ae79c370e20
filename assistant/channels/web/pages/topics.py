"""What there is to read: the main topics as tiles, the paths, and everything from A to Z."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from assistant.channels.web.pages.editions import PerEdition
from assistant.knowledge.model import Entry, EntryType, Knowledge
from assistant.language.normalize import fold
from assistant.language.translations import Text
from assistant.pipeline import Assistant

TYPE_ICONS: dict[EntryType, str] = {
    "procedure": "document", "course": "course", "guide": "info", "organization": "person",
    "event": "calendar",
}  # fmt: skip
"""What an entry shows when none of its concepts has a picture; also the order of the groups."""


@dataclass(frozen=True)
class Topic:
    """An entry to go to."""

    id: str
    title: Text
    icon: str


@dataclass(frozen=True)
class Group:
    """All entries of a type, by first letter."""

    name: str
    icon: str
    count: int
    letters: tuple[tuple[str, tuple[Topic, ...]], ...]


def icon_of(knowledge: Knowledge, entry: Entry) -> str:
    """Return the picture of an entry: of its first core concept that has one, itself or a broader one."""
    for concept_id in entry.about.core:
        concept = knowledge.concepts.get(concept_id)
        while concept is not None:
            if concept.id in knowledge.base.icons:
                return knowledge.base.icons[concept.id]
            concept = knowledge.concepts.get(concept.broader or "")
    return TYPE_ICONS[entry.type]


def _main(assistant: Assistant, language: str) -> tuple[Topic, ...]:
    found = map(assistant.knowledge.public, assistant.knowledge.base.topics)
    return tuple(_topic(assistant, language, entry) for entry in found if entry is not None)


def _all(assistant: Assistant, language: str) -> tuple[Group, ...]:
    entries = list(assistant.knowledge.public_entries())
    groups = []
    for kind, icon in TYPE_ICONS.items():
        rows = [_topic(assistant, language, entry) for entry in entries if entry.type == kind]
        if rows:
            groups.append(Group(f"{kind}s", icon, len(rows), tuple(_by_letter(rows))))
    return tuple(groups)


main_topics = PerEdition(_main)
"""The topics most people come for, in the order of base.yaml."""
all_topics = PerEdition(_all)
"""Everything, in alphabetical order within each type."""


def _topic(assistant: Assistant, language: str, entry: Entry) -> Topic:
    return Topic(entry.id, assistant.composer.title(language, entry), icon_of(assistant.knowledge, entry))


def _by_letter(rows: list[Topic]) -> Iterator[tuple[str, tuple[Topic, ...]]]:
    """Folded titles sort as people look them up: Ä beside A, in every script."""
    ordered = sorted(rows, key=lambda row: (_folded(row.title.value), row.title.value))
    for letter, found in groupby(ordered, key=lambda row: _folded(row.title.value)[:1].upper()):
        yield letter, tuple(found)


def _folded(title: str) -> str:
    return fold(title).lstrip("\"'„“«»(¿¡§ ")
