"""The JSON API, version 1: messages and feedback of people, and what a widget needs to speak."""

from __future__ import annotations

import asyncio
import json
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from assistant.channels.texts import widget_texts
from assistant.channels.web.failures import TooMany
from assistant.channels.web.keys import ANSWERED, CONVERSATIONS, DESK, LIMITS
from assistant.channels.web.models import AskReply, AskRequest, FeedbackRequest, Texts
from assistant.channels.web.responses import cached_json, gunzipped, gzipped, json_response, sent, to_json
from assistant.channels.web.wishes import asked_entry, wished_language
from assistant.dialogue.state import Message
from assistant.language.tags import direction, languages_of, negotiate

ASK = "/api/v1/ask"
BODY_SECONDS = 15
"""A body that takes longer is given up: slow phones send a question in one packet."""
KEPT_SECONDS = 300
"""Texts and languages: as long as a changed translation may take to be seen."""
M = TypeVar("M", bound=BaseModel)


def routes() -> list[web.RouteDef]:
    """Return the routes of the API."""
    return [
        web.post(ASK, ask),
        web.delete("/api/v1/conversations/{key}", forget),
        web.post("/api/v1/feedback", feedback),
        web.get("/api/v1/entries/{id}", entry),
        web.get("/api/v1/languages", languages),
        web.get("/api/v1/texts", texts),
    ]


async def ask(request: web.Request) -> web.Response:
    """Answer a question or a pressed choice."""
    wanted = await _read(request, AskRequest)
    if not wanted.text.strip() and not wanted.choice:
        raise web.HTTPBadRequest(reason="text or choice is needed")
    desk, conversations = request.app[DESK], request.app[CONVERSATIONS]
    key, conversation = conversations.load(wanted.conversation, wanted.state)
    known = key if key == wanted.conversation else None
    wait = request.app[LIMITS].ask(request, known)
    if wait:
        raise TooMany(wait, wanted.language or conversation.language or conversation.spoken)
    words = (wanted.conversation, wanted.text, wanted.choice, wanted.language)
    before = request.app[ANSWERED].find(wanted.message, words) if wanted.message else None
    if before is not None:
        return sent(request, gunzipped(before.body), before.body)
    message = Message(wanted.text, wanted.choice, wanted.language, key, wanted.position)
    turn = desk.answer("web", message, conversation)
    state = conversations.save(key, turn.conversation)
    chosen = turn.conversation.language
    body = to_json(AskReply(**vars(turn.reply), conversation=key, state=state, chosen=chosen))
    small: bytes | None = None
    if wanted.message:
        small = gzipped(body)
        request.app[ANSWERED].keep(wanted.message, words, key, small)
    return sent(request, body, small)


async def forget(request: web.Request) -> web.Response:
    """Delete a conversation, with its last answers."""
    key = request.match_info["key"]
    request.app[CONVERSATIONS].forget(key)
    request.app[ANSWERED].forget(key)
    return web.Response(status=204)


async def feedback(request: web.Request) -> web.Response:
    """Count whether an answer helped, or what is wrong with it."""
    wanted = await _read(request, FeedbackRequest)
    desk = request.app[DESK]
    found = desk.assistant.knowledge.public(wanted.entry)
    if found is None:
        raise web.HTTPNotFound
    language = negotiate([wanted.language], desk.assistant.languages)
    if language is None:
        raise web.HTTPBadRequest(reason="language: none that Lotse speaks")
    desk.feedback(found.id, language, wanted.what)
    return web.Response(status=204)


async def entry(request: web.Request) -> web.Response:
    """Return one entry as a reply."""
    assistant = request.app[DESK].assistant
    found = asked_entry(request)
    language = wished_language(request)
    return json_response(request, assistant.composer.answer(language, found, (found.id,), 1.0))


async def languages(request: web.Request) -> web.Response:
    """Return the languages with their own names."""
    found = languages_of(request.app[DESK].assistant.languages)
    return cached_json(request, found, KEPT_SECONDS)


async def texts(request: web.Request) -> web.Response:
    """Return the widget's own sentences in a language, with greeting and topics."""
    assistant = request.app[DESK].assistant
    language = wished_language(request)
    found = Texts(
        language,
        direction(language),
        widget_texts(assistant.translations, language),
        assistant.guide.talk(language, "hello"),
    )
    return cached_json(request, found, KEPT_SECONDS, "Accept-Language")


async def _read(request: web.Request, kind: type[M]) -> M:
    """The body of a request; raise HTTPBadRequest naming what is wrong, HTTPRequestTimeout when slow."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        if error.errors()[0]["type"] != "json_invalid":
            raise _refused(error) from error
    try:
        return kind.model_validate(_mended(body))
    except ValidationError as error:
        raise _refused(error) from error
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(reason="the body is no JSON") from error


def _mended(body: bytes) -> object:
    """JSON with what strict parsers refuse: line breaks in texts, and half an emoji, which is no letter."""
    data = json.loads(body.decode(), strict=False)
    if isinstance(data, dict):
        return {key: _whole(value) if isinstance(value, str) else value for key, value in data.items()}
    return data


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _refused(error: ValidationError) -> web.HTTPBadRequest:
    """The first mistake, without what was sent."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(map(str, first["loc"])) or "body"
    return web.HTTPBadRequest(reason=" ".join(f"{field}: {first['msg']}".split())[:200])
