"""Pages rendered on the server. Every one is useful without JavaScript; none needs a cookie."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.web.pages import about, entries, home, kiosk
from assistant.channels.web.pages.errors import error_page, not_found

__all__ = ["error_page", "not_found", "routes"]


def routes() -> list[web.RouteDef]:
    """Return the routes of pages."""
    return [
        *home.routes(),
        *entries.routes(),
        *kiosk.routes(),
        *about.routes(),
    ]
