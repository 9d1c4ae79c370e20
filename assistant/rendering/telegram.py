"""Replies as Telegram messages: HTML escaped once, split at block borders, choices as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from assistant.answers.reply import (
    Block,
    Card,
    Choice,
    Contact,
    Draft,
    Facts,
    GermanPhrases,
    Items,
    Link,
    Links,
    Notice,
    Paragraph,
    Reply,
    Share,
    Sources,
)

MESSAGE_LIMIT = 4096
CALLBACK_LIMIT = 64
"""Bytes of callback_data."""


@dataclass(frozen=True)
class Button:
    label: str
    data: str


@dataclass(frozen=True)
class TelegramMessage:
    """One message: HTML for parse mode HTML, and rows of buttons below it."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def render_telegram(reply: Reply) -> list[TelegramMessage]:
    """Return the messages of a reply, each within Telegram's limits; buttons under the last."""
    parts = pack([part for block in reply.blocks if (part := "\n".join(_block(block)))])
    tools = tuple(button for tool in reply.tools if (button := _button(tool)))
    rows = [(button,) for choice in reply.choices if (button := _button(choice))]
    buttons = (*rows, tools) if tools else tuple(rows)
    messages = [TelegramMessage(part) for part in parts[:-1]]
    return [*messages, TelegramMessage(parts[-1] if parts else "…", buttons)]


def pack(parts: Iterable[str], limit: int = MESSAGE_LIMIT) -> list[str]:
    """Join parts with blank lines into texts no longer than the limit, cutting between lines only."""
    packed: list[str] = []
    current = ""
    for part in parts:
        for piece in _pieces(part, limit):
            joined = f"{current}\n\n{piece}" if current else piece
            if _size(joined) <= limit:
                current = joined
            else:
                packed.append(current)
                current = piece
    return [*packed, current] if current else packed


def _pieces(part: str, limit: int) -> Iterable[str]:
    """A part in pieces within the limit. Tags never span lines, so a line is safe to cut after."""
    if _size(part) <= limit:
        yield part
        return
    current = ""
    for line in part.split("\n"):
        joined = f"{current}\n{line}" if current else line
        if _size(joined) <= limit:
            current = joined
            continue
        if current:
            yield current
        current = line
    if current:
        yield current


def _size(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _button(choice: Choice) -> Button | None:
    if len(choice.id.encode()) > CALLBACK_LIMIT:
        return None
    label = choice.label.value
    return Button(label if len(label) <= 60 else f"{label[:59]}…", choice.id)


def _block(block: Block) -> Iterable[str]:
    if isinstance(block, Paragraph):
        if block.heading:
            yield _bold(block.heading.value)
        yield _bold(block.text.value) if block.role == "title" else escape(block.text.value)
    elif isinstance(block, Items):
        yield _bold(block.heading.value)
        for number, item in enumerate(block.items, 1):
            mark = f"{number}." if block.type == "steps" else "•"
            yield f"{mark} {escape(item.value)}"
    elif isinstance(block, Facts):
        yield _bold(block.heading.value)
        for fact in block.facts:
            note = f" ({escape(fact.note.value)})" if fact.note else ""
            yield f"• {escape(fact.label.value)}: {_bold(fact.value.value)}{note}"
    elif isinstance(block, Contact):
        yield from _contact(block)
    elif isinstance(block, GermanPhrases):
        yield _bold(block.heading.value)
        yield from (f"🇩🇪 <i>{escape(phrase.value)}</i>" for phrase in block.phrases)
    elif isinstance(block, Notice):
        yield f"<i>{escape(block.text.value)}</i>"
    elif isinstance(block, Links):
        yield from (f"🔗 {_link(link)}" for link in block.links)
    elif isinstance(block, Card):
        yield escape(block.heading.value)
        yield f"🇩🇪 {_bold(block.sentence.value)}"
        yield from (f"🇩🇪 {_bold(line.value)}" for line in block.lines)
        yield f"<i>{escape(block.meaning.value)}</i>"
    elif isinstance(block, Draft):
        yield _bold(block.heading.value)
        yield f"<i>{escape(block.meaning.value)}</i>"
        yield f"<pre>{escape(block.text.value)}</pre>"
    elif isinstance(block, Share):
        yield escape(block.heading.value)
        yield escape(block.href)
    elif isinstance(block, Sources):
        names = ", ".join(_link(link) for link in block.sources)
        yield f"<i>{escape(block.heading.value)}: {names}</i>"
        yield f"<i>{escape(block.assured.value)}</i>"


def _contact(contact: Contact) -> Iterable[str]:
    yield _bold(contact.name.value)
    if contact.purpose:
        yield escape(contact.purpose.value)
    for mark, links in (("☎️", contact.phones), ("✉️", contact.emails)):
        for link in links:
            note = f" ({escape(link.note.value)})" if link.note else ""
            yield f"{mark} {escape(link.label.value)}{note}"
    for line in contact.address:
        yield f"📍 {escape(line.value)}"
    if contact.distance:
        yield f"📍 {escape(contact.distance.value)}"
    if contact.map:
        yield f"🗺 {_link(contact.map)}"
    for hours in contact.hours:
        lines = "; ".join(escape(line.value) for line in hours.lines)
        state = f" – {_bold(hours.state_text.value)}" if hours.state_text else ""
        note = f" ({escape(hours.note.value)})" if hours.note else ""
        yield f"🕑 {escape(hours.label.value)}: {lines}{state}{note}"
    yield from (f"• {escape(note.value)}" for note in contact.notes)
    if contact.website:
        yield f"🔗 {_link(contact.website)}"


def _link(link: Link) -> str:
    if not link.href.startswith(("https://", "http://")):
        return escape(link.label.value)
    return f'<a href="{escape(link.href, quote=True)}">{escape(link.label.value)}</a>'


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"
