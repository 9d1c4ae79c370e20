"""The JSON API, version 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from assistant import __version__
from assistant.channels.texts import widget_texts
from assistant.channels.web.keys import CONVERSATIONS, DESK
from assistant.dialogue.state import Message
from assistant.knowledge.model import Coordinates
from assistant.language.tags import direction, endonym, negotiate

STATIC = Path(__file__).parent / "static"
MAX_TEXT = 2000


class AskRequest(BaseModel):
    """What POST /api/v1/ask takes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)] = ""
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    conversation: Annotated[str, StringConstraints(max_length=64)] | None = None
    choice: Annotated[str, StringConstraints(max_length=100)] | None = None
    position: Coordinates | None = None


def operation_routes() -> list[web.RouteDef]:
    """Return the routes for those who run Lotse; every process has them."""
    return [
        web.get("/healthz", health),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
    ]


def routes() -> list[web.RouteDef]:
    """Return the routes of the API."""
    return [
        *operation_routes(),
        web.post("/api/v1/ask", ask),
        web.delete("/api/v1/conversations/{key}", forget),
        web.get("/api/v1/entries/{id}", entry),
        web.get("/api/v1/languages", languages),
        web.get("/api/v1/texts", texts),
        web.get("/openapi.json", openapi),
        web.get("/widget.js", widget),
    ]


async def ask(request: web.Request) -> web.Response:
    """Answer a question or a pressed choice."""
    wanted = await _read(request)
    conversations = request.app[CONVERSATIONS]
    key, conversation = conversations.load(wanted.conversation)
    message = Message(wanted.text, wanted.choice, wanted.language, key, wanted.position)
    turn = request.app[DESK].answer("web", message, conversation)
    conversations.save(key, turn.conversation)
    chosen = turn.conversation.language
    return json_response({"conversation": key, "chosen": chosen, **turn.reply.as_json()})


async def _read(request: web.Request) -> AskRequest:
    try:
        text = await request.text()
        # Half an emoji (a lone surrogate) is no character; the rest of the message still counts.
        body = json.loads(text, strict=False)
        if isinstance(body, dict) and isinstance(body.get("text"), str):
            body["text"] = body["text"].encode("utf-8", "replace").decode()
        wanted = AskRequest.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        raise web.HTTPBadRequest(reason=f"{field}: {first['msg']}"[:200]) from error
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(reason="the body is no JSON") from error
    if not wanted.text.strip() and not wanted.choice:
        raise web.HTTPBadRequest(reason="text or choice is needed")
    return wanted


async def forget(request: web.Request) -> web.Response:
    """Delete a conversation."""
    request.app[CONVERSATIONS].forget(request.match_info["key"])
    return web.Response(status=204)


async def entry(request: web.Request) -> web.Response:
    """Return one entry as a reply."""
    assistant = request.app[DESK].assistant
    found = assistant.knowledge.public(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    language = wished_language(request)
    return json_response(assistant.composer.answer(language, found, (found.id,), 1.0).as_json())


async def languages(request: web.Request) -> web.Response:
    """Return the languages with their own names."""
    assistant = request.app[DESK].assistant
    found = [{"tag": tag, "name": endonym(tag), "direction": direction(tag)} for tag in assistant.languages]
    return json_response(found)


async def texts(request: web.Request) -> web.Response:
    """Return the widget's own sentences in a language, with greeting and topics."""
    assistant = request.app[DESK].assistant
    language = wished_language(request)
    greeting = assistant.composer.talk(language, "hello")
    body = {
        "language": language,
        "direction": direction(language),
        "texts": widget_texts(assistant.translations, language),
        "greeting": greeting.as_json(),
    }
    return json_response(body)


async def health(_request: web.Request) -> web.Response:
    """The process is alive."""
    return json_response({"status": "ok", "version": __version__})


async def ready(request: web.Request) -> web.Response:
    """Whether everything works; answers are served even when this is red."""
    desk = request.app[DESK]
    problems = [str(problem) for problem in desk.problems[:20]]
    details: dict[str, Any] = {
        "database": desk.store.is_ready,
        "knowledge": {"version": desk.assistant.knowledge.version, "problems": problems},
    }
    fine = desk.store.is_ready and not problems
    for name, report in desk.reports.items():
        works, details[name] = report()
        fine = fine and works
    body = {"status": "ok" if fine else "degraded", **details}
    return json_response(body, 200 if fine else 503)


async def metrics(request: web.Request) -> web.Response:
    """Counts and times for Prometheus."""
    body = generate_latest(request.app[DESK].metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def widget(_request: web.Request) -> web.StreamResponse:
    """The widget's script."""
    return web.FileResponse(
        STATIC / "widget.js",
        headers={"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "max-age=300"},
    )


async def openapi(_request: web.Request) -> web.Response:
    """The description of this API (OpenAPI 3.1)."""
    return json_response(OPENAPI)


def wished_language(request: web.Request) -> str:
    """Return the language of the query string or of the browser that Lotse speaks."""
    assistant = request.app[DESK].assistant
    wishes = [request.query.get("language", "")]
    header = request.headers.get("Accept-Language", "")
    wishes += [part.split(";")[0].strip() for part in header.split(",")][:10]
    found = negotiate([w for w in wishes if _is_tag(w)], assistant.languages)
    return found or assistant.knowledge.base.source_language


def _is_tag(text: str) -> bool:
    return 1 < len(text) <= 35 and text.replace("-", "").replace("_", "").isalnum()


def json_response(data: Any, status: int = 200) -> web.Response:
    """Return JSON in UTF-8, with the letters of every script as they are."""
    return web.Response(
        text=json.dumps(data, ensure_ascii=False), status=status, content_type="application/json"
    )


def _operation(summary: str, **more: Any) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": {"description": "OK"}}, **more}


def _parameter(name: str, where: str, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": {"type": "string"}}


OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Lotse", "version": __version__},
    "paths": {
        "/api/v1/ask": {
            "post": _operation(
                "Answer a question or a pressed choice",
                requestBody={
                    "required": True,
                    "content": {"application/json": {"schema": AskRequest.model_json_schema()}},
                },
            )
        },
        "/api/v1/entries/{id}": {
            "get": _operation(
                "One entry as a reply",
                parameters=[_parameter("id", "path", True), _parameter("language", "query")],
            )
        },
        "/api/v1/conversations/{key}": {
            "delete": _operation("Delete a conversation", parameters=[_parameter("key", "path", True)])
        },
        "/q/{id}/qr.svg": {
            "get": _operation(
                "QR code of the address of an answer",
                parameters=[_parameter("id", "path", True), _parameter("language", "query")],
            )
        },
        "/q/{id}/calendar.ics": {
            "get": _operation(
                "Dates that are still ahead, as iCalendar",
                parameters=[_parameter("id", "path", True), _parameter("language", "query")],
            )
        },
        "/api/v1/languages": {"get": _operation("Languages with their own names")},
        "/api/v1/texts": {
            "get": _operation("Sentences of the widget", parameters=[_parameter("language", "query")])
        },
        "/healthz": {"get": _operation("The process is alive")},
        "/readyz": {"get": _operation("Everything works, or what does not")},
        "/metrics": {"get": _operation("Counts and times for Prometheus")},
    },
}
