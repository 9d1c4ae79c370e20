"""Pages rendered on the server. Every one is useful without JavaScript; none needs a cookie."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from assistant.channels.web.pages import about, entries, home, kiosk
from assistant.channels.web.pages.errors import error_page, not_found

__all__ = ["error_page", "not_found", "routes"]


STATIC = Path(__file__).parents[1] / "static"


def routes() -> list[web.RouteDef | web.StaticDef]:
    """Return the routes of pages and static files."""
    return [
        *home.routes(),
        *entries.routes(),
        *kiosk.routes(),
        *about.routes(),
        web.static("/static", STATIC),
    ]
