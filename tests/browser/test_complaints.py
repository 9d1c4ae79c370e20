"""What people complain about in other chat widgets, one test each; numbers are issues of those projects."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Page, Request

from tests.browser.chat import ASK, Chat, embedding, strict
from tests.browser.harness import PHONE, Host, visiting

MIXED = "تست فارسی و English با هم"
NURSE = "Wie lasse ich mein Pflege-Diplom anerkennen?"
TALL = "<style>main{height:5000px}</style>"


async def embedded(
    page: Page,
    host: Host,
    address: str,
    language: str = "de",
    script: str = "",
    policy: str = "",
    **more: str,
) -> Chat:
    """The widget on a host's page, opened."""
    await page.goto(host.url(embedding(address, language, script, **more), policy))
    chat = Chat(page)
    await chat.open()
    return chat


async def test_no_right_to_left_for_five_years_chatwoot_686(page: Page, host: Host, address: str) -> None:
    chat = await embedded(page, host, address, "fa")
    await chat.say(MIXED)
    assert await chat.panel.get_attribute("dir") == "rtl"
    mine = chat.messages.nth(1)
    assert await mine.inner_text() == MIXED
    assert await mine.get_attribute("dir") == "auto"
    assert await mine.evaluate("e => getComputedStyle(e).direction") == "rtl"
    mine_box, panel = await mine.bounding_box(), await chat.panel.bounding_box()
    assert mine_box and panel
    assert mine_box["x"] - panel["x"] < 40, (
        "own words stand at the end: left, where people read from the right"
    )


async def test_a_strict_policy_breaks_the_styles_chatwoot_1432_8892(
    page: Page, host: Host, address: str
) -> None:
    chat = await embedded(page, host, address, policy=strict(address))
    await chat.say(NURSE)
    radius = await chat.messages.last.evaluate("e => getComputedStyle(e).borderTopLeftRadius")
    assert radius != "0px"


async def test_a_cookie_before_anything_is_opened_chatwoot_1976(page: Page, host: Host, address: str) -> None:
    chat = await embedded(page, host, address)
    await chat.say(NURSE)
    assert await page.context.cookies() == []


async def test_the_session_leaks_by_addresses_chatwoot_15777(page: Page, host: Host, address: str) -> None:
    asked: list[str] = []
    referrers: list[str] = []

    def see(request: Request) -> None:
        asked.append(request.url)
        if "/api/" in request.url:
            referrers.append(request.headers.get("referer", ""))

    page.on("request", see)
    chat = await embedded(page, host, address)
    reply = await chat.say(NURSE)
    assert not any(reply["conversation"] in url for url in asked)
    assert set(referrers) == {""}
    links = await chat.log.locator("a").evaluate_all("all => all.map((a) => [a.href, a.rel, a.target])")
    outside = [link for link in links if link[0].startswith("http")]
    assert outside and all(rel == "noopener noreferrer" and target == "_blank" for _, rel, target in outside)


async def test_the_keyboard_hides_the_input_chatwoot_10606(page: Page, host: Host, address: str) -> None:
    chat = await embedded(page, host, address)
    box = await chat.panel.bounding_box()
    assert box and (box["x"], box["y"], box["width"], box["height"]) == (
        0,
        0,
        PHONE["width"],
        PHONE["height"],
    )
    assert await chat.input.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16, (
        "no zoom by focus"
    )
    # The keyboard takes the lower half of what is seen.
    await page.set_viewport_size({"width": PHONE["width"], "height": 400})
    await page.wait_for_timeout(100)
    below = await chat.input.bounding_box()
    assert below and below["y"] + below["height"] <= 400


async def test_messages_missing_after_sleep_chatwoot_4335_rocketchat_36023(
    browser: Browser, host: Host, address: str
) -> None:
    async with visiting(browser, [], address, host.origin) as page:
        chat = await embedded(page, host, address)
        await page.context.set_offline(True)
        await chat.input.fill(NURSE)
        await chat.input.press("Enter")
        await page.wait_for_timeout(300)
        await page.context.set_offline(False)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await chat.shows(3)
        assert await chat.messages.count() == 3


async def test_heavier_than_every_asset_we_load_livechat_56(page: Page, host: Host, address: str) -> None:
    await page.goto(host.url(embedding(address, "de")))
    await Chat(page).launcher.wait_for()
    weights = await page.evaluate(
        """() => performance.getEntriesByType("resource").map((e) => [e.name, e.encodedBodySize])"""
    )
    own = [name for name, _ in weights if name.startswith(address)]
    assert own == [f"{address}/widget.js"], "one small request until somebody turns to the chat"


async def test_it_covers_the_cookie_banner_typebot_881(page: Page, host: Host, address: str) -> None:
    banner = """<style>lotse-chat{--lotse-z:5}
      #banner{position:fixed;inset:auto 0 0 0;height:9em;z-index:6}</style>"""
    html = embedding(address, "de", banner).replace("</main>", '</main><div id="banner">Kekse?</div>')
    await page.goto(host.url(html))
    box = await Chat(page).launcher.bounding_box()
    assert box
    top = await page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).id", [box["x"] + 5, box["y"] + box["height"] / 2]
    )
    assert top == "banner"


async def test_a_host_cannot_restyle_it_deepchat_299(page: Page, host: Host, address: str) -> None:
    style = """<style>lotse-chat{--lotse-paper:rgb(250,240,230);--lotse-radius:0px}
      lotse-chat::part(launcher){text-transform:uppercase}lotse-chat::part(header){border-block-end-width:7px}</style>"""
    chat = await embedded(page, host, address, script=style)
    assert await chat.panel.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(250, 240, 230)"
    assert await chat.launcher.evaluate("e => getComputedStyle(e).textTransform") == "uppercase"
    header = chat.widget.locator("[part=header]")
    assert await header.evaluate("e => getComputedStyle(e).borderBottomWidth") == "7px"


async def test_it_breaks_inside_another_shadow_root_deepchat_193(
    page: Page, host: Host, address: str
) -> None:
    html = f"""<!doctype html><html lang="de"><head><title>Stadt</title>
      <script async src="{address}/widget.js" data-hide-launcher=""></script></head><body>
      <div id="outer"></div><script>
      const root = document.getElementById("outer").attachShadow({{ mode: "open" }});
      const chat = document.createElement("lotse-chat");
      chat.setAttribute("language", "de");
      root.append(chat);</script></body></html>"""
    await page.goto(host.url(html))
    inner = page.locator("#outer lotse-chat")
    await inner.locator("[part~=launcher]").click()
    log = inner.get_by_role("log")
    await log.locator("> *").first.wait_for()
    await inner.locator("form").get_by_role("textbox").fill(NURSE)
    await page.keyboard.press("Enter")
    await log.locator("> *").nth(2).wait_for()


async def test_it_is_read_aloud_while_closed_carbon_1011(page: Page, host: Host, address: str) -> None:
    chat = await embedded(page, host, address)
    await chat.say(NURSE)
    await page.keyboard.press("Escape")
    assert await chat.widget.get_by_role("log").count() == 0, "not in the accessibility tree"
    assert await chat.widget.get_by_role("textbox").count() == 0


async def test_an_unlabelled_launcher_and_silent_messages_botpress_940(
    page: Page, host: Host, address: str
) -> None:
    await page.goto(host.url(embedding(address, "de")))
    chat = Chat(page)
    await chat.launcher.wait_for()
    name = await chat.launcher.get_attribute("aria-label")
    assert name and name.startswith("Lotse – ")
    await chat.open()
    assert await chat.log.get_attribute("aria-live") == "polite"
    assert await chat.panel.get_attribute("aria-modal") == "false"
    await chat.say(NURSE)
    assert await chat.messages.count() == 3, "one node for each message"


async def test_forced_to_the_end_while_reading_back_botpress_5603(
    page: Page, host: Host, address: str
) -> None:
    chat = await embedded(page, host, address)
    await chat.say(NURSE)
    held: list[Any] = []
    await page.route(ASK, lambda route: held.append(route))
    await chat.input.fill("Was kostet das?")
    await chat.input.press("Enter")
    await page.wait_for_timeout(200)
    await chat.log.evaluate("log => log.scrollTop = 0")
    await held[0].continue_()
    await chat.shows(5)
    assert await chat.log.evaluate("log => log.scrollTop") == 0, "who reads back stays there"
    newer = chat.widget.locator(".newer")
    await newer.click()
    assert await chat.log.evaluate("log => log.scrollTop") > 0
    assert not await newer.is_visible()
    assert await chat.focused() != "body"


async def test_the_page_behind_scrolls_typebot_763(page: Page, host: Host, address: str) -> None:
    chat = await embedded(page, host, address, script=TALL)
    await page.mouse.move(200, 300)
    await page.mouse.wheel(0, 3000)
    await page.mouse.wheel(0, 3000)
    await page.wait_for_timeout(200)
    assert await page.evaluate("scrollY") == 0
    await page.keyboard.press("Escape")
    await chat.launcher.wait_for()
    await page.mouse.wheel(0, 3000)
    await page.wait_for_function("scrollY > 0")


async def test_the_page_behind_scrolls_on_a_desktop_too(browser: Browser, host: Host, address: str) -> None:
    size = {"width": 1280, "height": 800}
    async with visiting(browser, [], address, host.origin, viewport=size) as page:
        chat = await embedded(page, host, address, script=TALL)
        for part in (chat.log, chat.input):
            box = await part.bounding_box()
            assert box
            await page.mouse.move(box["x"] + 20, box["y"] + 20)
            await page.mouse.wheel(0, 3000)
            await page.mouse.wheel(0, 3000)
        await page.wait_for_timeout(200)
        assert await page.evaluate("scrollY") == 0
