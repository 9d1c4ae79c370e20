"""What a request says: the language the reader wishes for, the address they came by, the entry they name."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.web.keys import DESK, SETTINGS
from assistant.knowledge.model import Entry
from assistant.language.tags import negotiate

MOST_WISHES = 10


def wished_language(request: web.Request) -> str:
    """Return the language of the query string or of the browser that Lotse speaks."""
    return spoken(request, request.query.get("language", ""))


def spoken(request: web.Request, *wishes: str | None) -> str:
    """Return the first of some wishes that Lotse speaks, or the language of the browser, or the source's."""
    assistant = request.app[DESK].assistant
    header = request.headers.get("Accept-Language", "")
    accepted = [part.split(";")[0].strip() for part in header.split(",")][:MOST_WISHES]
    tags = [tag for tag in (*wishes, *accepted) if tag and is_tag(tag)]
    return negotiate(tags, assistant.languages) or assistant.knowledge.base.source_language


def is_tag(text: str) -> bool:
    """Whether a text could be a language tag (BCP 47)."""
    return 1 < len(text) <= 35 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def reached_at(request: web.Request) -> str:
    """Return where people reach this server: what is set, else the address the request came by."""
    return request.app[SETTINGS].public_url or f"{request.scheme}://{request.host}"


def asked_entry(request: web.Request) -> Entry:
    """Return the public entry an address names; raise HTTPNotFound."""
    found = request.app[DESK].assistant.knowledge.public(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    return found
