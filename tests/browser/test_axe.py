"""No view in any language breaks a rule of WCAG 2.2 AA that a program can see (axe-core and own checks)."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route

from assistant.pipeline import Assistant
from tests.browser.audit import SCHEMES, audit, mistaken, prepare, violations
from tests.browser.chat import ASK, Chat, embedding
from tests.browser.harness import PHONE, Host, artefact
from tests.browser.views import (
    LANGUAGES,
    MAIN_PAGES,
    MORE_PAGES,
    THOROUGH,
    address_of,
    hold_conversation,
    show_card,
)  # fmt: skip

TALL = {"width": PHONE["width"], "height": 12_000}
"""So tall that the whole conversation is in view: axe computes the contrast of what it can see."""


def schemes(language: str) -> tuple[str, ...]:
    return tuple(SCHEMES) if language in THOROUGH else ("light",)


def listed(found: list[str]) -> str:
    return "\n".join(["", *found])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_widget(
    page: Page, address: str, host: Host, assistant: Assistant, language: str, troubles: list[str]
) -> None:
    looks = schemes(language)
    chat = Chat(page)
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(host.url(embedding(address, language)))
    await chat.launcher.wait_for()
    await prepare(page)
    found = await audit(page, "closed", *looks)

    await chat.open()
    found += await audit(page, "greeting", *looks)

    replies = await hold_conversation(chat, language, assistant)
    found += await mistaken(page, replies)
    await page.set_viewport_size(TALL)  # type: ignore[arg-type]
    found += await audit(page, "conversation", *looks)
    await page.screenshot(path=artefact(f"conversation-{language}.png"))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    await show_card(chat)
    found += await audit(page, "card", *looks)
    await page.screenshot(path=artefact(f"card-{language}.png"))
    assert not found, listed(found)


@pytest.mark.parametrize("language", THOROUGH)
async def test_the_widget_when_lotse_cannot_be_reached(
    page: Page, address: str, host: Host, language: str, troubles: list[str]
) -> None:
    async def refuse(route: Route) -> None:
        await route.abort()

    chat = Chat(page)
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(host.url(embedding(address, language)))
    await chat.open()
    await page.route(ASK, refuse)
    await chat.input.fill("Deutschkurs")
    await chat.input.press("Enter")
    await chat.panel.get_by_role("status").filter(has_text="112").wait_for()
    await prepare(page)
    found = await audit(page, "unreachable", *schemes(language))
    await page.screenshot(path=artefact(f"unreachable-{language}.png"))
    troubles[:] = [trouble for trouble in troubles if "net::ERR_FAILED" not in trouble]
    assert not found, listed(found)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_pages(page: Page, address: str, language: str) -> None:
    paths = MAIN_PAGES + (MORE_PAGES if language in THOROUGH else ())
    tabs = (page, await page.context.new_page())  # two, because axe keeps one core busy
    halves = [look_at(tab, address, paths[half::2], language) for half, tab in enumerate(tabs)]
    found = [line for half in await asyncio.gather(*halves) for line in half]
    assert not found, listed(found)


async def look_at(page: Page, address: str, paths: tuple[str, ...], language: str) -> list[str]:
    """What is wrong with the pages of these paths; keeps a picture of each."""
    found: list[str] = []
    await page.emulate_media(reduced_motion="reduce")
    for path in paths:
        response = await page.goto(address + address_of(path, language))
        assert response
        assert response.status == (404 if path == "/nowhere" else 200), path
        await prepare(page)
        found += await audit(page, path, *schemes(language))
        if language not in THOROUGH:
            continue
        name = "".join(letter if letter.isalnum() else "-" for letter in path).strip("-") or "home"
        await page.screenshot(path=artefact(f"{name}-{language}.png"), full_page=True)
    return found


async def test_an_error_in_the_shadow_root_is_found(page: Page, address: str, host: Host) -> None:
    """Proof that the tests above see into the widget."""
    chat = Chat(page)
    await page.goto(host.url(embedding(address, "ar")))
    await chat.open()
    await prepare(page)
    await chat.log.evaluate(
        """log => {
          const [image, button, message] = ["img", "button", "div"].map((n) => document.createElement(n));
          image.src = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
          button.style.cssText = "min-width: 0; min-height: 0; width: 30px; height: 10px; padding: 0";
          message.textContent = "مرحبا";
          message.lang = "ar"; message.dir = "ltr";
          message.style.cssText = "color: #999; background: #aaa; padding: 1em; flex: none";
          log.replaceChildren(message, image, button);
        }"""
    )
    found = "\n".join(await audit(page, "planted", "light"))
    for sign in ("image-alt: lotse-chat >", "button-name: lotse-chat >", "color-contrast: lotse-chat >"):
        assert f"light: {sign}" in found
    for sign in ("small: <button", "untagged: <button", "turned: <div"):
        assert f"planted: {sign}" in found
    await chat.log.evaluate("log => { log.firstChild.style.inlineSize = '900px'; }")
    assert any("sideways: " in line for line in await audit(page, "planted"))


async def test_an_error_on_a_page_is_found(page: Page, address: str) -> None:
    await page.goto(f"{address}/?language=de")
    await prepare(page)
    await page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any(line.startswith("html-has-lang") for line in await violations(page))
