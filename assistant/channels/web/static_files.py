"""The routes of static files."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.web.keys import ASSETS
from assistant.channels.web.responses import is_known, sent

YEAR = 31_536_000
SOON = 300
"""Seconds until a browser asks again for a file whose address does not change."""


def routes() -> list[web.RouteDef]:
    """Return the routes."""
    return [web.get("/static/{path:.+}", static)]


async def static(request: web.Request) -> web.Response:
    """A static file."""
    path = request.match_info["path"]
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
