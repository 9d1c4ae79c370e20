"""Lotse on pages of others: strict policies, hostile styles, frameworks, frames; and it leaves no trace."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page

from tests.browser.audit import check, load_checks
from tests.browser.chat import ASK, Chat, embedding, strict
from tests.browser.harness import Host, artefact, visiting

QUESTION = "Wie lasse ich mein Pflege-Diplom anerkennen?"
STORED = """async () => ({
  session: sessionStorage.length, local: localStorage.length, cookie: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""
NOTHING = {"session": 0, "local": 0, "cookie": "", "databases": 0, "caches": 0}


async def test_a_question_is_answered_under_a_strict_policy(page: Page, host: Host, address: str) -> None:
    """Content-Security-Policy and Trusted Types of the host; a violation would be an error of the page."""
    chat = Chat(page)
    await page.goto(host.url(embedding(address, "de"), strict(address)))
    await chat.open()
    reply = await chat.say(QUESTION)
    assert reply["entry"] == "pflegefachkraft"
    await chat.choose("e:jobcenter-leipzig")
    for tool in reply["tools"]:
        await chat.choose(tool["id"])
        await chat.put_away()
    background = "getComputedStyle(e).backgroundColor"
    assert await chat.panel.evaluate(f"e => {background}") != "rgba(0, 0, 0, 0)", (
        "its style sheet is in force"
    )


async def test_the_widget_works_inside_the_shadow_root_of_a_host(
    page: Page, host: Host, address: str
) -> None:
    await page.goto(host.url("<!doctype html><html lang=de><title>Stadt</title><city-page></city-page>"))
    await page.evaluate(
        """(address) => {
          const root = document.querySelector('city-page').attachShadow({mode: 'open'});
          const chat = document.createElement('lotse-chat');
          chat.setAttribute('language', 'uk');
          root.append(chat);
          const script = document.createElement('script');
          script.src = `${address}/widget.js`;
          document.head.append(script);
        }""",
        address,
    )
    chat = Chat(page)
    inside = page.locator("city-page lotse-chat")
    await inside.locator("[part~=launcher]").click()
    await inside.get_by_role("log").locator("> *").first.wait_for()
    assert await inside.locator("[part~=panel]").get_attribute("lang") == "uk"
    async with page.expect_response(ASK):
        await inside.locator("form").get_by_role("textbox").fill("Мовний курс")
        await page.keyboard.press("Enter")
    await inside.get_by_role("log").locator("> *").nth(2).wait_for()
    await page.keyboard.press("Escape")
    assert await chat.focused() != "body", "the focus is found again in both shadow roots"


async def test_two_widgets_on_a_page_do_not_disturb_each_other(page: Page, host: Host, address: str) -> None:
    two = (
        '</main><lotse-chat inline language="de"></lotse-chat><lotse-chat inline language="ar"></lotse-chat>'
    )
    await page.goto(host.url(embedding(address, "de").replace("</main>", two), strict(address)))
    widgets = page.locator("lotse-chat")
    logs = [widgets.nth(number).get_by_role("log") for number in (0, 1)]
    for log in logs:
        await log.locator("> *").first.wait_for()
    assert await widgets.count() == 2, "the script adds no third one"
    async with page.expect_response(ASK):
        await widgets.nth(0).locator("form").get_by_role("textbox").fill(QUESTION)
        await page.keyboard.press("Enter")
    await logs[0].locator("> *").nth(2).wait_for()
    assert await logs[1].locator("> *").count() == 1
    assert await widgets.nth(1).locator("[part~=panel]").get_attribute("lang") == "ar"


HOSTILE = """
lotse-chat, div, section, form, header, button, input, select, textarea, p, span, ul, li, h2, h3, a, bdi {
  display: none !important }
body * { all: revert; color: #f00; font: italic 9px serif; letter-spacing: 1em; text-transform: uppercase;
  text-align: center; line-height: 3; visibility: hidden; pointer-events: none; writing-mode: vertical-lr;
  white-space: pre; word-spacing: 2em; text-indent: 5em; cursor: none; direction: rtl }
body * { color: #f00 !important; font-size: 40px !important; letter-spacing: 1em !important;
  opacity: .2 !important; text-transform: uppercase !important; visibility: hidden !important;
  line-height: 3 !important }
html, body { display: block !important }
"""
STYLES = (
    "display", "color", "backgroundColor", "fontSize", "fontStyle", "letterSpacing", "lineHeight", "opacity",
    "textAlign", "textIndent", "textTransform", "visibility", "whiteSpace", "wordSpacing", "writingMode",
    "pointerEvents", "cursor", "direction",
)  # fmt: skip


async def looks(part: Locator) -> dict[str, str]:
    """How a part is drawn."""
    await part.wait_for(state="attached")
    found: dict[str, str] = await part.evaluate(
        "(e, names) => Object.fromEntries(names.map((n) => [n, getComputedStyle(e)[n]]))", list(STYLES)
    )
    return found


async def test_styles_of_the_host_do_not_leak_in(browser: Browser, host: Host, address: str) -> None:
    seen: list[list[dict[str, str]]] = []
    for style in ("", f"<style>{HOSTILE}</style>"):
        noticed: list[str] = []
        async with visiting(browser, noticed, address, host.origin, reduced_motion="reduce") as page:
            chat = Chat(page)
            await page.goto(host.url(embedding(address, "de", style)))
            await chat.launcher.wait_for(state="attached")
            parts = [await looks(chat.widget.locator("[part~=launcher]"))]
            await chat.widget.evaluate("chat => chat.open()")
            await chat.messages.first.wait_for(state="attached")
            if style:
                await page.screenshot(path=artefact("hostile-styles.png"))
            parts += [await looks(part) for part in (chat.panel, chat.log, chat.messages.first)]
            parts += [await looks(chat.panel.locator("form input, form textarea").first)]
            opacity = "e => getComputedStyle(e).opacity + getComputedStyle(e).display"
            parts += [{"host": await chat.widget.evaluate(opacity)}]
            seen.append(parts)
        assert noticed == []
    changed = [
        f"{part}, {name}: {then[name]} became {now[name]}"
        for part, then, now in zip(
            ("launcher", "panel", "log", "message", "input", "element"), *seen, strict=True
        )
        for name in then
        if then[name] != now[name]
    ]
    assert not changed, "\n".join(changed)


async def test_styles_of_the_widget_do_not_leak_out(page: Page, host: Host, address: str) -> None:
    button = "<button id=own>Stadt</button><input id=field>"
    without = embedding(address, "de").replace("</main>", f"{button}</main>")
    await page.goto(host.url(re.sub("<script.*?</script>", "", without)))
    alone = [await looks(page.locator(own)) for own in ("#own", "#field", "h1", "body")]
    await page.goto(host.url(without))
    await Chat(page).open()
    assert [await looks(page.locator(own)) for own in ("#own", "#field", "h1", "body")] == alone


async def test_there_is_no_cookie_and_nothing_is_stored_before_the_first_message(
    page: Page, host: Host, address: str
) -> None:
    chat = Chat(page)
    await page.goto(host.url(embedding(address, "de")))
    await chat.open()
    assert await page.evaluate(STORED) == NOTHING
    await chat.say(QUESTION)
    stored = await page.evaluate(STORED)
    assert {**stored, "session": 0} == NOTHING, "for this window only"
    assert await page.context.cookies() == []
    await page.goto(f"{address}/?language=de")
    await page.goto(f"{address}/q/pflegefachkraft?language=de")
    assert await page.context.cookies() == []
    assert await page.evaluate(STORED) == NOTHING


async def test_no_words_and_no_key_stand_in_addresses(page: Page, host: Host, address: str) -> None:
    """Nothing of the conversation gets into histories and log files (CWE-598)."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    chat = Chat(page)
    await page.goto(host.url(embedding(address, "de")))
    await chat.open()
    reply = await chat.say("Zahnarzt Klempner Rhabarber")
    await chat.choose("person")
    for told in ("Rhabarber", reply["conversation"]):
        assert not any(told in one for one in addresses)
        assert told not in page.url


@pytest.mark.parametrize(("direction", "left"), [("ltr", False), ("rtl", True)])
async def test_the_launcher_stands_at_the_end_of_the_page(
    page: Page, host: Host, address: str, direction: str, left: bool
) -> None:
    html = embedding(address, "de", data_position="end").replace("<html", f'<html dir="{direction}"')
    await page.set_viewport_size({"width": 1200, "height": 800})
    await page.goto(host.url(html))
    chat = Chat(page)
    box: Any = await chat.launcher.bounding_box()
    assert (box["x"] + box["width"] / 2 < 600) is left
    await chat.open()
    assert await chat.panel.get_attribute("dir") == "ltr", "German is read from the left on any page"
    panel: Any = await chat.panel.bounding_box()
    assert (panel["x"] + panel["width"] / 2 < 600) is left
    await load_checks(page)
    assert await check(page, "sideways") == []


async def test_a_framework_may_take_the_widget_out_and_in(page: Page, host: Host, address: str) -> None:
    chat = Chat(page)
    await page.goto(host.url(embedding(address, "de")))
    await chat.open()
    await chat.say(QUESTION)
    before = await chat.messages.count()
    await page.evaluate("window.kept = document.querySelector('lotse-chat'); kept.remove()")
    await page.evaluate("document.querySelector('main').append(kept)")
    assert await chat.messages.count() == before
    assert await chat.launcher.count() == 1
    asked: list[str] = []
    page.on(
        "request", lambda r: asked.append(r.url) if r.url.endswith("/ask") and r.method == "POST" else None
    )
    if not await chat.panel.is_visible():
        await chat.launcher.click()
    await chat.say("Deutschkurs")
    assert await chat.messages.count() == before + 2
    assert len(asked) == 1, "one question is sent once"

    # Another view of the application makes a new element; the old one is gone.
    await page.evaluate("kept.remove(); document.body.append(document.createElement('lotse-chat'))")
    if not await chat.panel.is_visible():
        await chat.launcher.click()
    await chat.greeted()
    assert await chat.launcher.count() == 1
    assert (await chat.say("Deutschkurs"))["decision"] in ("answer", "choose")


async def test_a_page_that_is_not_listed_gets_no_answers(
    page: Page, host: Host, address: str, troubles: list[str]
) -> None:
    """CORS: the browser refuses; the person reads whom to call instead."""
    chat = Chat(page)
    await page.goto(host.stranger + host.page(embedding(address, "de")))
    await chat.launcher.click()
    await chat.widget.get_by_text("112").first.wait_for()
    assert await chat.messages.count() == 0
    assert troubles
    assert all("CORS" in trouble or "net::ERR_FAILED" in trouble for trouble in troubles), troubles
    troubles.clear()


@pytest.mark.parametrize(
    ("path", "is_listed", "is_shown"),
    [
        ("/embed", True, True),
        ("/embed", False, False),
        ("/?language=de", True, False),
        ("/q/mbeon", True, False),
    ],
)
async def test_only_listed_origins_may_frame_and_only_the_page_for_it(
    page: Page, host: Host, address: str, troubles: list[str], path: str, is_listed: bool, is_shown: bool
) -> None:
    """`frame-ancestors`: nobody else can lay something over Lotse and take its taps (clickjacking)."""
    html = f'<!doctype html><title>Stadt</title><iframe src="{address}{path}" title="Lotse"></iframe>'
    origin = host.origin if is_listed else host.stranger
    await page.goto(origin + host.page(html))
    if is_shown:
        await page.frame_locator("iframe").locator("body *").first.wait_for(state="attached")
    blocked = await told(troubles, "frame-ancestors", seconds=0 if is_shown else 3)
    troubles[:] = [one for one in troubles if one not in blocked]
    assert bool(blocked) is not is_shown


async def told(troubles: list[str], words: str, seconds: float) -> list[str]:
    """The troubles with these words, once there are some."""
    for _ in range(int(seconds * 20)):
        if any(words in one for one in troubles):
            break
        await asyncio.sleep(0.05)
    return [one for one in troubles if words in one]


async def test_a_question_is_answered_in_a_frame(page: Page, host: Host, address: str) -> None:
    frame_tag = f'<iframe src="{address}/embed?language=de" title="Lotse"></iframe>'
    await page.goto(host.url(f"<!doctype html><title>Stadt</title>{frame_tag}"))
    frame = page.frame_locator("iframe")
    log = frame.locator("lotse-chat").get_by_role("log")
    await log.locator("> *").first.wait_for()
    await frame.locator("lotse-chat form").get_by_role("textbox").fill(QUESTION)
    await page.keyboard.press("Enter")
    await log.locator("> *").nth(2).wait_for()
