"""Conversations through the emulated Bot API, printed, and as pictures when a folder is named.

    python scripts/telegram_chat.py [docs]      # writes docs/telegram-<language>.png

No Telegram, no token, no network: the bot runs unchanged against the emulator of the tests. Pillow, which
makes the pictures small, comes with the tools for benches (requirements-bench.lock).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestServer
from PIL import Image
from playwright.async_api import async_playwright

from assistant.app import build_assistant
from assistant.channels.desk import run_desk
from assistant.channels.telegram.running import run_telegram
from assistant.pipeline import Assistant
from assistant.settings import load_settings
from assistant.storage.store import run_store
from tests.telegram.chat_page import Shown, chat_page, of_bot, of_person
from tests.telegram.emulator import TOKEN
from tests.telegram.methods import TelegramServer

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
CONVERSATIONS: dict[str, Sequence[str]] = {
    "ar": ["/start", "بدي اعرف كيف اعادل شهادة التمريض", "قديش بيكلف؟", "tap:person"],
    "uk": ["/courses", "§ 24", "A1", "маю малу дитину, хто допоможе?"],
    "tr": ["/recognition", "kaynakçı", "tap:p:recognition:pflicht:next", "/german"],
    "vi": ["Tôi bị mất việc, phải làm gì?", "cần giấy tờ gì?", "/person"],
}
"""What people write; `tap:` presses a button of the last message, or one that is not there any more."""
WIDTH = 420
TALLEST = 1600
"""Pixels of a picture; longer chats are cut at the end."""
COLOURS = 16
"""A chat has few; a picture of them all would be five times as large."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",
    "--no-first-run",
    "--disable-background-networking",
]


async def main(folder: Path | None) -> None:
    """Hold all conversations; write the pictures into a folder when there is one."""
    settings = load_settings()
    assistant = build_assistant(settings, lambda: NOON)
    for language, turns in CONVERSATIONS.items():
        async with _bot(assistant) as telegram:
            shown = await converse(telegram, language, turns)
        print(f"===== {language} =====")
        for message in shown:
            print(("> " if message.is_own else "") + message.html)
            for row in message.keyboard:
                print("   " + " ".join(f"[{label}]" for label in row))
        if folder is not None:
            await _picture(chat_page(shown), folder / f"telegram-{language}.png")


async def converse(telegram: TelegramServer, language: str, turns: Sequence[str]) -> list[Shown]:
    """Return a conversation as a chat shows it; edits are shown where they happen."""
    shown: list[Shown] = []
    for said in turns:
        before, edited = len(telegram.sent), len(telegram.edits)
        if said.startswith("tap:"):
            data = said.removeprefix("tap:")
            buttons = telegram.sent[-1]["keyboard"].get("inline_keyboard", [])
            label = next((b["text"] for row in buttons for b in row if b.get("callback_data") == data), None)
            if label is None:
                telegram.press(data, language=language)
            else:
                telegram.tap(telegram.sent[-1], data, language)
            shown.append(of_person(f"[{label or data}]"))
        else:
            telegram.write(said, language=language)
            shown.append(of_person(said))
        await _quiet(telegram, before, edited)
        if len(telegram.edits) > edited:
            shown.append(of_bot(telegram.sent[-1]))
        shown += map(of_bot, telegram.sent[before:])
    return shown


async def _quiet(telegram: TelegramServer, before: int, edited: int) -> None:
    """Wait until the bot has answered and says no more."""
    while len(telegram.sent) == before and len(telegram.edits) == edited:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)


@asynccontextmanager
async def _bot(assistant: Assistant) -> AsyncIterator[TelegramServer]:
    """The bot against an emulator of its own, with an empty store."""
    telegram = TelegramServer()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/store.sqlite"
        async with (
            TestServer(telegram.app()) as server,
            run_store(url, "for a conversation only", assistant.now) as store,
            run_desk(assistant, store) as desk,
        ):
            api = f"{server.make_url('/bot')}"
            own = replace(load_settings(), telegram_token=TOKEN, telegram_api=api, telegram_limits=False)
            async with run_telegram(desk, own):
                yield telegram


async def _picture(page: str, path: Path) -> None:
    """Write a page as a small picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        tab = await browser.new_page(viewport={"width": WIDTH, "height": 600})
        await tab.set_content(page)
        height = min(TALLEST, await tab.evaluate("document.documentElement.scrollHeight"))
        await tab.set_viewport_size({"width": WIDTH, "height": height})
        picture = Image.open(io.BytesIO(await tab.screenshot()))
        await browser.close()
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
