"""Own long polling: updates are acknowledged, with the next getUpdates, once the inbox has them.

It never gives up: whatever goes wrong, it tries again after a while.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from assistant.channels.telegram.client import (
    BotApi,
    CallError,
    RefusedError,
    TooManyError,
    UnreachableError,
)
from assistant.channels.telegram.handlers import ALLOWED_UPDATES
from assistant.channels.telegram.status import Status

POLL_SECONDS = 20
GRACE_SECONDS = 10.0
"""How much longer than asked for an answer may take."""
SHORT_WAITS = 10
"""So many failures in a row are taken for a hiccup; after them the waits grow."""
log = structlog.get_logger()

Take = Callable[[list[Any]], Awaitable[bool]]


async def poll(api: BotApi, take: Take, status: Status) -> None:
    """Fetch updates and hand them over until cancelled."""
    offset: int | None = None
    failures = 0
    while True:
        try:
            updates = await _fetch(api, offset)
            status.heard()
            taken = not updates or await take(updates)
        except CallError as error:
            failures += 1
            await asyncio.sleep(await _troubled(error, api, status, failures))
            continue
        if not taken:
            failures += 1
            await asyncio.sleep(backoff(failures))
            continue
        failures = 0
        # Nothing left: all is acknowledged. Ids may begin anew after quiet days, so no offset is kept.
        numbers = [number for update in updates if (number := _number(update)) is not None]
        offset = max(numbers) + 1 if numbers else None
        if updates and not numbers:
            await asyncio.sleep(backoff(1))


async def _fetch(api: BotApi, offset: int | None) -> list[Any]:
    wish: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
    if offset is not None:
        wish["offset"] = offset
    updates = await api.call("getUpdates", wish, POLL_SECONDS + GRACE_SECONDS)
    if not isinstance(updates, list):
        raise UnreachableError("no list of updates")
    return updates


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int else None


async def _troubled(error: CallError, api: BotApi, status: Status, failures: int) -> float:
    """Say once what is wrong, help where that is possible, and return the seconds to wait."""
    if isinstance(error, TooManyError):
        return min(error.seconds, 30.0)
    if isinstance(error, RefusedError) and error.code == 409:
        if "webhook" in error.description:
            log.warning("a webhook was set for this bot; it is removed, since updates are polled")
            await _remove_webhook(api)
            return 0.5
        if not status.has_rival:
            log.error("another program fetches updates with this token; stop it")
        status.has_rival = True
    elif isinstance(error, RefusedError) and error.code in (401, 404):
        if not status.is_refused:
            log.error("telegram refuses the token; set LOTSE_TELEGRAM_TOKEN", code=error.code)
        status.is_refused = True
    elif failures in (1, SHORT_WAITS):
        log.warning("updates cannot be fetched", error=str(error), failures=failures)
    return backoff(failures)


async def _remove_webhook(api: BotApi) -> None:
    try:
        await api.call("deleteWebhook", {"drop_pending_updates": False})
    except CallError as error:
        log.warning("the webhook cannot be removed", error=str(error))


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: at most 3, later at most 30."""
    most = 3.0 if failures <= SHORT_WAITS else 30.0
    return float(min(0.2 * 2 ** min(failures - 1, 10), most)) * random.uniform(0.7, 1.0)
