"""Replies as plain text, for the console."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.answers.reply import (
    Block,
    Card,
    Contact,
    Draft,
    Facts,
    GermanPhrases,
    Items,
    Links,
    Notice,
    Paragraph,
    Reply,
    Share,
    Sources,
)


def render_plain(reply: Reply) -> str:
    """Return a reply as lines of text; choices come last, numbered."""
    parts = ["\n".join(_block(block)) for block in reply.blocks]
    choices = (*reply.choices, *reply.tools)
    if choices:
        parts.append("\n".join(f"[{n}] {c.label.value}" for n, c in enumerate(choices, 1)))
    return "\n\n".join(part for part in parts if part)


def _block(block: Block) -> Iterable[str]:
    if isinstance(block, Paragraph):
        if block.heading:
            yield f"{block.heading.value}:"
        yield block.text.value.upper() if block.role == "title" else block.text.value
    elif isinstance(block, Items):
        yield f"{block.heading.value}:"
        for number, item in enumerate(block.items, 1):
            yield f"{number}. {item.value}" if block.type == "steps" else f"- {item.value}"
    elif isinstance(block, Facts):
        yield f"{block.heading.value}:"
        for fact in block.facts:
            note = f" ({fact.note.value})" if fact.note else ""
            yield f"- {fact.label.value}: {fact.value.value}{note}"
    elif isinstance(block, Contact):
        yield from _contact(block)
    elif isinstance(block, GermanPhrases):
        yield f"{block.heading.value}:"
        yield from (f"„{phrase.value}“" for phrase in block.phrases)
    elif isinstance(block, Notice):
        yield f"({block.text.value})"
    elif isinstance(block, Links):
        yield from (link.href for link in block.links)
    elif isinstance(block, Card):
        yield f"{block.heading.value}:"
        yield f"*** {block.sentence.value} ***"
        yield from (line.value for line in block.lines)
        yield f"({block.meaning.value})"
    elif isinstance(block, Draft):
        yield f"{block.heading.value} ({block.meaning.value}):"
        yield block.text.value
    elif isinstance(block, Share):
        yield block.heading.value
        yield block.href
    elif isinstance(block, Sources):
        names = "; ".join(link.label.value for link in block.sources)
        yield f"{block.heading.value}: {names}"
        yield block.assured.value


def _contact(contact: Contact) -> Iterable[str]:
    yield contact.name.value.upper()
    if contact.purpose:
        yield contact.purpose.value
    for link in (*contact.phones, *contact.emails):
        yield link.label.value + (f" ({link.note.value})" if link.note else "")
    yield from (line.value for line in contact.address)
    if contact.distance:
        yield contact.distance.value
    for hours in contact.hours:
        state = f" ({hours.state_text.value})" if hours.state_text else ""
        note = f" ({hours.note.value})" if hours.note else ""
        yield f"{hours.label.value}: {'; '.join(line.value for line in hours.lines)}{state}{note}"
    yield from (note.value for note in contact.notes)
    if contact.website:
        yield contact.website.href
