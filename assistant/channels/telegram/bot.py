"""Running the Telegram bot by own long polling.

An update is answered before it is confirmed, so a crash loses nothing (traps.md, F1); at worst the answer
to one message comes twice.
"""

from __future__ import annotations

import asyncio
import base64
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from telegram import Bot, InputFile, Update
from telegram.error import BadRequest, Conflict, Forbidden, RetryAfter, TelegramError

from assistant.background import running
from assistant.channels.desk import Desk
from assistant.channels.telegram.calls import COLLECTED, Call
from assistant.channels.telegram.handlers import ALLOWED_UPDATES, App, build_application
from assistant.settings import Settings

POLL_SECONDS = 20
TRIES = 5
log = structlog.get_logger()


@asynccontextmanager
async def run_telegram(desk: Desk, settings: Settings) -> AsyncIterator[None]:
    """Run the bot while the context is open."""
    application = build_application(desk, settings)
    async with running(_run(application, desk)):
        yield


async def handle(application: App, update: Update) -> list[Call]:
    """Return the calls that answer an update; nothing is sent."""
    calls: list[Call] = []
    token = COLLECTED.set(calls)
    try:
        await application.process_update(update)
    finally:
        COLLECTED.reset(token)
    return calls


async def perform(bot: Bot, call: Call) -> None:
    """Make a call of the Bot API, again after passing troubles; raise Forbidden and TelegramError."""
    payload = {name: _argument(value) for name, value in call.payload.items()}
    method: Callable[..., Awaitable[Any]] = getattr(bot, call.method)
    try:
        if call.durable:
            await repeated(lambda: method(**payload))
        else:
            await method(**payload)
    except BadRequest as error:
        gone = "not found" in error.message or "can't be edited" in error.message
        if call.method == "editMessageText" and gone:
            again = {name: value for name, value in call.payload.items() if name != "message_id"}
            await perform(bot, Call("sendMessage", again))
        elif "not modified" not in error.message:
            log.error("telegram refused a call", method=call.method)


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"name", "base64"}:
        return InputFile(base64.b64decode(value["base64"]), filename=value["name"])
    return value


async def _run(application: App, desk: Desk) -> None:
    wait = 1.0
    while True:
        try:
            async with application:
                name = str(application.bot.id)
                log.info("telegram started")
                await _poll(application, desk, name)
        except Conflict:
            log.error("another program polls Telegram with this token; stop it")
            wait = 15.0
        except (TelegramError, OSError) as error:
            log.error("telegram cannot be reached", error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, 30.0)


async def _poll(application: App, desk: Desk, name: str) -> None:
    last = await desk.store.load_offset(name)
    failures = 0
    while True:
        try:
            updates = await application.bot.get_updates(
                offset=last + 1 if last is not None else None,
                timeout=POLL_SECONDS,
                allowed_updates=ALLOWED_UPDATES,
            )
            failures = 0
        except Conflict:
            raise
        except RetryAfter as error:
            await asyncio.sleep(_seconds(error))
            continue
        except TelegramError:
            failures += 1
            if failures > 20:
                raise
            await asyncio.sleep(min(0.5 * 2**failures, 10))
            continue
        for update in updates:
            if last is not None and update.update_id <= last:
                continue
            await _answer(application, update)
            last = update.update_id
        if updates and last is not None:
            await desk.store.save_offset(name, last)


async def _answer(application: App, update: Update) -> None:
    for call in await handle(application, update):
        try:
            await perform(application.bot, call)
        except Forbidden:
            return  # blocked by the person; the others are served
        except TelegramError as error:
            log.error("telegram call failed", method=call.method, error=type(error).__name__)


async def repeated(send: Callable[[], Awaitable[Any]]) -> None:
    """Send until it succeeds, a few times, waiting as long as Telegram asks."""
    for attempt in range(1, TRIES + 1):
        try:
            await send()
            return
        except (BadRequest, Forbidden):
            raise
        except RetryAfter as error:
            await asyncio.sleep(_seconds(error))
        except TelegramError:
            if attempt == TRIES:
                raise
            await asyncio.sleep(0.3 * 2**attempt)


def _seconds(error: RetryAfter) -> float:
    with warnings.catch_warnings():  # the library announces another type, which is understood here too
        warnings.simplefilter("ignore")
        wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds()) + 0.1
