"""The web application: routes, limits, errors, security headers; what is counted and logged of a request."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from assistant.background import running
from assistant.channels.desk import Desk
from assistant.channels.web import api, embed, operating, pages, sharing, static_files, widget
from assistant.channels.web.answered import Answered
from assistant.channels.web.assets import Assets
from assistant.channels.web.deleted import DeletedKeys
from assistant.channels.web.failures import BODY_LIMIT, TooMany, failure
from assistant.channels.web.keys import ANSWERED, ASSETS, CONVERSATIONS, DESK, LIMITS, SETTINGS
from assistant.channels.web.limits import Limits
from assistant.channels.web.memory import KEPT_SECONDS, PURPOSE, Conversations
from assistant.channels.web.security import is_preflight, protection
from assistant.errors import LotseError
from assistant.settings import Settings
from assistant.storage.sealing import Sealer

STATIC = Path(__file__).parent / "static"
SHUTDOWN_SECONDS = 5
IDLE_SECONDS = 75
"""After which a connection without a request is closed; browsers and proxies open a new one."""
OTHER = "other"
"""Route of requests for addresses that do not exist."""
UNCOUNTED = ("/static/", "/widget", "/telegram/", "/healthz", "/readyz", "/metrics")
"""No limit: files, what machines ask that watch, Telegram's updates. /api/v1/ask counts messages itself."""
FORGET_SECONDS = 60
"""How often it is deleted from memory what its time is over for, also while nobody asks."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger()


def build_app(
    desk: Desk,
    settings: Settings,
    more: Iterable[web.RouteDef] = (),
    *,
    answers: bool = True,
    deleted: DeletedKeys | None = None,
) -> web.Application:
    """Return the application for a desk, with `more` routes; without `answers` only what operators need.

    `deleted`: what processes share, when there are several.
    """
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_guard(desk, settings)])
    app[DESK] = desk
    app[SETTINGS] = settings
    app[CONVERSATIONS] = Conversations(
        sealer=Sealer(settings.secret or secrets.token_hex(32), PURPOSE),
        deleted=deleted or DeletedKeys(KEPT_SECONDS),
    )
    app[ANSWERED] = Answered()
    app[LIMITS] = Limits(settings.rate, settings.proxies)
    app[ASSETS] = Assets(STATIC)
    everything = (api, operating, widget, static_files, embed, pages, sharing)
    for module in everything if answers else (operating,):
        app.add_routes(module.routes())
    app.add_routes(more)
    return app


@asynccontextmanager
async def run_web(
    desk: Desk,
    settings: Settings,
    more: Iterable[web.RouteDef] = (),
    *,
    answers: bool = True,
    deleted: DeletedKeys | None = None,
    shared_port: bool = False,
) -> AsyncIterator[str]:
    """Serve the application while the context is open; gives the address.

    `shared_port`: other processes serve the same port (SO_REUSEPORT).
    """
    app = build_app(desk, settings, more, answers=answers, deleted=deleted)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, keepalive_timeout=IDLE_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, reuse_port=shared_port or None)
        try:
            await site.start()
        except OSError as error:
            raise port_taken(settings, error) from error
        host, port = runner.addresses[0][:2]
        async with running(_keep_forgetting(app)):
            yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def _keep_forgetting(app: web.Application) -> None:
    while True:
        await asyncio.sleep(FORGET_SECONDS)
        expire(app)


def expire(app: web.Application) -> None:
    """Delete what the privacy page says is forgotten by now: conversations, answers, addresses."""
    app[CONVERSATIONS].expire()
    app[ANSWERED].expire()
    app[LIMITS].expire()


def port_taken(settings: Settings, error: OSError) -> LotseError:
    """Return the error that says which port cannot be used, and what to do."""
    return LotseError(
        f"port {settings.port} on {settings.host} cannot be used ({error.strerror}); "
        "stop the other program or set LOTSE_PORT"
    )


def _guard(desk: Desk, settings: Settings) -> Middleware:
    """One middleware around every request; several cost more than the rest of a request."""
    protect = protection(settings)
    verbose = settings.log == "debug"
    metrics = desk.metrics

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        try:
            if is_preflight(request):
                response: web.StreamResponse = web.Response(status=204)
            else:
                _limit(request)
                response = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                protect.add(request, error)
                raise
            response = failure(request, error)
            if isinstance(error, TooMany):
                metrics.limited.inc()
        except Exception as error:
            # The type alone: a message may hold what a person wrote.
            log.error("request failed", error=type(error).__name__, route=route_of(request))
            response = failure(request, None)
        protect.add(request, response)
        route = route_of(request)
        metrics.request(route, response.status)
        if verbose:
            spent = (time.perf_counter() - started) * 1000
            log.debug("request", route=route, status=response.status, milliseconds=round(spent, 1))
        return response

    return guard


def _limit(request: web.Request) -> None:
    path = request.path
    if path == api.ASK or path.startswith(UNCOUNTED):
        return
    wait = request.app[LIMITS].visit(request)
    if wait:
        raise TooMany(wait)


def route_of(request: web.Request) -> str:
    """Return the route of a request as it was declared: nothing a person typed is in it."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else OTHER
