"""One part of an answer: where, when open, how much, how long, which documents, how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.answers.reply import Block, Contact, Facts, Items, Links, Notice, Paragraph, Sources
from assistant.knowledge.model import Advice, Course, Entry, Event

_POSTAL_CODE = re.compile(r"\b\d{5}\b")
_ROLES = {"cost": ("funding", "exemption"), "steps": ("registration",)}


def part_blocks(entry: Entry, blocks: Sequence[Block], part: str) -> tuple[Block, ...]:
    """Return the blocks of a whole answer that hold a part of it; none when the entry does not say.

    `blocks`: what the entry has to say (Composer.entry_blocks), `part`: see dialogue.followups.Part.
    """
    return tuple(_wanted(entry, blocks, part))


def frame(blocks: Sequence[Block], kept: Sequence[Block]) -> tuple[Block, ...]:
    """Return kept blocks with the title before and alerts, sources and notices around them."""
    alerts = [b for b in blocks if isinstance(b, Notice) and b.kind == "alert"]
    title = [b for b in blocks if isinstance(b, Paragraph) and b.role == "title"]
    end = [b for b in blocks if isinstance(b, Sources) or (isinstance(b, Notice) and b.kind != "alert")]
    return (*alerts, *title, *kept, *end)


def _wanted(entry: Entry, blocks: Sequence[Block], part: str) -> Iterable[Block]:
    numbers = iter([b for b in blocks if isinstance(b, Facts)])
    if isinstance(entry, Event) and part in ("where", "hours"):
        yield from (b for b in blocks if isinstance(b, Facts))
    elif part in ("cost", "duration") and isinstance(entry, Advice):
        yield from _numbers(entry, next(numbers, None), part)
    elif part == "hours":
        # Dates of courses come after the numbers of the entry.
        yield from list(numbers)[1 if _has_numbers(entry) else 0 :]
    if part in ("where", "hours", "phone"):
        yield from _addresses(entry, blocks, part)
        yield from _contacts([b for b in blocks if isinstance(b, Contact)], part)
        if part == "where":
            yield from (b for b in blocks if isinstance(b, Links) and not isinstance(entry, Event))
    yield from (b for b in blocks if isinstance(b, Items) and b.type == part)
    yield from (b for b in blocks if isinstance(b, Paragraph) and b.role in _ROLES.get(part, ()))


def _has_numbers(entry: Entry) -> bool:
    if not isinstance(entry, Advice):
        return False
    return bool(entry.fees or entry.durations) or (
        isinstance(entry, Course) and bool(entry.lessons or entry.levels)
    )


def _numbers(entry: Advice, facts: Facts | None, part: str) -> Iterable[Facts]:
    """The fees, or the lengths of time, of the block that holds both (in this order)."""
    if facts is None or not _has_numbers(entry):
        return
    fees = len(entry.fees)
    lessons = 1 if isinstance(entry, Course) and entry.lessons else 0
    kept = facts.facts[:fees] if part == "cost" else facts.facts[fees : fees + len(entry.durations) + lessons]
    if kept:
        yield replace(facts, facts=kept)


def _addresses(entry: Entry, blocks: Sequence[Block], part: str) -> Iterable[Block]:
    """Details that hold an address: recognised in the German source, shown in the reader's language."""
    details = [b for b in blocks if isinstance(b, Paragraph) and b.role == "detail"]
    for source, block in zip(entry.details, details, strict=False):
        if part == "where" and _POSTAL_CODE.search(source):
            yield block


def _contacts(contacts: Sequence[Contact], part: str) -> Iterable[Contact]:
    """Contact cards with what was asked for; none when the first, who is in charge, lacks it.

    Else the hours of a helper would stand there as if they were those of the office.
    """
    if not contacts or not _has(contacts[0], part):
        return
    for contact in contacts:
        if _has(contact, part):
            kept = replace(contact, hours=(), notes=()) if part == "where" else contact
            yield kept if part == "where" else replace(kept, address=(), map=None)


def _has(contact: Contact, part: str) -> bool:
    if part == "where":
        return bool(contact.address)
    if part == "hours":
        return bool(contact.hours)
    return bool(contact.phones or contact.emails or contact.website)
