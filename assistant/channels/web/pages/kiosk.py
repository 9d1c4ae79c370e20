"""The information desk: a tablet in a public place. Nothing leads away, and nothing is left behind.

`?idle=60&warning=20` sets after how many seconds without a touch it asks, and how long it then waits
(WCAG 2.2, 2.2.1: at least 20 seconds, one touch to go on).
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from assistant.channels.web.keys import CONVERSATIONS, DESK
from assistant.channels.web.pages.asking import answer, posted
from assistant.channels.web.pages.phrases import phrases_of
from assistant.channels.web.pages.shell import page
from assistant.channels.web.pages.topics import main_topics
from assistant.channels.web.wishes import wished_language
from assistant.language.tags import negotiate

IDLE, WARNING = 60, 20


@dataclass(frozen=True)
class Timing:
    """Seconds without a touch until it asks, and until it then forgets."""

    idle: int
    warning: int


def routes() -> list[web.RouteDef]:
    """Return the routes of the information desk."""
    return [
        web.get("/kiosk", start),
        web.post("/kiosk", ask),
        web.post("/kiosk/end", end),
    ]


async def start(request: web.Request) -> web.Response:
    """The tiles of all languages; with `language` the topics in it."""
    assistant = request.app[DESK].assistant
    language = negotiate([request.query.get("language", "")], assistant.languages)
    return _topics(request, language) if language else _tiles(request)


async def ask(request: web.Request) -> web.Response:
    """Answer a question or a touched button; without one the conversation ends and another begins."""
    asked = await posted(request)
    assistant = request.app[DESK].assistant
    if asked.is_empty():
        request.app[CONVERSATIONS].forget(asked.conversation)
        language = negotiate([asked.language], assistant.languages)
        return _topics(request, language) if language else _tiles(request)
    reply, carried = answer(request, asked, "kiosk")
    entry = assistant.knowledge.public(reply.entry)
    return page(
        request, "kiosk_answer.html", reply.language, private=True, reply=reply, conversation=carried,
        taken=entry.id if entry and reply.decision == "answer" else "", timing=_timing(request),
    )  # fmt: skip


async def end(request: web.Request) -> web.Response:
    """Delete the conversation and go back to the tiles."""
    request.app[CONVERSATIONS].forget((await posted(request)).conversation)
    raise web.HTTPSeeOther("/kiosk", headers={"Cache-Control": "no-store"})


def _tiles(request: web.Request) -> web.Response:
    assistant = request.app[DESK].assistant
    language = wished_language(request)
    spoken = (language, assistant.knowledge.base.source_language, "en")
    greetings = {(p := phrases_of(assistant, tag)["kiosk_touch"]).value: p for tag in spoken}.values()
    return page(
        request, "kiosk_start.html", language, private=True, greetings=greetings, conversation=None,
        timing=_timing(request),
    )  # fmt: skip


def _topics(request: web.Request, language: str) -> web.Response:
    assistant = request.app[DESK].assistant
    return page(
        request, "kiosk_topics.html", language, private=True, topics=main_topics(assistant, language),
        paths=assistant.guide.chains(language), conversation=None, timing=_timing(request),
    )  # fmt: skip


def _timing(request: web.Request) -> Timing:
    return Timing(_seconds(request, "idle", IDLE), _seconds(request, "warning", WARNING))


def _seconds(request: web.Request, name: str, default: int) -> int:
    """A number of seconds in the address, between one and an hour; else the default."""
    text = request.query.get(name, "")
    return min(max(int(text), 1), 3600) if text.isascii() and text.isdigit() and len(text) < 6 else default
