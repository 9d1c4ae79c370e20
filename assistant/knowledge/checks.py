"""Checks of the content beyond its form: each yields problems a coordinator can act on.

Adding a check is adding a function to CHECKS.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import phonenumbers
from opening_hours import OpeningHours

from assistant.errors import Problem
from assistant.knowledge.loading import Reading, file_of
from assistant.knowledge.model import Knowledge, Organization, Vocabulary
from assistant.knowledge.patterns import pattern_problems
from assistant.language.normalize import tokens

MAX_SUMMARY_WORDS = 65
FEWEST_QUESTIONS = {"full": 5, "started": 3}


@dataclass(frozen=True)
class CheckedContent:
    """What checks look at."""

    knowledge: Knowledge
    reading: Reading
    today: dt.date

    def problem(self, name: str, message: str, *where: str | int, warning: bool = False) -> Problem:
        """Return a problem at a place in a file."""
        path, line, column = self.reading.place_of(name, *where)
        return Problem(path, line, column, message, "warning" if warning else "error")


Check = Callable[[CheckedContent], Iterator[Problem]]


def check_content(content: CheckedContent) -> list[Problem]:
    """Return the problems all checks find."""
    return sorted(problem for check in CHECKS for problem in check(content))


def check_phones(content: CheckedContent) -> Iterator[Problem]:
    """Phone numbers must exist in the numbering plan; short numbers pass."""
    for organization in _organizations(content.knowledge):
        for index, phone in enumerate(organization.phones):
            if not phone.number.startswith("+"):
                continue
            parsed = phonenumbers.parse(phone.number)
            if not phonenumbers.is_possible_number(parsed):
                message = f"{phone.number} is no possible phone number; check its digits"
                yield content.problem(file_of(organization), message, "phones", index, "number")


def check_opening_hours(content: CheckedContent) -> Iterator[Problem]:
    """Opening hours must be in the syntax of OpenStreetMap."""
    for organization in _organizations(content.knowledge):
        for index, schedule in enumerate(organization.schedules):
            try:
                OpeningHours(schedule.opening_hours)
            except Exception as error:
                reason = str(error).strip().splitlines()[0]
                message = (
                    f"`{schedule.opening_hours}` is not readable ({reason}); "
                    "write it like `Mo-Fr 09:00-12:00; Th 14:00-18:00`"
                )
                yield content.problem(file_of(organization), message, "schedules", index, "opening_hours")


def check_contacts_stored_twice(content: CheckedContent) -> Iterator[Problem]:
    """The same phone number in two organizations is one contact too many."""
    owners: dict[str, str] = {}
    for organization in _organizations(content.knowledge):
        for index, phone in enumerate(organization.phones):
            owner = owners.setdefault(phone.number, organization.id)
            if owner != organization.id:
                message = f"{phone.number} also stands in {owner}; keep it once and refer to it"
                yield content.problem(file_of(organization), message, "phones", index, "number", warning=True)


def check_ended(content: CheckedContent) -> Iterator[Problem]:
    """What has ended must not be shown."""
    for organization in _organizations(content.knowledge):
        if organization.status == "ended" and organization.is_public():
            message = "an ended organization must be `visibility: internal`; add the line"
            yield content.problem(file_of(organization), message, "status")


def check_stale(content: CheckedContent) -> Iterator[Problem]:
    """Entries whose review is due."""
    for entry in content.knowledge.public_entries():
        if entry.review_after and entry.review_after < content.today:
            message = (
                f"was to be reviewed after {entry.review_after}; "
                f"check the facts, then run `lotse review {entry.id} --by NAME`"
            )
            yield content.problem(file_of(entry), message, "review_after", warning=True)


def check_summaries(content: CheckedContent) -> Iterator[Problem]:
    """A summary must be short enough for a chat."""
    for entry in content.knowledge.public_entries():
        words = len(entry.summary.split())
        if words > MAX_SUMMARY_WORDS:
            message = f"the summary has {words} words; shorten it to {MAX_SUMMARY_WORDS}"
            yield content.problem(file_of(entry), message, "summary", warning=True)


def check_questions(content: CheckedContent) -> Iterator[Problem]:
    """Every entry needs example questions in every language."""
    for tag, vocabulary in _own_vocabularies(content.knowledge):
        wanted = FEWEST_QUESTIONS[content.knowledge.languages[tag].state]
        for entry in content.knowledge.public_entries():
            questions = vocabulary.questions.get(entry.id)
            count = len(questions.all()) if questions else 0
            if count < wanted:
                message = f"{entry.id} has {count} example questions; write {wanted} or more"
                name = f"languages/{tag}/questions.yaml"
                yield content.problem(name, message, entry.id, warning=True)


def check_labels(content: CheckedContent) -> Iterator[Problem]:
    """Every concept needs words in every language, and a word should mean one concept."""
    for tag, vocabulary in _own_vocabularies(content.knowledge):
        name = f"languages/{tag}/labels.yaml"
        for concept in content.knowledge.concepts:
            if concept not in vocabulary.labels:
                yield content.problem(name, f"the concept {concept} has no words; add them", warning=True)
        owners: dict[tuple[str, ...], str] = {}
        for concept, labels in vocabulary.labels.items():
            for label in labels.all():
                words = tokens(label)
                owner = owners.setdefault(words, concept)
                if words and owner != concept and not _related(content.knowledge, owner, concept):
                    message = f"`{label}` stands for {owner} too; keep it where it fits better"
                    yield content.problem(name, message, concept, warning=True)


def check_recognition_paths(content: CheckedContent) -> Iterator[Problem]:
    """Every profession must lead to an entry that explains its recognition."""
    for concept in content.knowledge.concepts.values():
        if concept.kind == "profession" and concept.recognition is None:
            yield content.problem(
                "concepts.yaml", "a profession needs `recognition:` with entry and regulated",
                concept.id,
            )  # fmt: skip


def check_patterns(content: CheckedContent) -> Iterator[Problem]:
    """Patterns of dangers must be written so that they can match."""
    for tag, vocabulary in _own_vocabularies(content.knowledge):
        name = f"languages/{tag}/crisis.yaml"
        for danger, words in vocabulary.crisis.items():
            for kind in ("patterns", "unless"):
                for index, text in enumerate(getattr(words, kind)):
                    for wrong in pattern_problems(text):
                        yield content.problem(name, f"`{text}`: {wrong}", danger, kind, index)
        for danger in content.knowledge.dangers:
            if danger not in vocabulary.crisis:
                message = f"no words for the danger {danger}; add patterns"
                yield content.problem(name, message, warning=True)


def check_rotation_groups(content: CheckedContent) -> Iterator[Problem]:
    """Nobody takes turns alone, and nobody is named first whom people cannot reach."""
    groups: dict[str, list[Organization]] = {}
    for organization in _organizations(content.knowledge):
        if organization.rotation_group and organization.is_public():
            groups.setdefault(organization.rotation_group, []).append(organization)
    for group, members in groups.items():
        for member in members:
            if not member.is_reachable():
                message = (
                    "takes turns but has no phone, email, website or address; add one or delete the line"
                )
                yield content.problem(file_of(member), message, "rotation_group")
        if len(members) == 1:
            message = f"nobody else is in the group {group}; add it to the equal providers or delete the line"
            yield content.problem(file_of(members[0]), message, "rotation_group", warning=True)


def check_glossary(content: CheckedContent) -> Iterator[Problem]:
    """A word has one meaning, and more about it must be open to everybody."""
    owners: dict[tuple[str, ...], str] = {}
    for term in content.knowledge.glossary.values():
        for word in (term.word, *term.also):
            owner = owners.setdefault(tokens(word), term.id)
            if owner != term.id:
                message = f"`{word}` is explained by {owner} too; keep it where it fits better"
                yield content.problem("glossary.yaml", message, term.id)
        entry = content.knowledge.entries.get(term.entry)
        if entry is not None and not entry.is_public():
            message = f"{term.entry} is internal; name an entry people can read"
            yield content.problem("glossary.yaml", message, term.id, "entry")


def _own_vocabularies(knowledge: Knowledge) -> Iterator[tuple[str, Vocabulary]]:
    """The vocabularies of languages that have words of their own."""
    for tag, vocabulary in knowledge.vocabularies.items():
        if knowledge.languages[tag].variant_of is None:
            yield tag, vocabulary


def _related(knowledge: Knowledge, one: str, other: str) -> bool:
    """Whether one of two concepts is broader than the other: they may share words."""
    return other in _upper(knowledge, one) or one in _upper(knowledge, other)


def _upper(knowledge: Knowledge, concept_id: str) -> Iterable[str]:
    concept = knowledge.concepts.get(concept_id)
    while concept is not None and concept.broader:
        yield concept.broader
        concept = knowledge.concepts.get(concept.broader)


def _organizations(knowledge: Knowledge) -> Iterator[Organization]:
    return (e for e in knowledge.entries.values() if isinstance(e, Organization))


CHECKS: tuple[Check, ...] = (
    check_phones,
    check_opening_hours,
    check_contacts_stored_twice,
    check_ended,
    check_stale,
    check_summaries,
    check_questions,
    check_labels,
    check_recognition_paths,
    check_patterns,
    check_rotation_groups,
    check_glossary,
)
