"""The widget and pages in Chromium, as a person uses them."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from assistant.channels.desk import run_desk
from assistant.channels.web.server import run_web
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.storage.store import run_store

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(assistant: Assistant, settings: Settings) -> Iterator[str]:
    """The real server, in a thread of its own."""
    found: list[str] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with (
            run_store(settings.database, "x", assistant.now) as store,
            run_desk(assistant, store) as desk,
            run_web(desk, settings) as url,
        ):
            found.append(url)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(20)
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    loop.close()


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """A phone-sized page; errors of the page and requests elsewhere fail the test."""
    chromium = shutil.which("chromium")
    assert chromium, "run scripts/install-browser"
    troubles: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 400, "height": 800})
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        page.on("request", lambda r: troubles.append(r.url) if not r.url.startswith(address) else None)
        yield page
        await browser.close()
    assert troubles == []


async def ask(page: Page, text: str) -> Any:
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    await page.locator("lotse-chat input").fill(text)
    await page.keyboard.press("Enter")
    await page.locator("lotse-chat .lotse").nth(1).wait_for()
    return page.locator("lotse-chat .lotse").last


async def test_a_person_asks_in_arabic_and_reads_the_answer(
    page: Page, address: str, assistant: Assistant
) -> None:
    await page.goto(f"{address}/?language=ar")
    reply = await ask(page, "بدي اعرف كيف اعادل شهادة التمريض")
    assert await reply.get_attribute("dir") == "rtl"
    assert await reply.get_attribute("lang") == "ar"
    title = assistant.composer.title("ar", assistant.knowledge.entries["pflegefachkraft"])
    assert await reply.locator("h3").first.inner_text() == title.value
    ARTEFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTEFACTS / "widget-ar.png")


async def test_phone_digits_stand_in_order_in_arabic(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=ar")
    reply = await ask(page, "زوجي عم يضربني")
    call = reply.locator("a.call").nth(1)
    assert await call.get_attribute("href") == "tel:116016"
    order = await call.evaluate(
        """link => {
          const node = link.querySelector('bdi').firstChild, places = [];
          for (let i = 0; i < node.length; i++) {
            if (!/[0-9]/.test(node.data[i])) continue;
            const range = document.createRange();
            range.setStart(node, i); range.setEnd(node, i + 1);
            places.push(range.getBoundingClientRect().x);
          }
          return places;
        }"""
    )
    assert len(order) == 6
    assert order == sorted(order)


async def test_choices_are_buttons_that_answer(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .choices button").first.click()
    await page.locator("lotse-chat .lotse").nth(1).wait_for()
    assert await page.locator("lotse-chat .lotse").nth(1).locator("h3").count()


async def test_the_language_can_be_changed(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    await page.locator("lotse-chat select").select_option("uk")
    await page.locator("lotse-chat .panel[lang=uk]").wait_for()
    names = await page.locator("lotse-chat select option").all_inner_texts()
    assert {"Deutsch", "Українська", "العربية"} <= set(names)


async def test_escape_closes_and_focus_returns(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    await page.keyboard.press("Escape")
    assert (
        await page.evaluate("document.querySelector('lotse-chat').shadowRoot.activeElement.className")
        == "launch full"
    )


async def test_nothing_is_stored_before_the_first_message(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await page.locator("lotse-chat .launch").click()
    await page.locator("lotse-chat .lotse").first.wait_for()
    assert await page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0


async def test_words_of_people_are_never_markup(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await ask(page, "<img src=x onerror=console.error('xss')>")
    assert await page.locator("lotse-chat .log img").count() == 0


@pytest.mark.parametrize("width", [320, 400, 1280])
@pytest.mark.parametrize("language", ["de", "ar", "uk"])
async def test_pages_never_scroll_sideways(page: Page, address: str, width: int, language: str) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{address}/q/pflegefachkraft?language={language}")
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


async def test_the_form_works_without_javascript(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{address}/?language=tr")
        await page.fill("#q", "işten çıkarıldım ne yapmalıyım")
        await page.keyboard.press("Enter")
        await page.locator("article.reply").wait_for()
        assert await page.locator("html").get_attribute("lang") == "tr"
        await browser.close()
