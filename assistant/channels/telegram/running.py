"""Running the bot: one process of those that share a database leads: it fetches, handles and sends.

The others stand by, take in what the webhook brings them, and take over when the leader is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web
from telegram.error import TelegramError

from assistant.background import running
from assistant.channels.desk import Desk
from assistant.channels.telegram.client import BotApi, CallError, RefusedError, open_api
from assistant.channels.telegram.handlers import build_application
from assistant.channels.telegram.inbox import Bot, Inbox
from assistant.channels.telegram.outbox import Sender
from assistant.channels.telegram.pacing import NONE, TELEGRAM
from assistant.channels.telegram.polling import backoff, poll
from assistant.channels.telegram.status import Status, StatusMetrics
from assistant.channels.telegram.webhook import keep_webhook, webhook_routes
from assistant.settings import Settings
from assistant.storage.broadcasts import Broadcasts
from assistant.storage.delivery import Delivery
from assistant.storage.leases import Lease

LEAD_SECONDS = 5.0
"""How often the lease is renewed; it ends after 20 seconds without."""
STAND_BY_SECONDS = 1.0
BATCH_SECONDS = 3.0
DRAIN_SECONDS = 2.5
"""Stopping: the batch being handled and the answers on their way may take so long; the rest stays stored."""
COUNT_SECONDS = 2.0
log = structlog.get_logger()


@dataclass(frozen=True)
class Telegram:
    """The parts of a running bot."""

    application: Bot
    api: BotApi
    delivery: Delivery
    lease: Lease
    sender: Sender
    inbox: Inbox
    status: Status
    webhook: str
    """Address that Telegram brings updates to; empty: they are polled."""
    secret: str

    def routes(self) -> list[web.RouteDef]:
        """Return the routes the web server needs for it."""
        return webhook_routes(self.inbox.take, self.secret) if self.webhook else []


@asynccontextmanager
async def run_telegram(desk: Desk, settings: Settings) -> AsyncIterator[Telegram]:
    """Run the bot while the context is open; at the end nothing that was taken in is lost."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(open_api(settings.telegram_api, settings.telegram_token))
        telegram = _build(desk, settings, api)
        shown = StatusMetrics(desk.metrics.registry, telegram.status)
        stack.callback(shown.unregister)
        desk.reports["telegram"] = telegram.status.report
        stack.callback(desk.reports.pop, "telegram")
        desk.refreshers["telegram"] = shown.refresh
        stack.callback(desk.refreshers.pop, "telegram")
        await stack.enter_async_context(running(_lead(telegram)))
        await stack.enter_async_context(running(_count(telegram, shown)))
        yield telegram


def _build(desk: Desk, settings: Settings, api: BotApi) -> Telegram:
    application = build_application(desk, settings)
    bot = settings.telegram_bot
    delivery, broadcasts = Delivery(desk.store, bot), Broadcasts(desk.store, bot)
    lease = Lease(desk.store, f"telegram:{bot}")
    sender = Sender(api, delivery, broadcasts, TELEGRAM if settings.telegram_limits else NONE)
    inbox = Inbox(application, desk.store, delivery, sender)
    status = Status(sender.counts)
    # Telegram allows letters and digits; the pseudonym of a chat no one can have is a secret as well.
    secret = desk.store.key("telegram", "webhook")
    return Telegram(
        application, api, delivery, lease, sender, inbox, status, settings.telegram_webhook, secret
    )


async def _lead(telegram: Telegram) -> None:
    """Work while this process has the lease. Without a database it works too: answers go on."""
    try:
        while True:
            if await telegram.lease.take() is False:
                await asyncio.sleep(STAND_BY_SECONDS)
                continue
            async with _working(telegram):
                while await telegram.lease.take() is not False:
                    await asyncio.sleep(LEAD_SECONDS)
            log.warning("another process of Lotse has taken over")
    finally:
        await telegram.lease.give_back()


@asynccontextmanager
async def _working(telegram: Telegram) -> AsyncIterator[None]:
    """Fetch, handle and send while the context is open; then finish what is under way."""
    telegram.status.is_leading = True
    log.info("telegram started", webhook=bool(telegram.webhook))
    sending = asyncio.create_task(_stay("sending", telegram.sender.run))
    handling = asyncio.create_task(_handle(telegram))
    fetching = asyncio.create_task(_stay("fetching", lambda: _fetch(telegram)))
    try:
        yield
    finally:
        telegram.status.is_leading = False
        await _cancelled(fetching)
        telegram.inbox.stop()
        await asyncio.wait([handling], timeout=BATCH_SECONDS)
        await _cancelled(handling)
        telegram.sender.wake()
        await asyncio.sleep(0.05)  # what the last batch led to is loaded
        await telegram.sender.drain(DRAIN_SECONDS)
        await _cancelled(sending)
        with contextlib.suppress(Exception):
            await telegram.application.shutdown()
        log.info("telegram stopped")


async def _fetch(telegram: Telegram) -> None:
    if telegram.webhook:
        await keep_webhook(telegram.api, telegram.webhook, telegram.secret, telegram.status)
    else:
        await poll(telegram.api, telegram.inbox.take, telegram.status)


async def _handle(telegram: Telegram) -> None:
    """Handle updates once Telegram has said who the bot is: handlers know commands by its name."""
    failures = 0
    while not await _introduced(telegram):
        failures += 1
        await asyncio.sleep(backoff(failures))
    telegram.inbox.start()
    await _stay("handling", telegram.inbox.run)


async def _introduced(telegram: Telegram) -> bool:
    """Ask Telegram who the bot is; asked first without python-telegram-bot, which leaves sockets open."""
    try:
        await telegram.api.call("getMe", {})
        await telegram.application.initialize()
    except RefusedError as error:
        telegram.status.is_refused = error.code in (401, 404)
        return False
    except (CallError, TelegramError, OSError) as error:
        log.warning("telegram cannot be reached", error=type(error).__name__)
        return False
    return True


async def _stay(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run work and, when it fails in a way nobody foresaw, run it again."""
    while True:
        try:
            await work()
            return
        except Exception as error:
            log.error("telegram part failed; it starts again", part=name, error=type(error).__name__)
            await asyncio.sleep(1)


async def _count(telegram: Telegram, shown: StatusMetrics) -> None:
    """Keep the figures of readiness and metrics fresh; another process may be asked for them."""
    while True:
        backlog = await telegram.delivery.backlog()
        if backlog is not None:
            telegram.status.inbox, telegram.status.outbox = backlog
        else:
            telegram.status.outbox = telegram.sender.in_memory
        shown.refresh()
        await asyncio.sleep(COUNT_SECONDS)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
