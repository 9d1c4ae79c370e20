"""Pages rendered on the server: home with the widget and a plain form, and one page per answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jinja2
from aiohttp import web

from assistant.answers.reply import Reply
from assistant.channels.texts import page_texts
from assistant.channels.web.keys import CONVERSATIONS, DESK
from assistant.channels.web.wishes import wished_language
from assistant.dialogue.state import Message
from assistant.knowledge.model import Entry
from assistant.language.tags import direction, endonym
from assistant.pipeline import Assistant

templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
GROUPS = ("procedure", "course", "guide", "organization", "event")


def routes() -> list[web.RouteDef]:
    """Return the routes of pages."""
    return [
        web.get("/", home),
        web.get("/q/{id}", answer),
        web.get("/path/{id}", chain),
    ]


async def home(request: web.Request) -> web.Response:
    """The demo page: the widget, a form that works without JavaScript, and all topics."""
    desk = request.app[DESK]
    language = wished_language(request)
    question = request.query.get("q", "").strip()
    choice = request.query.get("choice")
    reply: Reply | None = None
    key = ""
    if question or choice:
        # Without JavaScript a hidden field carries the id of the conversation, never what was said.
        conversations = request.app[CONVERSATIONS]
        key, conversation = conversations.load(request.query.get("conversation"))
        chosen = request.query.get("language")
        message = Message(question[:2000], choice, chosen)
        conversation = replace(conversation, language=chosen or conversation.language)
        turn = desk.answer("page", message, conversation)
        conversations.save(key, turn.conversation)
        reply, language = turn.reply, turn.reply.language
    return _page(
        request, "home.html", language, reply=reply, question=question[:300], conversation=key,
        paths=desk.assistant.guide.chains(language), topics=_topics(desk.assistant, language),
    )  # fmt: skip


async def answer(request: web.Request) -> web.Response:
    """The readable page of one entry; `beside=de` puts the German original next to it."""
    assistant = request.app[DESK].assistant
    entry = assistant.knowledge.public(request.match_info["id"])
    if entry is None:
        return not_found(request)
    language = wished_language(request)
    reply = assistant.composer.answer(language, entry, (entry.id,), 1.0)
    title = assistant.composer.title(language, entry)
    source = assistant.knowledge.base.source_language
    beside: Reply | None = None
    if request.query.get("beside") == source and language.partition("-")[0] != source:
        beside = replace(assistant.composer.answer(source, entry, (entry.id,), 1.0), choices=(), tools=())
    offered = source if language.partition("-")[0] != source and beside is None else ""
    return _page(
        request, "answer.html", language, reply=reply, title=title, entry=entry, beside=beside,
        offered=offered,
    )  # fmt: skip


async def chain(request: web.Request) -> web.Response:
    """A path as one page: its stations in order, "you are here", German beside."""
    assistant = request.app[DESK].assistant
    path = assistant.knowledge.paths.get(request.match_info["id"])
    if path is None:
        return not_found(request)
    language = wished_language(request)
    source = assistant.knowledge.base.source_language
    return _page(
        request, "path.html", language,
        chain=assistant.guide.chain(language, path),
        german=assistant.guide.chain(source, path) if language.partition("-")[0] != source else None,
        at=request.query.get("at", ""),
    )  # fmt: skip


def not_found(request: web.Request) -> web.Response:
    """The page for addresses that do not exist: says so and takes a question."""
    language = wished_language(request)
    sentence = page_texts(request.app[DESK].assistant.translations, language)["not_found"]
    return error_page(request, 404, sentence)


def error_page(request: web.Request, status: int, sentence: str) -> web.Response:
    """The page for what went wrong: a sentence for people, and the form to ask again."""
    language = wished_language(request)
    topics = _topics(request.app[DESK].assistant, language)
    return _page(request, "not_found.html", language, status=status, topics=topics, sentence=sentence)


def _page(
    request: web.Request, template: str, language: str, status: int = 200, **values: object
) -> web.Response:
    assistant = request.app[DESK].assistant
    names = [(tag, endonym(tag), direction(tag)) for tag in assistant.languages]
    text = templates.get_template(template).render(
        language=language, direction=direction(language), languages=names, path=request.path,
        say=page_texts(assistant.translations, language), **values,
    )  # fmt: skip
    return web.Response(text=text, status=status, content_type="text/html")


def _topics(assistant: Assistant, language: str) -> list[tuple[str, list[tuple[Entry, object]]]]:
    """All entries by type, each group sorted by title."""
    groups: dict[str, list[tuple[Entry, object]]] = {kind: [] for kind in GROUPS}
    for entry in assistant.knowledge.public_entries():
        groups[entry.type].append((entry, assistant.composer.title(language, entry)))
    for rows in groups.values():
        rows.sort(key=lambda row: str(getattr(row[1], "value", "")).casefold())
    return [(f"{kind}s", rows) for kind, rows in groups.items() if rows]
