"""The OpenAPI document (3.1), made from the same types that check requests and build replies."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from assistant import __version__
from assistant.answers.reply import Reply
from assistant.channels.web import models
from assistant.language.tags import Language

JSON = "application/json"
TEMPLATE = "#/components/schemas/{model}"
_REQUESTS = {"AskRequest": models.AskRequest, "FeedbackRequest": models.FeedbackRequest}
_REPLIES: dict[str, Any] = {
    "AskReply": models.AskReply, "Reply": Reply, "Languages": tuple[Language, ...],
    "Texts": models.Texts, "Failed": models.Failed, "Health": models.Health, "Readiness": models.Readiness,
}  # fmt: skip
_OPEN = ("Coordinates", "Readiness")
"""Part of a request; and what may report on more than it names."""
_ERRORS = {
    "400": "The request is not what is described here; the message says where.",
    "404": "There is no such thing.",
    "408": "The request did not arrive in time.",
    "413": "The body is too large.",
    "429": "Too many requests; Retry-After says after how many seconds. The message is for the person.",
    "500": "A mistake of Lotse. The message is for the person.",
}
_ALWAYS = ("400", "429", "500")
_BODY = ("408", "413")
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "kindergeld"}
_KEY = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
_LANGUAGE = {
    "name": "language", "in": "query", "required": False, "example": "ar", "schema": {"type": "string"},
    "description": "Language tag (BCP 47); without it Accept-Language counts.",
}  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lotse",
            "version": __version__,
            "summary": "Questions of newcomers in Leipzig and Saxony, answered in their language.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": "ask"}, {"name": "content"}, {"name": "operation"}],
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }


def _paths() -> dict[str, Any]:
    question = {"text": "بدي اعرف كيف اعادل شهادة التمريض"}
    pressed = {"choice": "e:kindergeld", "language": "ar", "conversation": "…", "state": "…"}
    return {
        "/api/v1/ask": {
            "post": _operation(
                "ask", "Answer a question or a pressed choice", _json("The reply", "AskReply"),
                errors=_BODY, body="AskRequest",
                examples={"question": {"value": question}, "choice": {"value": pressed}},
            )
        },
        "/api/v1/conversations/{key}": {
            "delete": _operation(
                "ask", "Delete a conversation", {"204": {"description": "Deleted"}}, ("404",),
                parameters=[_KEY],
            )
        },
        "/api/v1/feedback": {
            "post": _operation(
                "ask", "Say whether an answer helped or what is wrong with it",
                {"204": {"description": "Counted, with the day and nothing else"}},
                errors=("404", *_BODY), body="FeedbackRequest",
                examples={
                    "helpful": {"value": {"entry": "kindergeld", "language": "ar", "helpful": True}},
                    "wrong": {"value": {"entry": "jobcenter-leipzig", "language": "de", "wrong": "hours"}},
                },
            )
        },
        "/api/v1/entries/{id}": {
            "get": _operation(
                "content", "One entry as a reply", _json("The reply", "Reply"), ("404",),
                parameters=[_ID, _LANGUAGE],
            )
        },
        "/api/v1/languages": {
            "get": _operation("content", "Languages with their own names", _kept("Languages", "Languages"))
        },
        "/api/v1/texts": {
            "get": _operation(
                "content", "Sentences of the widget", _kept("Sentences and greeting", "Texts"),
                parameters=[_LANGUAGE],
            )
        },
        "/q/{id}/qr.svg": {
            "get": _operation(
                "content", "QR code of the address of an answer", _file("image/svg+xml"), ("404",),
                parameters=[_ID, _LANGUAGE], is_api=False,
            )
        },
        "/q/{id}/calendar.ics": {
            "get": _operation(
                "content", "Dates that are still ahead, as iCalendar", _file("text/calendar"), ("404",),
                parameters=[_ID, _LANGUAGE], is_api=False,
            )
        },
        "/healthz": {
            "get": _operation("operation", "The process is alive", _json("Alive", "Health"))
        },
        "/readyz": {
            "get": _operation(
                "operation", "Whether everything works",
                {**_json("Everything works", "Readiness"),
                 **_json("Answers are served, something else does not work", "Readiness", "503")},
            )
        },
        "/metrics": {
            "get": _operation("operation", "Counts and times for Prometheus", _file("text/plain"))
        },
        "/openapi.json": {
            "get": _operation("operation", "This document", _kept("The document", None))
        },
    }  # fmt: skip


def _operation(
    tag: str,
    summary: str,
    replies: dict[str, Any],
    errors: tuple[str, ...] = (),
    parameters: list[dict[str, Any]] | None = None,
    body: str | None = None,
    examples: dict[str, Any] | None = None,
    is_api: bool = True,
) -> dict[str, Any]:
    responses = dict(replies)
    for status in sorted({*_ALWAYS, *errors}):
        responses[status] = _json(_ERRORS[status], "Failed", status)[status]
        if not is_api:  # who takes HTML gets a page with help
            responses[status]["content"]["text/html"] = {"schema": {"type": "string"}}
    responses["429"]["headers"] = {
        "Retry-After": {"schema": {"type": "integer", "minimum": 1}, "required": True}
    }
    operation: dict[str, Any] = {"tags": [tag], "summary": summary, "responses": responses}
    if parameters:
        operation["parameters"] = parameters
    if body:
        content = {"schema": _reference(body), "examples": examples or {}}
        operation["requestBody"] = {"required": True, "content": {JSON: content}}
    return operation


def _reference(name: str) -> dict[str, str]:
    return {"$ref": TEMPLATE.format(model=name)}


def _json(description: str, name: str | None, status: str = "200") -> dict[str, Any]:
    schema: dict[str, Any] = _reference(name) if name else {"type": "object"}
    return {status: {"description": description, "content": {JSON: {"schema": schema}}}}


def _kept(description: str, name: str | None) -> dict[str, Any]:
    """A reply that may be kept, and the one that says it is still good."""
    return {**_json(description, name), "304": {"description": "What you hold is still good"}}


def _file(content_type: str) -> dict[str, Any]:
    return {"200": {"description": "OK", "content": {content_type: {"schema": {"type": "string"}}}}}


def _schemas() -> dict[str, Any]:
    wanted: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for name, kind in _REQUESTS.items():
        wanted.append((name, "validation", TypeAdapter(kind)))
    for name, kind in _REPLIES.items():
        wanted.append((name, "serialization", TypeAdapter(kind)))
    roots, definitions = TypeAdapter.json_schemas(wanted, ref_template=TEMPLATE)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    for (name, _), schema in roots.items():
        if schema != _reference(name):
            schemas[name] = schema
    for name, schema in schemas.items():
        if name not in (*_REQUESTS, *_OPEN):
            _complete(schema)
    return schemas


def _complete(schema: dict[str, Any]) -> None:
    """What Lotse sends always has all its fields, and no others."""
    if schema.get("type") == "object" and "properties" in schema:
        schema["required"] = list(schema["properties"])
        schema["additionalProperties"] = False
