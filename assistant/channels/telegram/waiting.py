"""The sign that something is going on, for answers that take longer than people expect of a machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

PATIENCE = 0.3
"""Seconds after which people should see that something is going on."""


@asynccontextmanager
async def typing_when_slow(bot: Bot, chat: int, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Show "is typing" once when what is done inside takes long; failing to show it is no failure.

    Costs one timer where it does not: an answer takes milliseconds, a database may take longer.
    """
    loop = asyncio.get_running_loop()
    shown: list[asyncio.Task[Any]] = []
    timer = loop.call_later(patience, lambda: shown.append(loop.create_task(_type(bot, chat))))
    try:
        yield
    finally:
        timer.cancel()
        for task in shown:
            task.cancel()


async def _type(bot: Bot, chat: int) -> None:
    with contextlib.suppress(TelegramError):
        await bot.send_chat_action(chat, "typing")
