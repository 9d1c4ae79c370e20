"""The bot against the emulated Bot API: python-telegram-bot as it is, nothing patched."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import replace

import hypothesis
import pytest
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.reply import Choice, Paragraph, Reply
from assistant.channels.desk import Desk
from assistant.channels.telegram.running import run_telegram
from assistant.language.translations import Text
from assistant.rendering.splitting import MESSAGE_LIMIT, pack
from assistant.rendering.telegram import render_telegram
from assistant.serving import prepare_logging
from assistant.settings import Settings
from tests.telegram.emulator import LIMIT, TOKEN, Emulator, check_html
from tests.telegram.methods import TelegramServer

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
STRINGS = int(os.environ.get("LOTSE_STRINGS", "100"))
"""Random replies that are rendered; 10,000 before a release."""


def against(server: TestServer, settings: Settings) -> Settings:
    """The settings with the bot of an emulator that has no limits."""
    api = f"{server.make_url('/bot')}"
    return replace(settings, telegram_token=TOKEN, telegram_api=api, telegram_limits=False)


@pytest.fixture
async def telegram(desk: Desk, settings: Settings) -> AsyncIterator[Emulator]:
    """An emulator with the bot running against it."""
    emulator = TelegramServer()
    async with TestServer(emulator.app()) as server:
        own = against(server, settings)
        async with run_telegram(desk, own):
            yield emulator


def labels(message: dict) -> list[str]:  # type: ignore[type-arg]
    return [b["text"] for row in message["keyboard"].get("inline_keyboard", []) for b in row]


def without_marks(text: str) -> str:
    """A text without the invisible signs that keep the order of right-to-left lines."""
    return text.translate(dict.fromkeys(map(ord, "\u200f\u2066\u2069")))


async def test_start_greets_in_the_phones_language_and_offers_all_languages(telegram: Emulator) -> None:
    telegram.write("/start", language="tr")
    (welcome,) = await telegram.answers(1)
    assert "Lotse" in welcome["text"]
    assert labels(welcome)[0] == "Türkçe"
    assert {"Deutsch", "العربية", "Українська"} <= set(labels(welcome))


async def test_a_question_gets_its_answer(telegram: Emulator) -> None:
    telegram.write("Wie lasse ich mein Pflege-Diplom anerkennen?")
    (answer, *_) = await telegram.answers(1)
    assert "Pflegefachkraft" in answer["text"]


async def test_an_arabic_question_is_answered_in_arabic(telegram: Emulator, desk: Desk) -> None:
    telegram.write("بدي اعرف كيف اعادل شهادة التمريض", language="de")
    (answer, *_) = await telegram.answers(1)
    entry = desk.assistant.knowledge.entries["pflegefachkraft"]
    assert desk.assistant.composer.title("ar", entry).value in without_marks(answer["text"])


async def test_a_choice_button_opens_its_entry(telegram: Emulator, desk: Desk) -> None:
    telegram.press("e:jobcenter-leipzig")
    (answer, *_) = await telegram.answers(1)
    assert "Jobcenter Leipzig" in answer["text"]


async def test_a_chosen_language_stays(telegram: Emulator, desk: Desk) -> None:
    telegram.press("lang:uk", language="de")
    before = len(await telegram.answers(1))
    telegram.write("B1", language="de")
    answers = await telegram.answers(before + 1)
    assert sum("а" <= letter <= "я" for letter in answers[before]["text"]) > 20


async def test_a_command_begins_a_path_and_buttons_walk_it(telegram: Emulator) -> None:
    telegram.write("/recognition", language="tr")
    (asked,) = await telegram.answers(1)
    assert "Mesleğiniz nedir" in asked["text"]
    telegram.write("kaynakçı", language="tr")
    answers = await telegram.answers(2)
    assert "kaynakçı" in answers[1]["text"].casefold()
    telegram.press("p:recognition:pflicht:next", language="tr")
    answers = await telegram.answers(3)
    assert "Atla" in labels(answers[2])


async def test_what_a_person_said_is_forgotten_at_once(telegram: Emulator, desk: Desk) -> None:
    telegram.write("Darf ich mit Duldung arbeiten?")
    sent = len(await telegram.answers(1))
    telegram.press("e:krankenversicherung")
    sent = len(await telegram.answers(sent + 1))
    assert any("Für: Duldung" in answer["text"] for answer in telegram.sent)
    telegram.write("/forget")
    sent = len(await telegram.answers(sent + 1))
    telegram.press("e:krankenversicherung")
    answers = await telegram.answers(sent + 1)
    assert not any("Für: Duldung" in answer["text"] for answer in answers[sent:])


async def test_buttons_go_on_in_the_language_written(telegram: Emulator) -> None:
    telegram.write("بدي اعرف كيف اعادل شهادة التمريض", language="de")
    sent = len(await telegram.answers(1))
    telegram.press("p:recognition", language="de")
    answers = await telegram.answers(sent + 1)
    assert any("؀" <= letter <= "ۿ" for letter in answers[-1]["text"])


async def test_old_buttons_renew_the_menu(telegram: Emulator) -> None:
    telegram.press("x:gone")
    (answer,) = await telegram.answers(1)
    assert "Dieser Knopf" in answer["text"] or "button is old" in answer["text"]
    assert labels(answer)


async def test_deep_links_open_an_entry(telegram: Emulator) -> None:
    telegram.write("/start e-jobcenter-leipzig")
    (answer, *_) = await telegram.answers(1)
    assert "Jobcenter Leipzig" in answer["text"]


async def test_a_photo_gets_a_friendly_reaction(telegram: Emulator) -> None:
    photo = [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]
    telegram.write("", photo=photo)
    (answer,) = await telegram.answers(1)
    assert answer["text"]


@pytest.mark.parametrize(
    "fault", ["sendMessage:500", "sendMessage:502", "sendMessage:429", "sendMessage:drop"]
)
async def test_a_failed_send_is_repeated(telegram: Emulator, fault: str) -> None:
    telegram.faults.append(fault)
    telegram.write("Jobcenter")
    assert await telegram.answers(1)


@pytest.mark.parametrize("fault", ["getUpdates:500", "getUpdates:502", "getUpdates:drop"])
async def test_a_failed_poll_is_repeated(telegram: Emulator, fault: str) -> None:
    telegram.faults.extend([fault] * 3)
    telegram.write("Jobcenter")
    assert await telegram.answers(1, seconds=30)


async def test_a_blocked_bot_goes_on_with_others(telegram: Emulator) -> None:
    telegram.blocked.add(13)
    telegram.write("Jobcenter", chat=13)
    telegram.write("Jobcenter", chat=14)
    (answer, *_) = await telegram.answers(1)
    assert answer["chat"] == 14


async def test_updates_are_answered_in_order_and_then_confirmed(telegram: Emulator) -> None:
    for name in ("caritas", "Jobcenter Leipzig", "IHK FOSA"):
        last = telegram.write(name)
    await telegram.answers(3)
    async with asyncio.timeout(20):
        while telegram.confirmed < last:
            await asyncio.sleep(0.05)
    assert telegram.confirmed == last


async def test_what_is_unanswered_at_a_crash_comes_again(desk: Desk, settings: Settings) -> None:
    emulator = Emulator()
    async with TestServer(emulator.app()) as server:
        own = against(server, settings)
        emulator.faults.extend(["sendMessage:500"] * 30)
        emulator.write("Jobcenter")
        async with run_telegram(desk, own):
            while "sendMessage" not in emulator.calls:
                await asyncio.sleep(0.01)
        assert not emulator.sent
        emulator.faults.clear()
        async with run_telegram(desk, own):
            assert await emulator.answers(1)


async def test_forget_deletes_what_is_kept(telegram: Emulator, desk: Desk) -> None:
    telegram.press("lang:tr")
    await telegram.answers(1)
    key = desk.store.key("telegram", "7")
    assert (await desk.store.load_conversation(key)).language == "tr"
    telegram.write("/forget")
    await telegram.answers(2)
    assert (await desk.store.load_conversation(key)).language is None


async def test_neither_words_nor_tokens_reach_the_log(
    telegram: Emulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    prepare_logging("info")
    try:
        telegram.write("Marker-Words Jobcenter")
        await telegram.answers(1)
    finally:
        logging.getLogger().handlers.clear()
    shown = caplog.text + "".join(capfd.readouterr())
    assert "Marker-" not in shown
    assert TOKEN not in shown


@hypothesis.settings(max_examples=STRINGS, deadline=None)
@given(st.lists(st.text(max_size=3000), min_size=1, max_size=6), st.text(max_size=80))
def test_any_reply_is_valid_telegram_html(texts: list[str], label: str) -> None:
    blocks = tuple(Paragraph(Text("de", text), "detail") for text in texts)
    reply = Reply("de", "ltr", "answer", None, (), blocks, (Choice("e:x", Text("de", label)),))
    for message in render_telegram(reply):
        problem, shown = check_html(message.html)
        assert not problem
        assert 0 < len(shown.encode("utf-16-le")) // 2 <= LIMIT


def test_long_answers_are_cut_between_lines() -> None:
    parts = pack(["<b>title</b>\n" + "\n".join(f"<i>line {n}</i>" for n in range(1000))])
    assert len(parts) > 1
    shown = [check_html(part) for part in parts]
    assert all(len(text) <= MESSAGE_LIMIT and not problem for problem, text in shown)


async def test_a_follow_up_belongs_to_the_last_answer(telegram: Emulator) -> None:
    telegram.write("Wie lasse ich mein Pflege-Diplom anerkennen?")
    before = len(await telegram.answers(1))
    telegram.write("Was kostet das?")
    answers = await telegram.answers(before + 1)
    assert "650" in answers[-1]["text"]
    assert "IBAS" not in answers[-1]["text"]


async def test_below_an_answer_stand_its_tools(telegram: Emulator) -> None:
    telegram.press("e:pflegefachkraft")
    (*_, answer) = await telegram.answers(1)
    rows = answer["keyboard"]["inline_keyboard"]
    pressed = [button.get("callback_data") for row in rows for button in row]
    assert {"card:pflegefachkraft", "share:pflegefachkraft"} <= set(pressed)


async def test_a_card_is_shown_in_large_german(telegram: Emulator) -> None:
    telegram.press("card:pflegefachkraft", language="tr")
    (answer,) = await telegram.answers(1)
    assert "Ich möchte meinen Abschluss als Pflegefachkraft anerkennen lassen." in answer["text"]
    assert "Ich spreche Türkisch" in answer["text"]


async def test_a_wish_for_a_language_stays(telegram: Emulator) -> None:
    telegram.press("e:jobcenter-leipzig", language="de")
    before = len(await telegram.answers(1))
    telegram.write("на украинском пожалуйста", language="de")
    before = len(await telegram.answers(before + 1))
    telegram.write("B1", language="de")
    answers = await telegram.answers(before + 1)
    assert sum("а" <= letter <= "я" for letter in answers[-1]["text"]) > 20
