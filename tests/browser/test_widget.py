"""The widget and pages in Chromium, as a person uses them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page

from assistant.pipeline import Assistant
from tests.browser.harness import artefact


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
    await page.screenshot(path=artefact("widget-ar.png"))


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


async def test_the_form_works_without_javascript(browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/?language=tr")
    await page.fill("#q", "işten çıkarıldım ne yapmalıyım")
    await page.keyboard.press("Enter")
    await page.locator("article.reply").wait_for()
    assert await page.locator("html").get_attribute("lang") == "tr"
    await context.close()
