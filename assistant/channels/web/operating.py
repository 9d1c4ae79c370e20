"""For those who run Lotse: whether it lives and works, what is counted, the description of the API."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from assistant import __version__
from assistant.channels.web.keys import DESK
from assistant.channels.web.models import Health, ServedKnowledge
from assistant.channels.web.openapi import document
from assistant.channels.web.responses import cached_json, json_response, sent

MOST_PROBLEMS = 20
HOUR = 3600


def routes() -> list[web.RouteDef]:
    """Return the routes."""
    return [
        web.get("/healthz", health),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
        web.get("/openapi.json", openapi),
    ]


async def health(request: web.Request) -> web.Response:
    """The process is alive."""
    return json_response(request, Health("ok", __version__))


async def ready(request: web.Request) -> web.Response:
    """Whether everything works; answers are served even when this is red."""
    desk = request.app[DESK]
    problems = tuple(str(problem) for problem in desk.problems[:MOST_PROBLEMS])
    details: dict[str, Any] = {
        "database": desk.store.is_ready,
        "knowledge": ServedKnowledge(desk.assistant.knowledge.version, problems),
    }
    fine = desk.store.is_ready and not problems
    for name, report in desk.reports.items():
        works, details[name] = report()
        fine = fine and works
    body = {"status": "ok" if fine else "degraded", **details}
    return json_response(request, body, 200 if fine else 503)


async def metrics(request: web.Request) -> web.Response:
    """Counts and times for Prometheus."""
    body, content_type = request.app[DESK].exposed()
    return sent(request, body, content_type=content_type)


async def openapi(request: web.Request) -> web.Response:
    """The description of this API (OpenAPI 3.1)."""
    return cached_json(request, document(), HOUR)
