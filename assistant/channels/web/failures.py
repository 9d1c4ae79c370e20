"""What is said when a request cannot be answered: JSON for programs, a page with help for people."""

from __future__ import annotations

import math

from aiohttp import web

from assistant.channels.web import pages
from assistant.channels.web.keys import DESK
from assistant.channels.web.pages.errors import SENTENCES
from assistant.channels.web.responses import json_response
from assistant.channels.web.wishes import spoken

BODY_LIMIT = 32_768
"""Bytes: 2,000 letters of any script, written as JSON escapes too, and the sealed state."""

_FOR_PROGRAMS = {
    400: 'The body must be JSON like {"text": "Deutschkurs"}.',
    404: "There is nothing at this address.",
    405: "This address takes another method.",
    408: "The request did not arrive in time.",
}
"""What is said to whoever writes the program, where no sentence for people fits."""
_HEADERS_OF_ERROR = ("Allow", "Retry-After")


class TooMany(web.HTTPTooManyRequests):
    """Somebody asks too fast; `seconds` until the next question, `language` of the person when known."""

    def __init__(self, seconds: float, language: str | None = None) -> None:
        super().__init__(headers={"Retry-After": str(max(1, math.ceil(seconds)))})
        self.language = language


def failure(request: web.Request, error: web.HTTPException | None) -> web.StreamResponse:
    """Return the response for an error; None is our own mistake (500), of which nothing is told."""
    status = error.status if error is not None else 500
    reason = error.reason if error is not None else ""
    kept = {name: error.headers[name] for name in _HEADERS_OF_ERROR if error and name in error.headers}
    if _is_for_people(request):
        response: web.StreamResponse = pages.error_page(request, status)
        response.headers.update(kept)
        return response
    if status in SENTENCES and status != 404:
        wished = error.language if isinstance(error, TooMany) else request.query.get("language")
        language = spoken(request, wished)
        message = request.app[DESK].assistant.translations.message(language, SENTENCES[status]).value
    else:
        advice = _FOR_PROGRAMS.get(status, "")
        message, language = (f"{reason}. {advice}" if status == 400 else advice or str(reason)).strip(), "en"
    body = {"error": {"status": status, "message": message, "language": language}}
    return json_response(request, body, status, kept)


def _is_for_people(request: web.Request) -> bool:
    """Whether somebody looks at a page: programs ask under /api, or do not take HTML."""
    if request.path.startswith("/api/"):
        return False
    accepted = request.headers.get("Accept", "*/*")
    return "text/html" in accepted or (request.method in ("GET", "HEAD") and "*/*" in accepted)
