"""The web application: routes, limits, errors, security headers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from assistant.channels.desk import Desk
from assistant.channels.web import api, pages, sharing
from assistant.channels.web.keys import CONVERSATIONS, DESK, SETTINGS
from assistant.channels.web.memory import Conversations
from assistant.errors import LotseError
from assistant.settings import Settings

BODY_LIMIT = 4096
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def build_app(
    desk: Desk, settings: Settings, more: Iterable[web.RouteDef] = (), answers: bool = True
) -> web.Application:
    """Return the application for a desk, with `more` routes; without `answers` only what operators need."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[protect, explain_errors, allow_origins])
    app[DESK] = desk
    app[SETTINGS] = settings
    app[CONVERSATIONS] = Conversations()
    own = [*api.routes(), *pages.routes(), *sharing.routes()] if answers else api.operation_routes()
    app.add_routes([*own, *more])
    return app


@asynccontextmanager
async def run_web(
    desk: Desk, settings: Settings, more: Iterable[web.RouteDef] = (), answers: bool = True
) -> AsyncIterator[str]:
    """Serve the application while the context is open; gives the address."""
    runner = web.AppRunner(build_app(desk, settings, more, answers), access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            raise LotseError(
                f"port {settings.port} on {settings.host} cannot be used ({error.strerror}); "
                "stop the other program or set LOTSE_PORT"
            ) from error
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@web.middleware
async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add the security headers to every response."""
    response = await handler(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.content_type == "text/html":
        ancestors = " ".join(["'self'", *request.app[SETTINGS].origins])
        response.headers["Content-Security-Policy"] = PAGE_POLICY.format(ancestors=ancestors)
    return response


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn errors into JSON under /api and into a helpful page elsewhere; nothing is leaked."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _error(request, error.status, error.reason or "")
    except Exception as error:
        log.error("request failed", error=type(error).__name__, path=request.match_info.route.name)
        return _error(request, 500, "internal error")


def _error(request: web.Request, status: int, reason: str) -> web.StreamResponse:
    if request.path.startswith("/api") or request.method != "GET":
        message = f"{reason}. {_ADVICE[400]}" if status == 400 else _ADVICE.get(status, reason)
        body = {"error": {"status": status, "message": message}}
        return web.json_response(body, status=status)
    if status == 404:
        return pages.not_found(request)
    return web.Response(text=_ADVICE.get(status, reason), status=status)


_ADVICE = {
    400: 'The body must be JSON like {"text": "Deutschkurs"}.',
    404: "There is nothing at this address.",
    405: "This address takes another method.",
    413: f"The body is larger than {BODY_LIMIT} bytes; send a shorter question.",
    415: "Send JSON with Content-Type application/json.",
    500: "Something went wrong on our side. Please try again.",
}


@web.middleware
async def allow_origins(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let exactly the configured origins use the API from their pages; no credentials, no cookies."""
    origin = request.headers.get("Origin", "")
    allowed = origin in request.app[SETTINGS].origins
    shared = request.path.startswith(("/api/", "/widget", "/static/"))
    if request.method == "OPTIONS" and shared:
        response: web.StreamResponse = web.Response(status=204)
        if allowed:
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
    else:
        response = await handler(request)
    if shared:
        response.headers["Vary"] = "Origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        if allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
    return response
