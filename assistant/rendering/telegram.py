"""Replies as Telegram messages: HTML escaped once, split at block borders, choices as buttons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from assistant.answers.reply import (
    Block,
    Card,
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
from assistant.language.translations import Text
from assistant.rendering.bidi import isolate_runs, isolate_texts, mark_line
from assistant.rendering.splitting import ENTITY_LIMIT, MESSAGE_LIMIT, pack

CALLBACK_LIMIT = 64
"""Bytes of callback_data."""
LABEL_LIMIT = 60
"""Characters of a button; phones show no more."""
BESIDE = ((4, 4), (10, 3), (18, 2))
"""Letters of a label up to which so many buttons stand in one row."""
BUTTON_LIMIT = 100
"""Buttons below one message."""
GERMAN = "🇩🇪"
"""Begins a line that is meant for people who read German."""
_CONTINUED = re.compile(r"\W*[2-9]/\d+\s")


@dataclass(frozen=True)
class Button:
    """A button below a message: it sends `data` back, or opens `url`."""

    label: str
    data: str = ""
    url: str = ""


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class TelegramMessage:
    """One message: HTML for parse mode HTML, and rows of buttons below it."""

    html: str
    buttons: Rows = ()


def render_telegram(reply: Reply, rows: Rows = ()) -> list[TelegramMessage]:
    """Return the messages of a reply, each within Telegram's limits; buttons under the last.

    `rows`: buttons of the channel, below those of the reply.
    """
    html = pack(_parts(reply), MESSAGE_LIMIT - 20, ENTITY_LIMIT - 1) or ["…"]
    if len(html) > 1:
        html = [html[0], *(f"<i>{n}/{len(html)}</i>\n{part}" for n, part in enumerate(html[1:], 2))]
    last = TelegramMessage(html[-1], _limited((*_rows(reply), *rows)))
    return [*(TelegramMessage(part) for part in html[:-1]), last]


def render_sentence(text: Text, rows: Rows = ()) -> TelegramMessage:
    """Return one sentence of the channel itself as a message."""
    rtl = text.direction == "rtl"
    return TelegramMessage(escape(mark_line(isolate_runs(text.value)) if rtl else text.value), rows)


def is_continued(text: str) -> bool:
    """Whether the text of a message goes on from the message before it."""
    return bool(_CONTINUED.match(text))


def button(label: str, data: str) -> Button | None:
    """Return a button with a label of bearable length; None when its data is too long for Telegram."""
    if len(data.encode()) > CALLBACK_LIMIT:
        return None
    return Button(label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}…", data)


def _parts(reply: Reply) -> Iterable[str]:
    if reply.direction != "rtl":
        return ["\n".join(_block(block)) for block in reply.blocks]
    blocks = (isolate_texts(block) for block in reply.blocks)
    return ["\n".join(map(_right_to_left, _block(block))) for block in blocks]


def _right_to_left(line: str) -> str:
    return line if line.startswith((GERMAN, "<pre>")) else mark_line(line)


def _rows(reply: Reply) -> Rows:
    choices = (button(c.label.value, c.id) for c in reply.choices)
    tools = (button(c.label.value, c.id) for c in reply.tools)
    return (*_side_by_side(b for b in choices if b), *_side_by_side(b for b in tools if b))


def _side_by_side(buttons: Iterable[Button]) -> Iterator[tuple[Button, ...]]:
    """Buttons in rows: short labels beside each other, so that a keyboard fits the screen of a phone."""
    row: tuple[Button, ...] = ()
    for found in buttons:
        fitting = min(_beside(b.label) for b in (*row, found))
        if len(row) < fitting:
            row = (*row, found)
        else:
            yield row
            row = (found,)
    if row:
        yield row


def _beside(label: str) -> int:
    """How many buttons with labels as long as this fit beside each other."""
    return next((count for longest, count in BESIDE if len(label) <= longest), 1)


def _limited(rows: Rows) -> Rows:
    """The rows that Telegram accepts, from the top."""
    counts = accumulate(len(row) for row in rows)
    return tuple(row for row, count in zip(rows, counts, strict=True) if count <= BUTTON_LIMIT)


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
        yield from (f"{GERMAN} <i>{escape(phrase.value)}</i>" for phrase in block.phrases)
    elif isinstance(block, Notice):
        yield f"<i>{escape(block.text.value)}</i>"
    elif isinstance(block, Links):
        yield from (f"🔗 {_link(link)}" for link in block.links if _is_address(link.href))
    elif isinstance(block, Card):
        yield escape(block.heading.value)
        yield f"{GERMAN} {_bold(block.sentence.value)}"
        yield from (f"{GERMAN} {_bold(line.value)}" for line in block.lines)
        yield f"<i>{escape(block.meaning.value)}</i>"
    elif isinstance(block, Draft):
        yield _bold(block.heading.value)
        yield f"<i>{escape(block.meaning.value)}</i>"
        yield f"<pre>{escape(block.text.value)}</pre>"
    elif isinstance(block, Share):
        if _is_address(block.href):
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
    if not _is_address(link.href):
        return escape(link.label.value)
    return f'<a href="{escape(link.href, quote=True)}">{escape(link.label.value)}</a>'


def _is_address(href: str) -> bool:
    """Whether a link leads anywhere from within Telegram; relative ones need the website around them."""
    return href.startswith(("https://", "http://"))


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"
