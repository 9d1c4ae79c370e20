"""The first page: ask, or choose a topic. It answers without JavaScript too."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.web.keys import DESK
from assistant.channels.web.pages.asking import Asked, answer, asked_in, posted
from assistant.channels.web.pages.shell import page
from assistant.channels.web.pages.topics import all_topics, main_topics
from assistant.channels.web.wishes import wished_language


def routes() -> list[web.RouteDef]:
    """Return the routes of the first page."""
    return [web.get("/", home), web.post("/", go_on)]


async def home(request: web.Request) -> web.Response:
    """The first page; with `q` a question and its answer, an address that can be passed on."""
    asked = asked_in({k: v for k, v in request.query.items() if k != "conversation"})
    return _home(request, asked)


async def go_on(request: web.Request) -> web.Response:
    """The next turn of a conversation without JavaScript."""
    return _home(request, await posted(request))


def _home(request: web.Request, asked: Asked) -> web.Response:
    assistant = request.app[DESK].assistant
    if asked.is_empty():
        language = wished_language(request)
        return page(
            request, "home.html", language, topics=main_topics(assistant, language),
            paths=assistant.guide.chains(language), groups=all_topics(assistant, language),
            people=assistant.composer.people(language),
        )  # fmt: skip
    reply, carried = answer(request, asked, "page")
    language = reply.language
    # An answer in another language is the page of the entry; anything else begins anew.
    elsewhere = {"path": f"/q/{reply.entry}" if assistant.knowledge.public(reply.entry) else "/"}
    return page(
        request, "asked.html", language, private=True, elsewhere=elsewhere, reply=reply, conversation=carried,
        question=asked.text[:300], groups=all_topics(assistant, language),
    )  # fmt: skip
