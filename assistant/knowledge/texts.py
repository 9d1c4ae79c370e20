"""The German texts of the knowledge base that people read, each with its gettext context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.knowledge.model import (
    Advice,
    Course,
    Danger,
    Entry,
    Facet,
    GuidedPath,
    Knowledge,
    Organization,
)


@dataclass(frozen=True)
class SourceText:
    """A German text: `context` is `<entry id>:<field>` (msgctxt), `text` the msgid."""

    context: str
    text: str
    file: str


def source_texts(knowledge: Knowledge) -> Iterator[SourceText]:
    """Return every text to translate, in a stable order; internal entries are left out."""
    from assistant.knowledge.loading import file_of

    for entry in knowledge.public_entries():
        for field, text in dict.fromkeys(entry_texts(entry)):
            yield SourceText(f"{entry.id}:{field}", text, file_of(entry))
    for danger in knowledge.dangers.values():
        for field, text in danger_texts(danger):
            yield SourceText(f"crisis-{danger.id}:{field}", text, "crisis.yaml")
    for facet in knowledge.facets.values():
        for field, text in facet_texts(facet):
            yield SourceText(f"facet-{facet.id}:{field}", text, "facets.yaml")
    for path in knowledge.paths.values():
        for field, text in dict.fromkeys(path_texts(path)):
            yield SourceText(f"path-{path.id}:{field}", text, f"paths/{path.id}.yaml")
    for term in knowledge.glossary.values():
        yield SourceText(f"glossary-{term.id}:meaning", term.meaning, "glossary.yaml")


def entry_texts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Return (field, text) of everything in an entry that is shown in the reader's language."""
    yield "title", entry.title
    yield "summary", entry.summary
    yield from (("details", text) for text in entry.details)
    yield from (("variants", variant.text) for variant in entry.variants)
    if entry.alert:
        yield "alert", entry.alert.text
    if isinstance(entry, Advice):
        yield from _advice_texts(entry)
    if isinstance(entry, Course):
        yield from _course_texts(entry)
    if isinstance(entry, Organization):
        yield from _organization_texts(entry)


def danger_texts(danger: Danger) -> Iterator[tuple[str, str]]:
    """Return (field, text) of a danger."""
    yield "title", danger.title
    yield "text", danger.text


def facet_texts(facet: Facet) -> Iterator[tuple[str, str]]:
    """Return (field, text) of a facet."""
    yield "question", facet.question
    yield from (("values", value.text) for value in facet.values.values())


def path_texts(path: GuidedPath) -> Iterator[tuple[str, str]]:
    """Return (field, text) of a path and its stations."""
    yield from (("title", path.title), ("summary", path.summary), ("button", path.button))
    for station in path.stations.values():
        yield "stations", station.title
        if station.question:
            yield "questions", station.question
        for option in station.options.values():
            if option.text:
                yield "options", option.text
            if option.note:
                yield "notes", option.note


def _advice_texts(entry: Advice) -> Iterator[tuple[str, str]]:
    yield from (("steps", text) for text in entry.steps)
    yield from (("documents", text) for text in entry.documents)
    for fee in entry.fees:
        yield "fees", fee.label
        if fee.note:
            yield "fees", fee.note
    for duration in entry.durations:
        yield "durations", duration.label
        if duration.note:
            yield "durations", duration.note
    if entry.eligibility:
        yield "eligibility", entry.eligibility.description
    if entry.funding:
        yield "funding", entry.funding
    if entry.if_rejected:
        yield "if_rejected", entry.if_rejected


def _course_texts(entry: Course) -> Iterator[tuple[str, str]]:
    if entry.lessons:
        yield "lessons", entry.lessons.label
    for field in ("exemption", "childcare", "registration"):
        text = getattr(entry, field)
        if text:
            yield field, text


def _organization_texts(entry: Organization) -> Iterator[tuple[str, str]]:
    for field in ("serves", "appointment", "interpretation_services", "accessibility"):
        text = getattr(entry, field)
        if text:
            yield field, text
    yield from (("services", service.name) for service in entry.services)
    yield from (("phones", phone.description) for phone in entry.phones if phone.description)
    for schedule in entry.schedules:
        if schedule.description:
            yield "schedules", schedule.description
    for location in entry.locations:
        if location.accessibility:
            yield "accessibility", location.accessibility
