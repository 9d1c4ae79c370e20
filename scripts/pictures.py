"""Pictures of the widget and the pages for the documentation.

    python scripts/pictures.py docs      # writes docs/views.jpg, docs/pages.jpg, docs/languages.jpg

A real server, Debian's Chromium; single screenshots are put side by side on a page and taken again.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from assistant.app import build_assistant
from assistant.channels.desk import run_desk
from assistant.channels.web.server import run_web
from assistant.language.tags import endonym
from assistant.settings import load_settings
from assistant.storage.store import run_store
from tests.browser.harness import ARGUMENTS

PHONE, DESKTOP = (390, 760), (1280, 800)
ANSWER = "integrationskurs-ueberblick"
"""Shown in every language."""
QUALITY = 78
"""Of JPEG: text stays sharp, twelve phones fit into 300 kB."""


@dataclass(frozen=True)
class View:
    """One screenshot: what it shows and how."""

    caption: str
    path: str
    size: tuple[int, int] = PHONE
    question: str = ""
    dark: bool = False
    opened: bool = False


def widget(language: str, question: str = "", **more: bool) -> View:
    """The widget on a phone, with a question asked in it."""
    caption = f"{endonym(language)}{' · dark' if more.get('dark') else ''}"
    return View(caption, f"/?language={language}", question=question, opened=True, **more)


VIEWS = (
    widget("de"),
    widget("de", "Wie lasse ich mein Diplom als Krankenschwester anerkennen?"),
    widget("ar", "أين أجد دورة لغة ألمانية مع رعاية أطفال؟"),
    widget("uk", "Де знаходиться Jobcenter Leipzig?"),
    widget("vi", "Tôi bị mất việc, phải làm gì?"),
    widget("fa", "همسرم مرا کتک می‌زند", dark=True),
)
PAGES = (
    View("/", "/?language=de", DESKTOP),
    View("/q/{id}", "/q/pflegefachkraft?language=uk&beside=de", DESKTOP),
    View("/path/{id}", "/path/recognition?language=ar", DESKTOP),
    View("/kiosk", "/kiosk?language=de", DESKTOP),
    View("/ · dark", "/?language=vi", DESKTOP, dark=True),
    View("/languages", "/languages?language=en", DESKTOP),
)


async def taken(browser: Browser, address: str, view: View) -> bytes:
    """Return the screenshot of a view (PNG)."""
    width, height = view.size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if view.dark else "light",
        reduced_motion="reduce",
    )  # fmt: skip
    page = await context.new_page()
    await page.goto(address + view.path)
    log = page.locator("lotse-chat [role=log]")
    if view.opened:
        await page.locator("lotse-chat [part~=launcher]").click()
        await log.locator("> *").first.wait_for()
    if view.question:
        await page.locator("lotse-chat form").get_by_role("textbox").fill(view.question)
        await page.keyboard.press("Enter")
        await log.locator("> *").nth(2).wait_for()
    if "#q=" in view.path:  # the link opens the chat
        await log.get_by_role("heading", level=3).first.wait_for()
    await page.wait_for_timeout(400)
    picture = await page.screenshot()
    await context.close()
    return picture


async def side_by_side(page: Page, shots: Sequence[tuple[str, bytes]], columns: int, width: int) -> bytes:
    """Return one picture (JPEG) with all screenshots, each with its caption."""
    figures = "".join(
        f'<figure><img src="data:image/png;base64,{base64.b64encode(shot).decode()}">'
        f'<figcaption dir="auto">{escape(caption)}</figcaption></figure>'
        for caption, shot in shots
    )
    style = (
        f"body{{margin:0;padding:16px;background:#e9e5dc;font:14px system-ui,sans-serif;display:grid;"
        f"grid-template-columns:repeat({columns},{width}px);gap:14px;inline-size:max-content}}"
        "figure{margin:0}img{width:100%;border-radius:10px;box-shadow:0 1px 5px #0004}"
        "figcaption{text-align:center;padding-block-start:4px}"
    )
    await page.set_viewport_size({"width": columns * (width + 14) + 18, "height": 400})
    await page.set_content(f"<style>{style}</style>{figures}")
    return await page.locator("body").screenshot(type="jpeg", quality=QUALITY)


async def main(folder: Path) -> None:
    """Write all pictures into a folder."""
    settings = replace(load_settings(), port=0, database="sqlite+aiosqlite://", rate=False)
    assistant = build_assistant(settings)
    answers = [
        View(endonym(tag), f"/?language={tag}#q={ANSWER}&lang={tag}") for tag in assistant.languages
    ]  # fmt: skip
    sheets = {"views": (VIEWS, 6, 240), "pages": (PAGES, 3, 440), "languages": (answers, 6, 220)}
    async with (
        run_store(settings.database, "pictures", assistant.now) as store,
        run_desk(assistant, store) as desk,
        run_web(desk, settings) as address,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for name, (views, columns, width) in sheets.items():
            shots = [(view.caption, await taken(browser, address, view)) for view in views]
            sheet = await side_by_side(await browser.new_page(), shots, columns, width)
            path = folder / f"{name}.jpg"
            path.write_bytes(sheet)
            print(f"{path}: {len(sheet) // 1000} kB")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")))
