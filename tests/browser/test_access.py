"""What people need who use a keyboard, a screen reader, large text or no motion (WCAG 2.2)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route

from assistant.pipeline import Assistant
from tests.browser.audit import check, load_checks
from tests.browser.chat import Chat, embedding
from tests.browser.harness import Host, artefact
from tests.browser.views import MAIN_PAGES, MORE_PAGES, PROCEDURE, address_of, hold_conversation

WIDE_WORDS = ("ar", "de", "vi", "ti", "uk")
COUNT_MOTION = """
window.moved = new Set();
const note = () => {
  for (const name of checks.moving()) window.moved.add(name);
  requestAnimationFrame(note);
};
note();
"""


async def open_widget(page: Page, host: Host, address: str, language: str = "de", script: str = "") -> Chat:
    """A host's page with the widget opened, and a link after it."""
    html = embedding(address, language, script).replace(
        "</main>", '<a id="before" href="#x">Vorher</a></main>'
    )
    await page.goto(host.url(html))
    chat = Chat(page)
    await chat.launcher.wait_for()
    await load_checks(page)
    await chat.open()
    return chat


async def test_everything_can_be_reached_with_the_keyboard_alone(
    page: Page, host: Host, address: str
) -> None:
    html = embedding(address, "de").replace("<p>Willkommen</p>", '<a id="before" href="#x">Vorher</a>')
    await page.goto(host.url(html))
    chat = Chat(page)
    await chat.launcher.wait_for()
    await load_checks(page)

    await page.keyboard.press("Tab")
    assert (await chat.focused()).startswith("before")
    await page.keyboard.press("Tab")
    assert (await chat.focused()).startswith("launcher")
    assert await check(page, "unfocused") == []

    await page.keyboard.press("Enter")
    await chat.greeted()
    assert await chat.input.evaluate("input => input.matches(':focus')"), "opened: the focus is in the input"
    await page.keyboard.type("Hilfe, mein Mann schlägt mich")
    await page.keyboard.press("Enter")
    await chat.shows(3)
    assert await chat.input.evaluate("input => input.matches(':focus')"), "sent: the focus stays in the input"

    # Backwards to the first thing in the panel, then forwards through everything: never lost, never trapped.
    reached = await walk(chat, "Shift+Tab")
    assert "before Vorher" in reached or "launcher" in " ".join(reached)
    forwards = await walk(chat, "Tab")
    for number in ("110", "116"):
        assert any(number in stop for stop in forwards), f"{number} can be called with the keyboard"

    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Escape")
    await chat.launcher.wait_for()
    assert (await chat.focused()).startswith("launcher"), "closed: the focus is on the launcher"


async def walk(chat: Chat, key: str) -> list[str]:
    """Press a key until the focus leaves the page; return what had the focus on the way.

    Every stop must show that it has the focus.
    """
    stops: list[str] = []
    for _ in range(150):
        await chat.page.keyboard.press(key)
        stop = await chat.focused()
        if stop == "body":  # the end of the page: the browser's own buttons come next
            return stops
        assert await check(chat.page, "unfocused") == [], stop
        stops.append(stop)
        if stop.startswith("before"):
            return stops
    raise AssertionError(f"a trap: {stops[-5:]}")


async def test_the_focus_is_not_lost_when_a_chip_is_pressed(page: Page, host: Host, address: str) -> None:
    chat = await open_widget(page, host, address)
    chip = chat.log.get_by_role("button").first
    await chip.focus()
    await page.keyboard.press("Enter")
    await chat.shows(3)
    assert await chat.focused() != "body"
    assert await check(page, "unfocused") == []


async def test_the_log_is_there_before_the_first_message(page: Page, host: Host, address: str) -> None:
    """Screen readers announce what is added to a log they know (4.1.3)."""
    go_on = asyncio.Event()

    async def wait(route: Route) -> None:
        await go_on.wait()
        await route.continue_()

    chat = Chat(page)
    await page.route("**/api/v1/texts*", wait)
    await page.goto(host.url(embedding(address, "de")))
    await chat.launcher.click()
    await chat.log.wait_for()
    assert await chat.messages.count() == 0
    assert await chat.log.get_attribute("aria-live") == "polite"
    await chat.log.evaluate("log => { log.known = true; }")
    go_on.set()
    await chat.greeted()
    assert await chat.log.evaluate("log => log.known"), "the same log, not a new one"
    assert await chat.log.get_attribute("aria-label")


async def test_each_message_is_one_node_of_the_log(page: Page, host: Host, address: str) -> None:
    chat = await open_widget(page, host, address)
    await chat.log.evaluate(
        """log => {
          window.added = 0;
          new MutationObserver((all) => all.forEach((m) => { window.added += m.addedNodes.length; }))
            .observe(log, {childList: true});
        }"""
    )
    await chat.say("Deutschkurs")
    assert await page.evaluate("window.added") == 2, "the question and the answer"
    assert await chat.log.locator("> [tabindex]").count() == 0, "messages are read, not stopped at"


@pytest.mark.parametrize("language", WIDE_WORDS)
async def test_the_widget_fits_a_narrow_phone_and_large_text(
    page: Page, host: Host, address: str, assistant: Assistant, language: str
) -> None:
    """320 CSS pixels are also 1280 at a zoom of 400 % (1.4.10); text of 200 % (1.4.4)."""
    chat = await open_widget(page, host, address, language)
    await hold_conversation(chat, language, assistant)
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await check(page, "sideways", "small") == []
    await page.screenshot(path=artefact(f"widget-320-{language}.png"))
    await enlarge(page)
    assert await check(page, "sideways") == []
    await page.screenshot(path=artefact(f"widget-320-large-{language}.png"))


@pytest.mark.parametrize("language", WIDE_WORDS)
async def test_pages_fit_a_narrow_phone_and_large_text(page: Page, address: str, language: str) -> None:
    """Text of 200 % on 640 pixels leaves as much room as usual text on 320."""
    found: list[str] = []
    for path in MAIN_PAGES + MORE_PAGES:
        await page.set_viewport_size({"width": 320, "height": 640})
        await enlarge(page, 16)
        await page.goto(address + address_of(path, language))
        await load_checks(page)
        found += [f"{path}: {line}" for line in await check(page, "sideways")]
        await page.set_viewport_size({"width": 640, "height": 640})
        await enlarge(page)
        found += [f"{path}, large text: {line}" for line in await check(page, "sideways")]
    assert not found, "\n".join(found)


async def enlarge(page: Page, size: int = 32) -> None:
    """Set the browser's standard font size: 16 is usual, 32 is 200 %."""
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
    await session.detach()


async def test_text_of_pages_grows_with_the_setting_of_the_browser(page: Page, address: str) -> None:
    await page.goto(f"{address}/q/{PROCEDURE}?language=de")
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    usual = await page.evaluate(size)
    await enlarge(page)
    assert await page.evaluate(size) == 2 * usual


@pytest.mark.parametrize("path", ["/", f"/q/{PROCEDURE}"])
async def test_nothing_moves_when_motion_is_switched_off(page: Page, address: str, path: str) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(address + address_of(path, "de"))
    await load_checks(page)
    await page.evaluate(COUNT_MOTION)
    chat = Chat(page)
    await chat.open()
    await chat.say("Deutschkurs")
    await page.keyboard.press("Escape")
    await chat.launcher.wait_for()
    assert await page.evaluate("[...moved]") == []


async def test_motion_in_the_widget_would_be_seen(page: Page, host: Host, address: str) -> None:
    """Proof that the test above looks into the shadow root."""
    chat = await open_widget(page, host, address)
    await page.evaluate(COUNT_MOTION)
    await chat.log.evaluate("log => { log.animate({opacity: [0, 1]}, {duration: 400, id: 'planted'}); }")
    await page.wait_for_function("moved.has('planted')")


async def test_help_by_a_person_is_always_at_the_same_place(
    page: Page, host: Host, address: str, assistant: Assistant
) -> None:
    """Consistent help (3.2.6): the button below the conversation stays where it is."""
    chat = await open_widget(page, host, address)
    button = chat.panel.get_by_role("button", name="Mit einem Menschen sprechen").last
    before: Any = await button.bounding_box()
    await chat.say("Deutschkurs")
    await chat.choose(f"e:{PROCEDURE}")
    assert await button.bounding_box() == before
