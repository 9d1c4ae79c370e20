"""How the bot behaves towards people: commands, edits, groups, inline mode, files, what is no text."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import icalendar
import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from assistant.answers.guide import guide_of
from assistant.answers.reply import Contact, Items, Paragraph, Reply
from assistant.app import load_content
from assistant.channels.desk import Desk
from assistant.channels.telegram.haste import MOST, Haste
from assistant.channels.telegram.positions import KEPT_SECONDS, Positions
from assistant.channels.telegram.running import run_telegram
from assistant.channels.telegram.setup import profiles, run_check, run_setup, skipped
from assistant.channels.telegram.waiting import typing_when_slow
from assistant.dialogue.state import Conversation, Message
from assistant.errors import LotseError
from assistant.knowledge.model import Coordinates, Entry, Event, Organization
from assistant.language.translations import Text
from assistant.pipeline import Assistant
from assistant.rendering.bidi import isolate_runs
from assistant.rendering.splitting import ENTITY_LIMIT, pack
from assistant.rendering.telegram import is_continued, render_telegram
from assistant.settings import Settings
from assistant.storage.store import OptIn
from tests.conftest import NOON
from tests.telegram.chat_page import chat_page, of_bot
from tests.telegram.emulator import TOKEN, check_html
from tests.telegram.methods import GROUP, TelegramServer

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FAIR = "integrationsmesse-leipzig"
NURSE = "pflegefachkraft"


@pytest.fixture
async def telegram(desk: Desk, settings: Settings) -> AsyncIterator[TelegramServer]:
    """A Bot API with the bot running against it."""
    server = TelegramServer()
    async with TestServer(server.app()) as http:
        api = f"{http.make_url('/bot')}"
        own = replace(settings, telegram_token=TOKEN, telegram_api=api, telegram_limits=False)
        async with run_telegram(desk, own):
            yield server


def labels(message: dict[str, Any]) -> list[str]:
    return [b["text"] for row in message["keyboard"].get("inline_keyboard", []) for b in row]


def pressed(message: dict[str, Any]) -> list[str]:
    """What the buttons of a message send back."""
    rows = message["keyboard"].get("inline_keyboard", [])
    return [b["callback_data"] for row in rows for b in row if "callback_data" in b]


def links(message: dict[str, Any]) -> list[str]:
    return [b["url"] for row in message["keyboard"].get("inline_keyboard", []) for b in row if "url" in b]


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


async def silence(telegram: TelegramServer) -> None:
    """Wait until everything that was pushed is answered: it is confirmed, and the bot says no more."""
    last = telegram._next
    await until(lambda: telegram.confirmed >= last)
    await telegram.quiet()


def with_entry(desk: Desk, entry: Entry) -> None:
    """Let the desk answer from a knowledge base in which one entry is different."""
    assistant: Assistant = desk.assistant
    knowledge = assistant.knowledge.model_copy(
        update={"entries": {**assistant.knowledge.entries, entry.id: entry}}
    )
    composer = replace(assistant.composer, knowledge=knowledge)
    own = replace(assistant, knowledge=knowledge, composer=composer)
    vars(own).update(guide=guide_of(composer))
    desk.assistant = own


def fair_with_date(desk: Desk) -> Event:
    fair = desk.assistant.knowledge.entries[FAIR]
    assert isinstance(fair, Event)
    start = NOON.replace(month=12, day=5, hour=10)
    return fair.model_copy(update={"starts_at": start, "ends_at": start.replace(hour=16)})


def office_with_place(desk: Desk, entry: str = "jobcenter-leipzig") -> Organization:
    office = desk.assistant.knowledge.organization(entry)
    assert office is not None
    place = Coordinates(latitude=51.3571, longitude=12.3833)
    return office.model_copy(
        update={"locations": (office.locations[0].model_copy(update={"coordinates": place}),)}
    )


# --- commands and links ------------------------------------------------------------------------------------


async def test_a_link_on_a_poster_opens_an_entry_in_its_language(
    telegram: TelegramServer, desk: Desk
) -> None:
    telegram.write(f"/start ev-{FAIR}-uk", language="de")
    (answer,) = await telegram.answers(1)
    fair = desk.assistant.knowledge.entries[FAIR]
    assert desk.assistant.composer.title("uk", fair).value in answer["text"]


@pytest.mark.parametrize("payload", ["e-gone", "ev-gone-ar", "x", "e-", "-", "p-gone", "e-e-e"])
async def test_an_unknown_link_begins_as_usual(telegram: TelegramServer, payload: str) -> None:
    telegram.write(f"/start {payload}", language="tr")
    (answer,) = await telegram.answers(1)
    assert "lang:tr" in pressed(answer)


@pytest.mark.parametrize("command", ["/contacts", "/courses", "/recognition", "/courses@lotse_bot"])
async def test_commands_begin_the_paths(telegram: TelegramServer, command: str) -> None:
    telegram.write(command)
    (answer,) = await telegram.answers(1)
    assert any(data.startswith("p:") and data.count(":") == 3 for data in pressed(answer))


async def test_no_event_has_a_date(telegram: TelegramServer) -> None:
    telegram.write("/events")
    (answer,) = await telegram.answers(1)
    assert pressed(answer) == [f"e:{FAIR}", "stay:events"]


async def test_the_next_events_are_named_with_their_date(telegram: TelegramServer, desk: Desk) -> None:
    with_entry(desk, fair_with_date(desk))
    telegram.write("/events", language="de")
    (answer,) = await telegram.answers(1)
    assert labels(answer)[0].startswith("5. Dezember 2026")


async def test_german_shows_the_last_answer_in_german(telegram: TelegramServer, desk: Desk) -> None:
    telegram.write("/german", language="tr")
    await telegram.answers(1)
    telegram.press(f"e:{NURSE}", language="tr")
    await telegram.answers(2)
    telegram.write("/german", language="tr")
    *_, german = await telegram.answers(3)
    assert desk.assistant.knowledge.entries[NURSE].title in german["text"]


async def test_help_and_privacy_speak_the_language_of_the_person(telegram: TelegramServer) -> None:
    telegram.write("/help", language="uk")
    (answer,) = await telegram.answers(1)
    assert sum("а" <= letter <= "я" for letter in answer["text"]) > 50
    telegram.write("/privacy", language="uk")
    *_, privacy = await telegram.answers(2)
    assert pressed(privacy) == ["forget"]


# --- buttons -----------------------------------------------------------------------------------------------


async def test_who_walks_a_path_stays_in_one_message(telegram: TelegramServer) -> None:
    telegram.write("/courses")
    (station,) = await telegram.answers(1)
    asked = station["text"]
    telegram.tap(station, "p:german-course:aufenthalt:skip")
    await until(lambda: telegram.edits)
    assert len(telegram.sent) == 1
    assert station["text"] != asked
    assert "p:german-course:niveau:A1" in pressed(station)


async def test_a_facet_changes_the_answer_in_its_place(telegram: TelegramServer) -> None:
    telegram.press("e:krankenversicherung")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "f:status:duldung")
    await until(lambda: telegram.edits)
    assert len(telegram.sent) == 1
    assert "Duldung" in answer["text"].split("\n")[0]


async def test_a_button_pressed_twice_is_no_mistake(telegram: TelegramServer) -> None:
    telegram.write("/courses")
    (station,) = await telegram.answers(1)
    shown = dict(station)
    for _ in range(2):
        telegram.tap(shown, "p:german-course:aufenthalt:skip")
    await silence(telegram)
    assert len(telegram.edits) == 1
    assert len(telegram.sent) == 1


async def test_what_can_no_longer_be_edited_is_sent_anew(telegram: TelegramServer) -> None:
    telegram.write("/courses")
    (station,) = await telegram.answers(1)
    telegram.tap({**station, "id": 1}, "p:german-course:aufenthalt:skip")
    assert len(await telegram.answers(2)) == 2


async def test_a_button_below_a_message_too_old_to_show_still_works(telegram: TelegramServer) -> None:
    chat = {"id": 7, "type": "private", "first_name": "Marker"}
    query = {
        "id": "1", "from": telegram._person(7, "de"), "chat_instance": "1",
        "data": "p:german-course:aufenthalt:skip", "message": {"message_id": 1, "date": 0, "chat": chat},
    }  # fmt: skip
    telegram._push({"callback_query": query})
    (station,) = await telegram.answers(1)
    assert "p:german-course:niveau:A1" in pressed(station)


async def test_a_path_does_not_overwrite_an_answer(telegram: TelegramServer) -> None:
    telegram.press("e:anerkennung-grundlagen")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "p:recognition")
    assert len(await telegram.answers(2)) == 2
    assert not telegram.edits


async def test_telegram_hears_of_a_press_before_the_answer(telegram: TelegramServer) -> None:
    telegram.press(f"e:{NURSE}")
    await telegram.answers(1)
    wanted = [name for name in telegram.calls if name in ("answerCallbackQuery", "sendMessage")]
    assert wanted[0] == "answerCallbackQuery"


async def test_a_phone_comes_as_a_contact(telegram: TelegramServer) -> None:
    telegram.press("e:jobcenter-leipzig")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "call:jobcenter-leipzig")
    contact = (await telegram.answers(2))[1]
    assert contact["method"] == "sendContact"
    assert contact["data"]["phone_number"] == "+4934191310705"


async def test_a_place_comes_with_a_map(telegram: TelegramServer, desk: Desk) -> None:
    with_entry(desk, office_with_place(desk))
    telegram.press("e:jobcenter-leipzig")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "map:jobcenter-leipzig")
    venue = (await telegram.answers(2))[1]
    assert venue["method"] == "sendVenue"
    assert float(venue["data"]["latitude"]) == 51.3571


async def test_a_date_comes_as_a_calendar_file(telegram: TelegramServer, desk: Desk) -> None:
    with_entry(desk, fair_with_date(desk))
    telegram.press(f"e:{FAIR}", language="uk")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, f"ics:{FAIR}", language="uk")
    await telegram.answers(2)
    (date,) = icalendar.Calendar.from_ical(telegram.files[f"{FAIR}.ics"]).walk("VEVENT")
    assert date.decoded("dtstart").day == 5


async def test_feedback_is_counted_once_and_the_question_goes(telegram: TelegramServer, desk: Desk) -> None:
    telegram.press(f"e:{NURSE}", language="tr")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, f"ok:{NURSE}:yes", language="tr")
    await until(lambda: telegram.edits)
    await desk.flush()
    assert await desk.store.load_feedback(1) == [(NURSE, "tr", "helpful", 1)]
    assert not any(data.startswith("ok:") for data in pressed(answer))
    assert f"share:{NURSE}" in pressed(answer)
    assert telegram.toasts[-1]


async def test_an_answer_is_shared_as_a_link_to_the_bot(telegram: TelegramServer) -> None:
    telegram.press(f"e:{NURSE}")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, f"share:{NURSE}")
    *_, shared = await telegram.answers(2)
    assert any(f"start%3De-{NURSE}" in link for link in links(shared))
    assert "/q/" not in shared["text"]


async def test_who_wants_to_be_told_says_so_twice_and_can_stop(telegram: TelegramServer, desk: Desk) -> None:
    telegram.write("/events", language="tr")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "stay:events", language="tr")
    *_, asked = await telegram.answers(2)
    assert not await desk.store.opt_ins("events")
    telegram.tap(asked, "stay:events:yes", language="tr")
    *_, agreed = await telegram.answers(3)
    assert await desk.store.opt_ins("events") == (OptIn(desk.store.key("telegram", "7"), "7", "tr"),)
    telegram.tap(agreed, "stop:events", language="tr")
    await telegram.answers(4)
    assert not await desk.store.opt_ins("events")


# --- what is no text ---------------------------------------------------------------------------------------

FILE = {"file_id": "1", "file_unique_id": "1"}
SIZE = {"width": 1, "height": 1}
KINDS: dict[str, Any] = {
    "voice": {**FILE, "duration": 3},
    "audio": {**FILE, "duration": 3},
    "video_note": {**FILE, "duration": 3, "length": 1},
    "video": {**FILE, **SIZE, "duration": 3},
    "photo": [{**FILE, **SIZE}],
    "document": {**FILE},
    "sticker": {**FILE, **SIZE, "type": "regular", "is_animated": False, "is_video": False},
    "dice": {"emoji": "🎲", "value": 3},
    "poll": {
        "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
        "allows_revoting": False, "members_only": False,
    },
    "contact": {"phone_number": "+49000", "first_name": "Marker"},
    "hologram": {"what": "something Telegram learns next year"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_is_sent_gets_a_short_answer(telegram: TelegramServer, kind: str) -> None:
    telegram.write("", **{kind: KINDS[kind]})
    (answer,) = await telegram.answers(1)
    assert 10 < len(answer["text"]) < 250


async def test_words_below_a_photo_are_read(telegram: TelegramServer) -> None:
    telegram.write("", photo=KINDS["photo"], caption="Jobcenter Leipzig")
    await telegram.answers(1)
    await silence(telegram)
    assert any("Jobcenter Leipzig" in message["text"] for message in telegram.sent)


async def test_an_album_gets_one_reaction(telegram: TelegramServer) -> None:
    for _ in range(4):
        telegram.write("", photo=KINDS["photo"], media_group_id="9")
    await silence(telegram)
    assert len(telegram.sent) == 1


async def test_an_edited_question_is_answered_anew(telegram: TelegramServer) -> None:
    telegram.write("Caritas")
    before = len(await telegram.answers(1))
    telegram.edit("Jobcenter Leipzig")
    answers = await telegram.answers(before + 1)
    assert "Jobcenter Leipzig" in answers[-1]["text"]
    assert answers[before]["html"].startswith("<i>")


async def test_a_moving_location_is_no_question(telegram: TelegramServer) -> None:
    telegram._push(
        {
            "edited_message": {
                **telegram._message(7, "de"),
                "edit_date": 1,
                "location": {"latitude": 51.3, "longitude": 12.3},
            }
        }
    )
    await silence(telegram)
    assert not telegram.sent


async def test_a_forwarded_message_is_read_as_a_question(telegram: TelegramServer) -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Marker"}
    telegram.write("Jobcenter Leipzig", forward_origin=origin)
    (answer, *_) = await telegram.answers(1)
    assert answer["html"].startswith("<i>")
    assert "Jobcenter Leipzig" in answer["text"]


async def test_service_messages_are_left_alone(telegram: TelegramServer) -> None:
    telegram.write("", pinned_message=telegram._message(7, "de") | {"text": "Jobcenter"})
    telegram.write("", new_chat_title="Marker")
    await silence(telegram)
    assert not telegram.sent


async def test_who_writes_very_fast_is_told_once_and_answered(telegram: TelegramServer) -> None:
    for _ in range(MOST + 4):
        telegram.write("Jobcenter Leipzig")
    await silence(telegram)
    office = [m for m in telegram.sent if "Jobcenter" in m["text"]]
    assert len(office) == MOST + 4
    assert len(telegram.sent) == len(office) + 1


def test_the_pace_is_judged_by_when_messages_were_sent() -> None:
    haste = Haste()
    assert not any(haste.is_too_fast("a", 5.0 * second) for second in range(30))
    assert [haste.is_too_fast("b", 1.0) for _ in range(MOST + 3)].count(True) == 1


async def test_typing_is_shown_only_while_an_answer_is_slow() -> None:
    shown: list[str] = []

    class Bot:
        async def send_chat_action(self, chat: int, action: str) -> None:
            shown.append(action)

    async with typing_when_slow(Bot(), 7, patience=0.01):  # type: ignore[arg-type]
        pass
    await asyncio.sleep(0.03)
    assert not shown
    async with typing_when_slow(Bot(), 7, patience=0.01):  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
    assert shown == ["typing"]


# --- location ----------------------------------------------------------------------------------------------


async def test_a_location_sorts_by_distance_and_is_not_kept(telegram: TelegramServer, desk: Desk) -> None:
    with_entry(desk, office_with_place(desk))
    telegram.press("e:jobcenter-leipzig")
    (answer,) = await telegram.answers(1)
    telegram.tap(answer, "near")
    asked = (await telegram.answers(2))[1]
    assert asked["keyboard"]["keyboard"][0][0]["request_location"] is True
    telegram.write("", location={"latitude": 51.34, "longitude": 12.37})
    *_, lead, card, venue = await telegram.answers(5)
    assert lead["keyboard"] == {"remove_keyboard": True}
    assert "2" in card["text"] and "km" in card["text"]
    assert venue["method"] == "sendVenue"
    kept = await desk.store.load_conversation(desk.store.key("telegram", "7"))
    assert "51.34" not in repr(kept)


def test_a_position_is_given_out_once_and_soon_forgotten() -> None:
    now = [0.0]
    positions = Positions(lambda: now[0])
    here = Coordinates(latitude=51.34, longitude=12.37)
    positions.keep("a", here)
    positions.keep("b", here)
    assert (positions.take("a"), positions.take("a")) == (here, None)
    now[0] = KEPT_SECONDS + 1
    assert positions.take("b") is None


async def test_a_location_without_a_question_asks_for_one(telegram: TelegramServer, desk: Desk) -> None:
    with_entry(desk, office_with_place(desk))
    telegram.write("", location={"latitude": 51.34, "longitude": 12.37})
    await telegram.answers(1)
    telegram.write("Jobcenter Leipzig")
    telegram.write("Jobcenter Leipzig")
    _, first, second = await telegram.answers(3)
    assert " km" in first["text"].replace("\u00a0", " ")
    assert " km" not in second["text"].replace("\u00a0", " ")


async def test_no_address_with_a_known_place_is_said_honestly(telegram: TelegramServer) -> None:
    telegram.press("e:jobcenter-leipzig")
    telegram.write("", location={"latitude": 51.34, "longitude": 12.37})
    answers = await telegram.answers(3)
    assert answers[1]["keyboard"] == {"remove_keyboard": True}
    assert "Jobcenter" in answers[2]["text"]


# --- groups and inline -------------------------------------------------------------------------------------


async def test_in_groups_only_mentions_and_commands_are_heard(telegram: TelegramServer) -> None:
    telegram.write_in_group("Jobcenter Leipzig")
    telegram.write_in_group("@other_bot Jobcenter Leipzig")
    telegram.write_in_group("/unknown")
    telegram.write_in_group("/courses@other_bot")
    telegram.write_in_group("", photo=KINDS["photo"])
    await silence(telegram)
    assert not telegram.sent
    telegram.write_in_group("@lotse_bot Jobcenter Leipzig")
    (answer,) = await telegram.answers(1)
    assert "Jobcenter Leipzig" in answer["text"]
    assert answer["data"]["reply_parameters"]["allow_sending_without_reply"] is True


async def test_in_groups_nothing_personal_is_asked_or_kept(telegram: TelegramServer, desk: Desk) -> None:
    telegram.write_in_group("@lotse_bot Ich habe eine Duldung, wie bin ich krankenversichert?")
    await telegram.answers(1)
    await silence(telegram)
    assert not any(pressed(message) for message in telegram.sent)
    assert any("start=" in link for link in links(telegram.sent[-1]))
    assert await desk.store.load_conversation(desk.store.key("telegram", str(GROUP))) == Conversation()
    telegram.write_in_group("/courses@lotse_bot")
    *_, alone = await telegram.answers(len(telegram.sent) + 1)
    assert links(alone) == ["https://t.me/lotse_bot?start=p-german-course"]


async def test_in_groups_a_danger_still_gets_its_numbers(telegram: TelegramServer) -> None:
    telegram.write_in_group("@lotse_bot mein Mann schlägt mich")
    (answer, *_) = await telegram.answers(1)
    assert "110" in answer["text"]


async def test_a_new_group_is_told_how_to_ask(telegram: TelegramServer) -> None:
    telegram.change_member("left", "member", chat=GROUP, kind="supergroup")
    (answer,) = await telegram.answers(1)
    assert links(answer) == ["https://t.me/lotse_bot?start=group"]


async def test_a_chat_that_blocks_the_bot_is_forgotten(telegram: TelegramServer, desk: Desk) -> None:
    telegram.press("lang:tr")
    await telegram.answers(1)
    key = desk.store.key("telegram", "7")
    assert (await desk.store.load_conversation(key)).language == "tr"
    telegram.change_member("member", "kicked")
    await silence(telegram)
    assert (await desk.store.load_conversation(key)).language is None


async def test_posts_of_channels_are_not_answered(telegram: TelegramServer) -> None:
    channel = {"id": -100999, "type": "channel", "title": "News"}
    telegram._push({"channel_post": {"message_id": 1, "date": 1, "chat": channel, "text": "Jobcenter"}})
    telegram.write("Jobcenter")
    await telegram.answers(1)
    assert {message["chat"] for message in telegram.sent} == {7}


async def test_helpers_paste_answers_in_other_chats(telegram: TelegramServer, desk: Desk) -> None:
    telegram.ask_inline("b1 kurs", language="tr")
    await until(lambda: telegram.found)
    (found,) = telegram.found
    first = found["results"][0]
    content = first["input_message_content"]
    assert 1 <= len(found["results"]) <= 5
    assert "<b>" in content["message_text"]
    assert first["reply_markup"]["inline_keyboard"][0][0]["url"].startswith("https://t.me/lotse_bot?start=e-")
    assert str(found["is_personal"]).lower() == "true"
    assert not desk._unanswered


async def test_an_empty_inline_query_offers_the_topics(telegram: TelegramServer, desk: Desk) -> None:
    telegram.ask_inline("", language="uk")
    await until(lambda: telegram.found)
    topics = list(desk.assistant.knowledge.base.topics)[:5]
    assert [result["id"] for result in telegram.found[0]["results"]] == topics


async def test_an_inline_query_without_an_answer_offers_the_bot(telegram: TelegramServer) -> None:
    telegram.ask_inline("qwrtz pflmpf")
    await until(lambda: telegram.found)
    assert telegram.found[0]["results"] == []
    assert telegram.found[0]["button"]["start_parameter"] == "inline"


# --- setup -------------------------------------------------------------------------------------------------


async def test_setup_sets_every_language_once(settings: Settings) -> None:
    knowledge, translations = load_content(settings)
    server, done = TelegramServer(), []
    async with TestServer(server.app()) as http:
        own = replace(settings, telegram_token=TOKEN, telegram_api=f"{http.make_url('/bot')}")
        wanted = profiles(knowledge, translations)
        first = await run_setup(own, wanted, lambda: done.append(1))
        again = await run_setup(own, wanted, lambda: None)
        assert (await run_check(own)).username == "lotse_bot"
    assert len(done) == len(wanted)
    assert set(server.profile["Commands"]) == {"", *(t for t in knowledge.languages if len(t) == 2)}
    names = [command["command"] for command in server.profile["Commands"][""]["commands"]]
    assert {"start", "contacts", "courses", "recognition", "forget"} <= set(names)
    assert all(changed for changed in first.values())
    assert not any(again.values())
    assert skipped(knowledge) == ["de-simple"]


async def test_setup_without_a_token_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(LotseError, match="BotFather"):
        await run_check(replace(settings, telegram_token=""))


async def test_setup_without_a_network_says_so(settings: Settings) -> None:
    own = replace(settings, telegram_token=TOKEN, telegram_api="http://127.0.0.1:9/bot")
    with pytest.raises(LotseError, match="cannot be reached"):
        await run_check(own)


# --- rendering ---------------------------------------------------------------------------------------------


def reply_with(*blocks: Any, language: str = "de") -> Reply:
    return Reply(language, "rtl" if language == "ar" else "ltr", "answer", None, (), blocks, ())


def test_a_message_never_has_more_formats_than_telegram_shows() -> None:
    parts = pack(["\n".join(f"<i>{n}</i>" for n in range(350))])
    assert [part.count("<i>") for part in parts] == [ENTITY_LIMIT] * 3 + [50]


def test_a_long_word_is_cut_without_breaking_tags_or_letters() -> None:
    parts = pack(["<b>" + "👍&amp;" * 2000 + "</b>"])
    shown = [check_html(part) for part in parts]
    assert all(not problem and len(text.encode("utf-16-le")) // 2 <= 4096 for problem, text in shown)
    assert "".join(text for _, text in shown) == "👍&" * 2000


def test_the_rest_of_a_long_answer_says_that_it_goes_on() -> None:
    long = Paragraph(Text("de", "Wort " * 1500), "detail")
    first, *rest = render_telegram(reply_with(long))
    assert rest and not is_continued(first.html)
    assert all(is_continued(check_html(part.html)[1]) for part in rest)


@pytest.mark.parametrize("language", ["de", "ar", "ps", "vi"])
def test_every_answer_keeps_the_limits_of_telegram(assistant: Assistant, language: str) -> None:
    for entry in assistant.knowledge.public_entries():
        reply = assistant.respond(Message(choice=f"e:{entry.id}", language=language)).reply
        messages = render_telegram(reply)
        shown = [check_html(message.html) for message in messages]
        assert all(not problem and len(text.encode("utf-16-le")) // 2 <= 4096 for problem, text in shown)
        assert all(len(re.findall(r"<(?!/)", message.html)) <= ENTITY_LIMIT for message in messages)
        buttons = [b for row in messages[-1].buttons for b in row]
        assert {c.id for c in (*reply.choices, *reply.tools)} == {b.data for b in buttons}, entry.id
        opened = sum(message.html.count("\u2066") for message in messages)
        assert opened == sum(message.html.count("\u2069") for message in messages), entry.id


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("اتصل بـ Jobcenter Leipzig", "اتصل بـ [Jobcenter Leipzig]"),
        ("(Erlaubnis, den Beruf zu führen) نص", "([Erlaubnis, den Beruf zu führen]) نص"),
        ("الرقم +49 341 123-456.", "الرقم [+49 341 123-456]."),
        ("حسب § 24 AufenthG", "حسب [§ 24 AufenthG]"),
        ("اكتب /language", "اكتب [/language]"),
        ("\u2066+49 341\u2069 هاتف", "[+49 341] هاتف"),
    ],
)
def test_latin_runs_in_arabic_text_keep_their_order(text: str, isolated: str) -> None:
    shown = isolate_runs(text)
    assert shown.replace("\u2066", "[").replace("\u2069", "]") == isolated
    assert isolate_runs(shown) == shown


async def test_numbers_and_german_words_stand_in_order_in_arabic() -> None:
    """Looked at as a phone lays it out: the letters of each run go from left to right."""
    contact = Contact("x", Text("de", "Jobcenter Leipzig"), Text("ar", "استشارة مجانية في Leipzig, Sachsen"))
    steps = Items(
        "steps", Text("ar", "الخطوات"), (Text("ar", "اتصلوا على +49 341 123-456"), Text("de", "Antrag."))
    )
    (message,) = render_telegram(reply_with(contact, steps, language="ar"))
    page = chat_page([of_bot({"html": message.html, "text": "", "keyboard": {}})])
    chromium = shutil.which("chromium")
    assert chromium, "run scripts/install-browser"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        tab = await browser.new_page(viewport={"width": 420, "height": 400})
        await tab.set_content(page)
        ARTEFACTS.mkdir(exist_ok=True)
        await tab.screenshot(path=ARTEFACTS / "telegram-rtl.png")
        places = {run: await tab.evaluate(_PLACES, run) for run in ("+49 341 123-456", "Jobcenter Leipzig")}
        number = (await tab.evaluate(_PLACES, "1."))[0]
        first_word = (await tab.evaluate(_PLACES, "اتصلوا"))[0]
        await browser.close()
    for run, found in places.items():
        assert len(found) == len(run)
        assert found == sorted(found), run
    assert number > first_word, "the number of a step stands at the right of its text"


_PLACES = """wanted => {
  const walker = document.createTreeWalker(document.querySelector('.message'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const start = node.data.indexOf(wanted);
    if (start < 0) continue;
    return [...wanted].map((_, i) => {
      const range = document.createRange();
      range.setStart(node, start + i); range.setEnd(node, start + i + 1);
      return range.getBoundingClientRect().x;
    });
  }
  return [];
}"""
"""Where each letter of a text stands, from left."""
