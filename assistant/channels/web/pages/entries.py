"""Pages to read, print and pass on: one per entry, its card for the counter, one per path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from assistant.answers.dates import has_dates
from assistant.answers.facts import date
from assistant.answers.following import card as card_reply
from assistant.answers.reply import Block, Card, Notice, Paragraph, Reply
from assistant.channels.texts import PAGE
from assistant.channels.web.keys import DESK, SETTINGS
from assistant.channels.web.pages.errors import not_found
from assistant.channels.web.pages.phrases import Phrase, phrase
from assistant.channels.web.pages.shell import address, page
from assistant.channels.web.pages.topics import icon_of
from assistant.channels.web.wishes import reached_at, wished_language
from assistant.knowledge.model import Entry
from assistant.language.tags import primary
from assistant.pipeline import Assistant
from assistant.rendering.structured_data import structured_data

PAPERS = ("a4", "a5")


@dataclass(frozen=True)
class Row:
    """A block, and the same block in German where that stands beside it."""

    block: Block
    german: Block | None = None


def routes() -> list[web.RouteDef]:
    """Return the routes of entries and paths."""
    return [
        web.get("/q/{id}", answer),
        web.get("/q/{id}/card", counter_card),
        web.get("/path/{id}", path),
    ]


async def answer(request: web.Request) -> web.Response:
    """The readable page of one entry; `beside=de` puts the German original next to it, `paper` prints."""
    assistant = request.app[DESK].assistant
    entry = assistant.knowledge.public(request.match_info["id"])
    if entry is None:
        return not_found(request)
    language = wished_language(request)
    reply = assistant.composer.answer(language, entry, (entry.id,), 1.0)
    source = assistant.knowledge.base.source_language
    foreign = primary(language) != source
    german = request.query.get("beside") == source and foreign
    summary = assistant.composer.text(language, entry, "summary", entry.summary)
    base = request.app[SETTINGS].public_url
    chains = [
        c for c in assistant.guide.chains(language) if entry.id in assistant.knowledge.paths[c.id].entries
    ]
    beside = source if german else ""
    paper = request.query.get("paper", "")
    return page(
        request, "answer.html", language,
        elsewhere={"path": f"/q/{entry.id}"}, entry=entry, reply=reply,
        title=assistant.composer.title(language, entry), summary=summary,
        german_title=assistant.composer.title(source, entry) if german else None,
        rows=rows(reply, assistant.composer.entry_blocks(source, entry) if german else ()),
        icon=icon_of(assistant.knowledge, entry), chains=chains, foreign=foreign, german=german,
        beside=beside,
        calendar=_calendar(assistant, language, entry),
        paper=paper if paper in PAPERS else "", papers=PAPERS,
        printed=_printed(assistant, language),
        shown_address=address(f"{reached_at(request)}/q/{entry.id}", language=language),
        data=structured_data(
            assistant.knowledge, assistant.translations, language, entry, assistant.now(),
            address(f"{base}/q/{entry.id}", language=language) if base else "",
        ),
    )  # fmt: skip


def rows(reply: Reply, german: Sequence[Block]) -> tuple[Row, ...]:
    """Return the blocks below the title, each with its German counterpart.

    Both come from the same entry, so they stand in the same order; only notices about the translation
    are missing in German.
    """
    own = [block for block in reply.blocks if not _is_heading(block)]
    others = iter([block for block in german if not _is_heading(block) and not _about_translation(block)])
    found = []
    for block in own:
        other = None if _about_translation(block) else next(others, None)
        found.append(Row(block, other))
    return tuple(found)


def _is_heading(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.role == "title"


def _about_translation(block: Block) -> bool:
    return isinstance(block, Notice) and block.kind in ("language", "unreviewed", "outdated")


async def counter_card(request: web.Request) -> web.Response:
    """What to show at the counter: one German sentence, large."""
    assistant = request.app[DESK].assistant
    entry = assistant.knowledge.public(request.match_info["id"])
    if entry is None:
        return not_found(request)
    language = wished_language(request)
    reply = card_reply(assistant.composer, language, entry)
    (card,) = (block for block in reply.blocks if isinstance(block, Card))
    return page(request, "card.html", language, entry=entry, card=card)


async def path(request: web.Request) -> web.Response:
    """A path as one page: its stations in order, "you are here", German beside it."""
    assistant = request.app[DESK].assistant
    found = assistant.knowledge.paths.get(request.match_info["id"])
    if found is None:
        return not_found(request)
    language = wished_language(request)
    source = assistant.knowledge.base.source_language
    foreign = primary(language) != source
    return page(
        request, "path.html", language, elsewhere={"path": f"/path/{found.id}"},
        chain=assistant.guide.chain(language, found), at=request.query.get("at", ""),
        german=assistant.guide.chain(source, found) if foreign else None,
        printed=_printed(assistant, language),
        shown_address=address(f"{reached_at(request)}/path/{found.id}", language=language),
    )  # fmt: skip


def _calendar(assistant: Assistant, language: str, entry: Entry) -> Phrase | None:
    """What the link to the calendar file says, where there are dates ahead."""
    if not has_dates(entry, assistant.now(), assistant.knowledge.base.time_zone):
        return None
    return phrase(assistant, language, "Add to the calendar")


def _printed(assistant: Assistant, language: str) -> Phrase:
    return phrase(assistant, language, PAGE["printed"], date=date(assistant.now().date(), language))
