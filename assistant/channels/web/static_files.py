"""The routes of static files and of the widget's script."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.web.keys import ASSETS
from assistant.channels.web.responses import is_known, sent

YEAR = 31_536_000
SOON = 300
"""Seconds until a browser asks again for a file whose address does not change."""


def routes() -> list[web.RouteDef]:
    """Return the routes."""
    return [
        web.get("/widget.js", widget),
        web.get("/static/{path:.+}", static),
    ]


async def widget(request: web.Request) -> web.Response:
    """The widget's script."""
    return _file(request, "widget.js")


async def static(request: web.Request) -> web.Response:
    """A static file."""
    return _file(request, request.match_info["path"])


def _file(request: web.Request, path: str) -> web.Response:
    assets = request.app[ASSETS]
    found = assets.get(path)
    if found is None:
        raise web.HTTPNotFound
    lasting = assets.is_current(path) or request.query.get("v") == assets.version()
    kept = f"public, max-age={YEAR}, immutable" if lasting else f"public, max-age={SOON}"
    # Compressed and plain are two representations; the weak form of the tag holds for both (RFC 9110).
    headers = {"ETag": f"W/{found.tag}", "Cache-Control": kept}
    if is_known(request, found.tag):
        return web.Response(status=304, headers=headers)
    return sent(request, found.body, found.small, found.content_type, headers=headers)
