"""The widget when the network or the server fails: nothing is lost, nothing is asked twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from assistant.pipeline import Assistant
from assistant.settings import Settings
from tests.browser.chat import ASK, Chat
from tests.browser.harness import Host, in_thread, serving, visiting

NURSE = "Wie lasse ich mein Pflege-Diplom anerkennen?"
Answer = Callable[[Route], Awaitable[Any]]


@dataclass
class Line:
    """The way to the server: notes every message, and does with it what the test says."""

    do: Answer | None = None
    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    async def __call__(self, route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        self.ids.append(body["message"])
        self.texts.append(body.get("text") or body.get("choice"))
        await (self.do(route) if self.do else route.continue_())


@asynccontextmanager
async def chatting(browser: Browser, address: str, language: str = "de") -> AsyncIterator[tuple[Chat, Line]]:
    """The widget opened on Lotse's own page, with a hand on the line; failed requests are expected here."""
    async with visiting(browser, [], address) as page:
        line = Line()
        await page.route(ASK, line)
        await page.goto(f"{address}/?language={language}")
        chat = Chat(page)
        await chat.open()
        yield chat, line


async def write(chat: Chat, text: str) -> None:
    await chat.input.fill(text)
    await chat.input.press("Enter")


def status(chat: Chat) -> Any:
    return chat.widget.get_by_role("status")


async def lost(route: Route) -> None:
    await route.abort("connectionfailed")


def said(status: int, message: str, **headers: str) -> Answer:
    """An answer with an error, as the server says it."""
    body = json.dumps({"error": {"status": status, "message": message, "language": "de"}})

    async def fulfil(route: Route) -> None:
        await route.fulfill(status=status, body=body, content_type="application/json", headers=headers)

    return fulfil


async def test_a_message_written_offline_is_sent_once_when_the_network_is_back(
    browser: Browser, address: str
) -> None:
    async with chatting(browser, address) as (chat, line):
        await chat.page.context.set_offline(True)
        await write(chat, NURSE)
        await expect(status(chat)).not_to_be_empty()
        assert await chat.messages.count() == 2
        await asyncio.sleep(2)
        await chat.page.context.set_offline(False)
        await chat.shows(3)
        assert await chat.messages.count() == 3
        assert len(set(line.ids)) == 1


async def test_the_status_says_not_sent_yet_and_then_sent(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = lost
        await write(chat, NURSE)
        texts = await chat.page.evaluate("fetch('/api/v1/texts?language=de').then((r) => r.json())")
        await expect(status(chat)).to_contain_text(texts["texts"]["queued"])
        line.do = None
        await expect(status(chat)).to_have_text(texts["texts"]["sent"], timeout=10_000)


async def test_an_answer_lost_on_the_way_comes_again_under_the_same_id(
    browser: Browser, address: str
) -> None:
    async with chatting(browser, address) as (chat, line):

        async def swallow(route: Route) -> None:
            await route.fetch()
            line.do = None
            await route.abort("connectionreset")

        line.do = swallow
        await write(chat, NURSE)
        await chat.shows(3)
        assert len(line.ids) == 2 and len(set(line.ids)) == 1
        assert await chat.messages.count() == 3


async def test_a_message_on_its_way_survives_a_reload(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        never = asyncio.Event()

        async def hang(_route: Route) -> None:
            await never.wait()

        line.do = hang
        await write(chat, NURSE)
        await chat.page.wait_for_timeout(200)
        line.do = None
        await chat.page.reload()
        await chat.shows(3)
        never.set()
        assert line.texts == [NURSE, NURSE]
        assert len(set(line.ids)) == 1
        assert await chat.messages.count() == 3


async def test_a_copied_tab_does_not_send_what_the_first_one_is_sending(
    browser: Browser, address: str
) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = lost
        await write(chat, NURSE)
        async with chat.page.expect_popup() as caught:
            await chat.page.evaluate("window.open(location.href)")
        copied = Chat(await caught.value)
        other = Line()
        await copied.page.route(ASK, other)
        await copied.page.wait_for_load_state()
        await copied.page.reload()  # the route is there now; a copy is no page that went away
        await copied.page.wait_for_timeout(1500)
        line.do = None
        await chat.shows(3)
        assert other.ids in ([], line.ids[:1]), "at most under the same id"


async def test_the_conversation_is_there_again_after_a_reload(browser: Browser, address: str) -> None:
    async with chatting(browser, address, "ar") as (chat, line):
        await chat.say("بدي اعرف كيف اعادل شهادة التمريض")
        title = await chat.messages.last.locator("h3").first.inner_text()
        await chat.page.context.set_offline(True)
        await chat.page.context.set_offline(False)
        await chat.page.reload()
        await chat.shows(3)
        assert await chat.messages.last.locator("h3").first.inner_text() == title
        assert await chat.panel.get_attribute("dir") == "rtl"
        assert len(line.ids) == 1, "drawn again, not asked again"
        reply = await chat.say("كم التكلفة؟")
        assert reply["entry"] == "pflegefachkraft", "the server still knows what it is about"


async def test_two_tabs_talk_of_two_things(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (first, _):
        await first.say(NURSE)
        page = await first.page.context.new_page()
        await page.goto(f"{address}/?language=de")
        second = Chat(page)
        await second.open()
        assert await second.messages.count() == 1
        one = await second.say("Wo finde ich eine Wohnung?")
        two = await first.say("Was kostet das?")
        assert one["conversation"] != two["conversation"]
        assert two["entry"] == "pflegefachkraft"


async def test_too_many_questions_wait_as_long_as_the_server_says(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = said(429, "Bitte warten Sie einen Moment.", **{"Retry-After": "2"})
        await write(chat, NURSE)
        await expect(status(chat)).to_have_text("Bitte warten Sie einen Moment.")
        line.do = None
        await chat.page.wait_for_timeout(1000)
        assert len(line.ids) == 1, "not before the time"
        await chat.shows(3)
        assert len(set(line.ids)) == 1


async def test_a_server_that_is_down_is_named_with_numbers_that_need_none(
    browser: Browser, address: str
) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = lost
        await write(chat, NURSE)
        again = chat.panel.get_by_role("button", name="Nochmal").or_(chat.panel.locator(".line button"))
        await again.first.wait_for()
        text = await status(chat).inner_text()
        assert "112" in text and "110" in text
        line.do = None
        await again.first.click()
        await chat.shows(3)
        assert (await chat.focused()) != "body"


async def test_a_refused_message_is_not_sent_for_ever(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = said(400, "no")
        await write(chat, "x")
        await chat.page.wait_for_timeout(2500)
        assert len(line.ids) == 1
        line.do = None
        await chat.say(NURSE)
        assert line.texts == ["x", NURSE]


async def test_messages_wait_in_line(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        line.do = lost
        await write(chat, NURSE)
        await write(chat, "Was kostet das?")
        line.do = None
        await chat.shows(5)
        assert list(dict.fromkeys(line.texts)) == [NURSE, "Was kostet das?"]


async def test_a_chat_that_sleeps_goes_on_when_it_is_looked_at(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, line):
        await chat.page.evaluate("window.setTimeout = () => 0")  # timers sleep in a tab in the background
        line.do = lost
        await write(chat, NURSE)
        await expect(status(chat)).not_to_be_empty()
        line.do = None
        await chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await chat.shows(3)


async def test_a_slow_network_is_only_slow(browser: Browser, address: str) -> None:
    async with visiting(browser, [], address) as page:
        phone = await page.context.new_cdp_session(page)
        await phone.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 600, "downloadThroughput": 31_250, "uploadThroughput": 31_250},
        )
        await page.goto(f"{address}/?language=de")
        chat = Chat(page)
        await chat.open()
        await chat.say(NURSE)
        assert await chat.messages.count() == 3


async def test_a_restart_of_the_server_in_the_middle_is_not_noticed(
    browser: Browser, assistant: Assistant, settings: Settings, host: Host
) -> None:
    fixed = replace(settings, origins=(host.origin,), secret="for restarts")
    async with visiting(browser, [], "http://127.0.0.1") as page:
        chat = Chat(page)
        with in_thread(lambda: serving(assistant, fixed)) as address:
            await page.goto(f"{address}/?language=de")
            await chat.open()
            await chat.say(NURSE)
        await write(chat, "Was kostet das?")
        await expect(status(chat)).not_to_be_empty()
        again = replace(fixed, port=int(address.rsplit(":", 1)[1]))
        with in_thread(lambda: serving(assistant, again)):
            await chat.shows(5)
            assert await chat.messages.last.locator("h3").first.inner_text() == (
                "Pflegefachkraft: Anerkennung in Sachsen"
            )


async def test_what_is_kept_stays_small(browser: Browser, address: str) -> None:
    async with chatting(browser, address) as (chat, _):
        await chat.say(NURSE)
        size = await chat.page.evaluate(
            """() => {
              const kept = JSON.parse(sessionStorage.lotse);
              kept.turns = Array.from({ length: 200 }, (_, n) => ({ ...kept.turns[0], id: `old-${n}` }));
              sessionStorage.lotse = JSON.stringify(kept);
              return sessionStorage.lotse.length;
            }"""
        )
        assert size > 1_000_000
        await chat.page.reload()
        await chat.input.wait_for()
        await chat.input.fill("Wo ist das Jobcenter?")
        await chat.input.press("Enter")
        await chat.page.wait_for_function("sessionStorage.lotse.length < 300001")


async def test_when_the_chat_itself_cannot_be_loaded_the_numbers_are_said(
    browser: Browser, address: str
) -> None:
    async with visiting(browser, [], address, locale="de-DE") as page:
        await page.route("**/chat.js", lost)
        await page.goto(f"{address}/?language=de")
        chat = Chat(page)
        await chat.launcher.click()
        sorry = chat.widget.get_by_role("alert")
        await expect(sorry).to_contain_text("112")
        await page.unroute("**/chat.js", lost)
        await chat.launcher.click()
        await chat.greeted()
        assert await sorry.count() == 0


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"turns": 7}', "null"])
async def test_a_damaged_memory_begins_anew(browser: Browser, address: str, broken: str) -> None:
    async with visiting(browser, [], address) as page:
        await page.goto(f"{address}/?language=de")
        await page.evaluate("(text) => { sessionStorage.lotse = text; }", broken)
        await page.reload()
        chat = Chat(page)
        await chat.open()
        await chat.say(NURSE)
