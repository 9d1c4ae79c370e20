"""`lotse serve`: web, Telegram, hot reload and the store, in one process or several, or apart."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import structlog
from rich.console import Console

from assistant.app import build_assistant
from assistant.channels.desk import run_desk
from assistant.channels.metrics import mark_dead
from assistant.channels.telegram.running import run_telegram
from assistant.channels.web.deleted import DeletedKeys
from assistant.channels.web.memory import KEPT_SECONDS
from assistant.channels.web.server import port_taken, run_web
from assistant.errors import SettingsError
from assistant.pipeline import Assistant
from assistant.processes import Supervisor
from assistant.settings import Settings
from assistant.storage.store import load_secret, run_store
from assistant.watching import run_watching

_TOKEN = re.compile(r"\d{5,}:[\w-]{10,}")
console = Console(stderr=True)


Only = Literal["web", "telegram"] | None


def serve(settings: Settings, processes: int = 1, only: Only = None) -> None:
    """Serve until SIGINT or SIGTERM; raise LotseError when the knowledge or the port cannot be used.

    `processes`: how many share the port (SO_REUSEPORT, Linux) and the memory of what was built. Telegram
    alone still answers /healthz, /readyz, /metrics and the webhook over HTTP.
    """
    if only == "telegram" and not settings.telegram_token:
        raise SettingsError("LOTSE_TELEGRAM_TOKEN is empty; set the token of the bot")
    if only == "web":
        settings = replace(settings, telegram_token="")
    prepare_logging(settings.log)
    with console.status("Reading the knowledge base …"):
        assistant = build_assistant(settings)
    settings = replace(settings, secret=load_secret(settings.secret, Path("var")))
    deleted = DeletedKeys(KEPT_SECONDS)
    gc.freeze()  # the index lives as long as the process; the collector need not look at it
    if processes == 1:
        asyncio.run(_serve(settings, assistant, deleted, only))
        return
    asyncio.run(_prepare_store(settings, assistant))
    with reserved_port(settings) as port:
        shared = replace(settings, port=port)

        def work(index: int) -> None:
            # One process polls and sends; all take in what the webhook brings.
            polls = index == 0 or shared.telegram_webhook
            own = shared if polls else replace(shared, telegram_token="")
            asyncio.run(_serve(own, assistant, deleted, only, is_first=index == 0, shared_port=True))

        Supervisor(processes, work, mark_dead).run()


async def _prepare_store(settings: Settings, assistant: Assistant) -> None:
    """Make the tables once, before several processes want to."""
    async with run_store(settings.database, settings.secret, assistant.now):
        pass


@contextmanager
def reserved_port(settings: Settings) -> Iterator[int]:
    """Hold the port of the settings for the processes that will share it; raise LotseError when taken."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM
    )[0]
    try:
        with socket.socket(family, kind, protocol) as alone:  # sharing would not notice another program
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
            port = int(alone.getsockname()[1])
        held = socket.socket(family, kind, protocol)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((address[0], port, *address[2:]))
    except OSError as error:
        raise port_taken(settings, error) from error
    with held:
        yield port


async def _serve(
    settings: Settings,
    assistant: Assistant,
    deleted: DeletedKeys,
    only: Only,
    is_first: bool = True,
    shared_port: bool = False,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(run_store(settings.database, settings.secret, assistant.now))
        desk = await stack.enter_async_context(run_desk(assistant, store))
        await stack.enter_async_context(run_watching(desk, settings))
        routes = []
        if settings.telegram_token:
            telegram = await stack.enter_async_context(run_telegram(desk, settings))
            routes = telegram.routes()
        answers = only != "telegram"
        address = await stack.enter_async_context(
            run_web(desk, settings, routes, answers=answers, deleted=deleted, shared_port=shared_port)
        )
        if is_first:
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
