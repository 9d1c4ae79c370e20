"""The webhook: Telegram brings updates; 200 only once they are stored, else it brings them again."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import structlog
from aiohttp import web

from assistant.channels.telegram.client import BotApi, CallError, RefusedError, parse_json
from assistant.channels.telegram.handlers import ALLOWED_UPDATES
from assistant.channels.telegram.polling import Take, backoff
from assistant.channels.telegram.status import Status

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 1_000_000
LOOK_SECONDS = 30.0
"""How often it is checked that Telegram still has the address."""
log = structlog.get_logger()


def webhook_routes(take: Take, secret: str) -> list[web.RouteDef]:
    """Return the route Telegram posts to. 401: wrong secret, 413: too large, 400: no JSON object."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            raise web.HTTPUnauthorized(reason="wrong secret")
        update = _parsed(await _body(request))
        if not await take([update]):
            raise web.HTTPServiceUnavailable(reason="not stored")
        return web.Response()

    return [web.post(PATH, receive)]


async def _body(request: web.Request) -> bytes:
    """The body, read here since it may be larger than a question to the web API."""
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(body))
    return bytes(body)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        update = parse_json(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(reason="the body is no JSON") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise web.HTTPBadRequest(reason="the body is no update")
    return update


async def keep_webhook(api: BotApi, address: str, secret: str, status: Status) -> None:
    """Tell Telegram the address, and again when it has lost it, until cancelled."""
    wish = {
        "url": address.rstrip("/") + PATH if not address.endswith(PATH) else address,
        "secret_token": secret,
        "allowed_updates": ALLOWED_UPDATES,
        "drop_pending_updates": False,
    }
    failures = 0
    while True:
        try:
            info = await api.call("getWebhookInfo", {})
            if not isinstance(info, dict) or info.get("url") != wish["url"] or failures:
                await api.call("setWebhook", wish)
                log.info("webhook set")
            status.heard()
        except CallError as error:
            failures += 1
            status.is_refused = isinstance(error, RefusedError) and error.code in (401, 404)
            log.warning("the webhook cannot be set", error=str(error))
            await asyncio.sleep(backoff(failures))
            continue
        failures = 0
        await asyncio.sleep(LOOK_SECONDS)
