"""`lotse serve`: web, Telegram, hot reload and the store in one process, or web and Telegram apart."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Literal

import structlog
from rich.console import Console

from assistant.app import build_assistant
from assistant.channels.desk import run_desk
from assistant.channels.telegram.running import run_telegram
from assistant.channels.web.server import run_web
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.storage.store import load_secret, run_store
from assistant.watching import run_watching

_TOKEN = re.compile(r"\d{5,}:[\w-]{10,}")
console = Console(stderr=True)


Only = Literal["web", "telegram"] | None


def serve(settings: Settings, only: Only = None) -> None:
    """Serve until SIGINT or SIGTERM; raise LotseError when the knowledge cannot be used.

    Telegram alone still answers /healthz, /readyz, /metrics and the webhook over HTTP.
    """
    if only == "telegram" and not settings.telegram_token:
        raise SettingsError("LOTSE_TELEGRAM_TOKEN is empty; set the token of the bot")
    prepare_logging(settings.log)
    with console.status("Reading the knowledge base …"):
        assistant = build_assistant(settings)
    gc.freeze()  # the index lives as long as the process; the collector need not look at it
    asyncio.run(_serve(settings, assistant, only))


async def _serve(settings: Settings, assistant: Any, only: Only) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    secret = load_secret(settings.secret, Path("var"))
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(run_store(settings.database, secret, assistant.now))
        desk = await stack.enter_async_context(run_desk(assistant, store))
        await stack.enter_async_context(run_watching(desk, settings))
        routes = []
        if settings.telegram_token and only != "web":
            telegram = await stack.enter_async_context(run_telegram(desk, settings))
            routes = telegram.routes()
        address = await stack.enter_async_context(run_web(desk, settings, routes, only != "telegram"))
        entries = sum(1 for _ in assistant.knowledge.public_entries())
        console.print(
            f"Lotse answers from {entries} entries in {len(assistant.languages)} languages: "
            f"[link={address}]{address}[/link]"
        )
        await stop.wait()


def prepare_logging(level: str) -> None:
    """Log lines as JSON without anybody's words; tokens are blacked out wherever they come from."""
    number = logging.getLevelName(level.upper())
    logging.basicConfig(level=number, format="%(message)s", force=True)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_hide_tokens)
    for noisy in ("httpx", "httpcore", "aiohttp.access", "watchfiles", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It logs whole updates when something fails (traps.md F5); Lotse says itself what went wrong.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redacted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _hide_tokens(record: logging.LogRecord) -> bool:
    record.msg = _TOKEN.sub("[token]", record.getMessage())
    record.args = ()
    return True


def _redacted(_logger: Any, _name: str, event: Any) -> Any:
    return {k: _TOKEN.sub("[token]", v) if isinstance(v, str) else v for k, v in event.items()}
