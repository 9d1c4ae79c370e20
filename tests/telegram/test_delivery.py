"""Nothing a person writes to the bot is lost, and nothing is answered twice."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from telegram.ext import ApplicationHandlerStop
from typer.testing import CliRunner

from assistant.app import build_assistant
from assistant.channels.desk import Desk, run_desk
from assistant.channels.telegram.calls import Call, collect
from assistant.channels.telegram.client import RefusedError
from assistant.channels.telegram.inbox import chat_of
from assistant.channels.telegram.outbox import from_bytes, substitute, to_bytes
from assistant.channels.telegram.pacing import Limits, Pace
from assistant.channels.telegram.polling import backoff
from assistant.channels.telegram.running import Telegram, run_telegram
from assistant.channels.web.server import build_app
from assistant.cli import app
from assistant.errors import SettingsError
from assistant.pipeline import Assistant
from assistant.serving import prepare_logging
from assistant.settings import Settings
from assistant.storage.leases import LEASE_SECONDS, Lease
from assistant.storage.store import run_store
from tests.conftest import SMALL
from tests.telegram.emulator import SECRET_HEADER, TOKEN, Emulator, Flood

SECRET = "for tests only"


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant with the small knowledge base and a clock that runs."""
    folder = tmp_path_factory.mktemp("little")
    zone = ZoneInfo("Europe/Berlin")
    settings = Settings(knowledge=SMALL, locales=folder, cache=None)
    return build_assistant(settings, lambda: dt.datetime.now(zone))


@dataclass
class House:
    """An emulator, and processes of Lotse that share a database; each `open` is one process."""

    emulator: Emulator
    server: TestServer
    assistant: Assistant
    file: Path

    @property
    def settings(self) -> Settings:
        api = f"{self.server.make_url('/bot')}"
        return Settings(telegram_token=TOKEN, telegram_api=api, telegram_limits=False, secret=SECRET)

    @asynccontextmanager
    async def open(self, url: str = "", **changed: object) -> AsyncIterator[tuple[Desk, Telegram]]:
        settings = replace(self.settings, **changed)  # type: ignore[arg-type]
        async with (
            run_store(url or f"sqlite+aiosqlite:///{self.file}", SECRET, self.assistant.now) as store,
            run_desk(self.assistant, store) as desk,
            run_telegram(desk, settings) as telegram,
        ):
            yield desk, telegram

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.file) as connection:
            return connection.execute(query).fetchall()

    async def rest(self) -> None:
        """Wait until nothing waits to be handled or sent: what has not been sent now never will be."""
        waiting = (
            "select (select count(*) from inbox where state = 'waiting') + (select count(*) from outbox)"
        )
        await until(lambda: self.rows(waiting) == [(0,)])

    def answered(self) -> Counter[int]:
        """How many answers each chat got."""
        return Counter(message["chat"] for message in self.emulator.sent)


@pytest.fixture
async def house(little: Assistant, tmp_path: Path) -> AsyncIterator[House]:
    emulator = Emulator()
    async with TestServer(emulator.app()) as server:
        yield House(emulator, server, little, tmp_path / "lotse.sqlite")


async def until(fact: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.02)


# The inbox


async def test_an_update_is_stored_before_it_is_acknowledged(house: House) -> None:
    house.emulator.faults.extend(["sendMessage:500"] * 100)
    update = house.emulator.write("Diplom anerkennen", chat=7)
    async with house.open():
        await until(lambda: house.emulator.confirmed >= update)
        assert house.rows("select update_id from inbox") == [(update,)]
        assert not house.emulator.sent


async def test_words_and_chats_stand_sealed_in_the_tables(house: House) -> None:
    house.emulator.faults.extend(["sendMessage:500"] * 100)
    house.emulator.write("/help Marker-Words", chat=4711004711)
    async with house.open():
        await until(lambda: "sendMessage" in house.emulator.calls)
    assert house.rows("select count(*) from outbox") == [(1,)]
    raw = b"".join(path.read_bytes() for path in house.file.parent.glob("lotse.sqlite*"))
    assert b"Marker-" not in raw
    assert b"4711004711" not in raw


async def test_what_is_handled_leaves_only_that_it_came(house: House) -> None:
    house.emulator.write("Diplom anerkennen")
    async with house.open():
        await house.emulator.answers(1)
        await until(lambda: house.rows("select count(*) from outbox") == [(0,)])
    assert house.rows("select state, body, chat, error from inbox") == [("done", None, None, None)]


async def test_an_update_that_comes_three_times_is_answered_once(house: House) -> None:
    for number in range(30):
        house.emulator.write("Diplom anerkennen", chat=100 + number)
    updates = [dict(update) for update in house.emulator.updates]
    async with house.open() as (_, telegram):
        await asyncio.gather(*(telegram.inbox.take(updates) for _ in range(3)))
        await until(lambda: len(house.answered()) == 30)
        await house.rest()
    assert set(house.answered().values()) == {1}


async def test_two_processes_on_one_database_answer_once(house: House) -> None:
    for number in range(40):
        house.emulator.write("Diplom anerkennen", chat=100 + number)
    updates = [dict(update) for update in house.emulator.updates]
    async with house.open() as (_, one), house.open() as (_, two):
        await asyncio.gather(one.inbox.take(updates), two.inbox.take(updates), two.inbox.take(updates))
        await until(lambda: len(house.answered()) == 40)
        await house.rest()
        assert [one.status.is_leading, two.status.is_leading].count(True) == 1
    assert set(house.answered().values()) == {1}


async def test_when_the_leader_goes_another_process_takes_over(house: House) -> None:
    async with house.open() as (_, two):
        async with house.open() as (_, one):
            await until(lambda: one.status.is_leading or two.status.is_leading)
            first = two if two.status.is_leading else one
        house.emulator.write("Diplom anerkennen")
        await house.emulator.answers(1)
        assert first is two or two.status.is_leading


async def test_answers_of_a_chat_come_in_the_order_of_its_questions(house: House) -> None:
    expected = {}
    for chat in range(5):
        expected[chat + 100] = ["/privacy", "Diplom anerkennen", "/help", "/person", "/privacy"]
        for text in expected[chat + 100]:
            house.emulator.write(text, chat=chat + 100)
    house.emulator.spoil = 0.2
    async with house.open():
        await house.emulator.answers(25, seconds=40)
    texts = {
        chat: [message["text"][:40] for message in house.emulator.sent if message["chat"] == chat]
        for chat in expected
    }
    assert len(set(map(tuple, texts.values()))) == 1
    assert all(len(answers) == 5 and answers[0] == answers[4] for answers in texts.values())


@pytest.mark.parametrize(
    "broken",
    [
        {"message": "no message"},
        {"message": {"message_id": "x", "date": "yesterday", "chat": 5}},
        {"callback_query": {"id": 7}},
        {"message": {"message_id": 1, "date": 10**15, "chat": {"id": 5, "type": "private"}}},
    ],
)
async def test_a_malformed_update_is_set_aside_and_the_next_one_answered(
    house: House, broken: dict[str, object]
) -> None:
    bad = house.emulator._push(broken)
    house.emulator.write("Diplom anerkennen")
    async with house.open():
        await house.emulator.answers(1)
        await until(lambda: house.rows("select count(*) from inbox where state = 'waiting'") == [(0,)])
    ((state, body, error),) = house.rows(f"select state, body, error from inbox where update_id = {bad}")
    assert (state, body) == ("failed", None)
    assert error and "no message" not in str(error)


@pytest.mark.parametrize("unknown", [{}, {"message_reaction": {"chat": {"id": 1}}}, {"new_kind": 7}])
async def test_unknown_kinds_of_updates_stop_nothing(house: House, unknown: dict[str, object]) -> None:
    house.emulator._push(unknown)
    house.emulator.updates.append({"no": "id"})
    house.emulator.write("Diplom anerkennen")
    async with house.open():
        await house.emulator.answers(1)


async def test_half_an_emoji_stops_nothing(house: House) -> None:
    house.emulator.write("Diplom \ud83d anerkennen", chat=1)
    house.emulator._push({"message": {"number": 10**400, "chat": {"id": 2}}})
    house.emulator.write("/help", chat=3)
    async with house.open():
        await until(lambda: {1, 3} <= house.answered().keys())


@pytest.mark.parametrize("wanted", ["\ud83d", 10**400])
async def test_what_cannot_be_written_is_set_aside_and_the_others_count(
    house: House, monkeypatch: pytest.MonkeyPatch, wanted: object
) -> None:
    async with house.open() as (desk, telegram):
        await until(lambda: telegram.status.poll_age is not None)

        def answer(*_: object) -> None:
            collect(Call("sendMessage", {"chat_id": 1, "text": wanted}))
            raise ApplicationHandlerStop

        monkeypatch.setattr(desk, "answer", answer)
        house.emulator.write("Diplom anerkennen", chat=1)
        house.emulator.write("/help", chat=3)
        await until(lambda: 3 in house.answered())
        await until(lambda: house.rows("select count(*) from inbox where state = 'failed'") == [(1,)])


async def test_a_handler_that_fails_is_tried_again_then_the_person_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def fail(*_: object) -> None:
        tries.append(1)
        raise ValueError("Marker-Words")

    house.emulator.write("Diplom anerkennen")
    async with house.open() as (desk, _):
        monkeypatch.setattr(desk, "answer", fail)
        (message,) = await house.emulator.answers(1)
        assert "went wrong" in message["text"]
        await until(lambda: house.rows("select state, error from inbox") == [("failed", "ValueError")])
    assert len(tries) == 3


async def test_what_a_person_said_survives_a_restart(house: House) -> None:
    house.emulator.write("Diplom anerkennen")
    async with house.open():
        await house.emulator.answers(1)
    async with house.open() as (desk, _):
        kept = await desk.store.load_conversation(desk.store.key("telegram", "7"))
    assert kept.entry == "anerkennung"


# The outbox


async def test_of_many_faulty_sends_all_are_delivered(house: House) -> None:
    house.emulator.spoil = 0.2
    for number in range(100):
        house.emulator.write("Diplom anerkennen", chat=100 + number)
    async with house.open():
        await until(lambda: len(house.answered()) == 100, 60)
        await until(lambda: house.rows("select count(*) from outbox") == [(0,)])
    assert set(house.answered().values()) == {1}


async def test_who_blocked_the_bot_is_forgotten_and_the_others_are_served(house: House) -> None:
    house.emulator.press("lang:tr", chat=13)
    async with house.open() as (desk, _):
        await until(lambda: house.rows("select key from conversation where language = 'tr'"))
        await until(lambda: house.emulator.sent)
        key = desk.store.key("telegram", "13")
        await desk.store.add_opt_in(key, "13", "kurse", "tr")
        house.emulator.blocked.add(13)
        house.emulator.write("/help", chat=13)
        house.emulator.write("/help", chat=14)
        await until(lambda: 14 in house.answered())
        await until(lambda: not house.rows("select key from conversation where language is not null"))
    assert house.rows("select count(*) from opt_in") == [(0,)]
    assert house.rows("select count(*) from outbox") == [(0,)]
    assert house.emulator.calls.count("sendMessage") == len(house.emulator.sent) + 1


async def test_a_refused_call_is_dropped_and_the_next_one_sent(house: House) -> None:
    house.emulator.faults.append("sendMessage:400:Bad Request: can't parse entities")
    house.emulator.write("/help")
    house.emulator.write("/privacy")
    async with house.open() as (_, telegram):
        await house.emulator.answers(1)
        assert telegram.status.counts.dropped == 1


async def test_a_pause_that_telegram_wants_holds_for_all_chats(house: House) -> None:
    house.emulator.faults.append("sendMessage:429")
    house.emulator.write("/help", chat=1)
    house.emulator.write("/help", chat=2)
    async with house.open():
        await until(lambda: "sendMessage" in house.emulator.calls)
        begun = time.monotonic()
        messages = await house.emulator.answers(2)
    assert min(message["at"] for message in messages) - begun > 0.8


async def test_telegrams_limits_are_kept(house: House) -> None:
    house.emulator.flood = Flood()
    for number in range(40):
        house.emulator.write("/help", chat=100 + number % 20)
    async with house.open(telegram_limits=True):
        await until(lambda: len(house.emulator.sent) == 40, 30)
    assert house.emulator.flood.refusals == 0


async def test_a_message_that_cannot_be_edited_is_sent_anew(house: House) -> None:
    house.emulator.faults.append("editMessageText:400:Bad Request: message to edit not found")
    async with house.open() as (_, telegram):
        await until(lambda: telegram.status.is_leading)
        edit = Call("editMessageText", {"chat_id": 5, "message_id": 3, "text": "neu"})
        await telegram.sender.send_unstored([edit])
    assert [message["text"] for message in house.emulator.sent] == ["neu"]


def test_an_unchanged_text_is_no_mistake() -> None:
    edit = Call("editMessageText", {"chat_id": 5, "message_id": 3, "text": "neu"})
    assert substitute(edit, RefusedError(400, "Bad Request: message is not modified: ...")) is None


def test_a_group_that_moved_gets_its_message() -> None:
    call = Call("sendMessage", {"chat_id": -5, "text": "neu"})
    moved = substitute(call, RefusedError(400, "Bad Request: group chat was upgraded", -1005))
    assert moved is not None and moved.payload == {"chat_id": -1005, "text": "neu"}


def test_a_call_survives_the_store() -> None:
    call = Call("sendDocument", {"chat_id": 5, "document": {"name": "a.ics", "base64": "QQ=="}})
    assert from_bytes(to_bytes(call)) == call
    assert from_bytes(b"{}") is None and from_bytes(None) is None


def test_the_pace_follows_the_limits() -> None:
    pace = Pace(Limits(per_second=3, broadcasts_per_second=1))
    assert pace.wait(10.0, False) == 0
    for at in (10.0, 10.1, 10.2):
        pace.note(at, False)
    assert pace.wait(10.3, False) == pytest.approx(0.7)
    assert pace.wait(11.05, False) == 0
    pace.note(11.05, True)
    assert pace.wait(11.3, True) > 0 == pace.wait(11.3, False)
    pace.pause(12.0, 5)
    assert pace.wait(13.0, False) == 4
    assert pace.rest(-100) > pace.rest(100)


# Fetching


@pytest.mark.parametrize("fault", ["drop", "500", "502", "malformed", "nonsense", "409"])
async def test_fetching_recovers_from_every_failure(house: House, fault: str) -> None:
    house.emulator.faults.extend([f"getUpdates:{fault}"] * 3)
    house.emulator.write("/help")
    async with house.open():
        await house.emulator.answers(1)


def test_waits_between_failures_grow_to_half_a_minute() -> None:
    assert sum(backoff(failures) for failures in range(1, 11)) < 30
    assert 20 <= backoff(50) <= 30


async def test_a_second_poller_is_reported(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async with house.open() as (_, telegram):
        await until(lambda: telegram.status.poll_age is not None)
        assert telegram.status.report()[0]
        house.emulator.faults.extend(["getUpdates:409"] * 50)
        await until(lambda: telegram.status.has_rival)
        works, details = telegram.status.report()
        assert not works and "another program" in details["problem"]
        house.emulator.faults.clear()
        await until(lambda: telegram.status.report()[0])


async def test_a_wrong_token_is_reported_and_does_not_end_lotse(house: House) -> None:
    async with house.open(telegram_token="123456:WRONG-TOKEN-OF-SOMEBODY") as (_, telegram):
        await until(lambda: telegram.status.is_refused)
        assert "LOTSE_TELEGRAM_TOKEN" in telegram.status.report()[1]["problem"]


async def test_a_forgotten_webhook_is_removed_when_polling(house: House) -> None:
    house.emulator.webhook = {"url": "https://old.example/hook"}
    house.emulator.write("/help")
    async with house.open():
        await house.emulator.answers(1)


async def test_readiness_and_metrics_show_the_bot(house: House) -> None:
    async with house.open() as (desk, telegram):
        await until(lambda: telegram.status.poll_age is not None)
        house.emulator.write("/help")
        await house.emulator.answers(1)
        site = build_app(desk, house.settings, answers=False)
        async with TestServer(site) as web, ClientSession() as browser:
            async with browser.get(web.make_url("/readyz")) as ready:
                shown = await ready.json()
            async with browser.get(web.make_url("/metrics")) as response:
                metrics = await response.text()
            async with browser.get(web.make_url("/")) as page:
                assert page.status == 404
    assert shown["status"] == "ok"
    assert shown["telegram"]["poll_age_seconds"] < 60
    assert "lotse_telegram_sent_total 1.0" in metrics
    assert "lotse_telegram_inbox 0.0" in metrics


# The webhook


@asynccontextmanager
async def webhook(house: House) -> AsyncIterator[tuple[str, Telegram]]:
    async with AsyncExitStack() as stack:
        address = "https://lotse.example"
        desk, telegram = await stack.enter_async_context(house.open(telegram_webhook=address))
        site = build_app(desk, house.settings, telegram.routes())
        web = await stack.enter_async_context(TestServer(site))
        yield str(web.make_url("/telegram/webhook")), telegram


async def test_the_webhook_is_set_with_a_secret_and_answers(house: House) -> None:
    for number in range(20):
        house.emulator.write("/help", chat=100 + number)
    async with webhook(house) as (address, _):
        await until(lambda: house.emulator.webhook)
        assert house.emulator.webhook["url"] == "https://lotse.example/telegram/webhook"
        accepted = await house.emulator.push(address, house.emulator.webhook["secret_token"], times=3)
        await until(lambda: len(house.answered()) == 20)
        await house.rest()
    assert len(accepted) == 60
    assert set(house.answered().values()) == {1}
    assert "getUpdates" not in house.emulator.calls


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (None, b'{"update_id": 1}', 401),
        ("wrong", b'{"update_id": 1}', 401),
        ("ж" * 1000, b'{"update_id": 1}', 401),
        ("right", b"", 400),
        ("right", b"no json", 400),
        ("right", b"[]", 400),
        ("right", b'{"update_id": "1"}', 400),
        ("right", b'{"update_id": true}', 400),
        ("right", b" " * 1_000_001, 413),
    ],
)
async def test_the_webhook_refuses_what_is_not_from_telegram(
    house: House, secret: str | None, body: bytes, status: int
) -> None:
    async with webhook(house) as (address, telegram), ClientSession() as stranger:
        given = telegram.secret if secret == "right" else secret
        headers = {SECRET_HEADER: given} if given else {}
        async with stranger.post(address, data=body, headers=headers) as response:
            assert response.status == status
    assert house.rows("select count(*) from inbox") == [(0,)]


# Stopping, and the database


async def test_stopping_loses_nothing_and_is_quick(house: House) -> None:
    for number in range(400):
        house.emulator.write("Diplom anerkennen", chat=100 + number)
    async with house.open():
        await house.emulator.answers(20)
        begun = time.monotonic()
    assert time.monotonic() - begun < 10
    async with house.open():
        await until(lambda: len(house.answered()) == 400, 30)
        await house.rest()
    assert set(house.answered().values()) == {1}


async def test_without_a_database_answers_go_on_and_are_then_acknowledged(house: House) -> None:
    first = house.emulator.write("/help", chat=1)
    async with house.open(url="sqlite+aiosqlite:////proc/nowhere/a.sqlite") as (desk, _):
        await house.emulator.answers(1)
        await until(lambda: house.emulator.confirmed >= first)
        house.emulator.write("/privacy", chat=1)
        await house.emulator.answers(2)
        assert not desk.store.is_ready
    assert set(house.answered()) == {1}


async def test_a_database_that_comes_back_is_used_again(house: House) -> None:
    async with house.open() as (desk, telegram):
        await until(lambda: telegram.status.is_leading)
        await asyncio.to_thread(house.rows, "alter table inbox rename to gone")
        house.emulator.write("/help", chat=1)
        await house.emulator.answers(1)
        await asyncio.to_thread(house.rows, "alter table gone rename to inbox")
        await desk.store.check()
        house.emulator.write("/help", chat=2)
        await house.emulator.answers(2)
        await until(lambda: house.rows("select count(*) from inbox") == [(1,)])
    assert house.answered() == {1: 1, 2: 1}


async def test_forget_leaves_no_row_and_no_trace_in_the_log(house: House) -> None:
    house.emulator.press("lang:tr", chat=4711004711)
    async with house.open() as (desk, _):
        await until(lambda: house.rows("select key from conversation where language = 'tr'"))
        key = desk.store.key("telegram", "4711004711")
        await desk.store.add_opt_in(key, "4711004711", "kurse", "tr")
        house.emulator.write("/forget", chat=4711004711)
        await until(lambda: not house.rows("select key from conversation"))
        await until(lambda: not desk.store.traces)
        raw = b"".join(path.read_bytes() for path in house.file.parent.glob("lotse.sqlite*"))
        assert key.encode() not in raw
        assert house.rows("select count(*) from conversation") == [(0,)]
        assert house.rows("select count(*) from opt_in") == [(0,)]


async def test_neither_token_nor_words_reach_the_log_when_things_go_wrong(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    prepare_logging("debug")
    try:
        house.emulator.spoil = 0.5
        house.emulator.faults.extend(["getUpdates:drop", "getUpdates:malformed"])
        house.emulator._push({"message": {"text": "Marker-Words", "chat": {"id": 1}}})
        house.emulator.write("Marker-Words anerkennen")
        async with house.open():
            await house.emulator.answers(1)
    finally:
        logging.getLogger().handlers.clear()
        logging.getLogger().setLevel(logging.WARNING)
    shown = caplog.text + "".join(capfd.readouterr())
    assert "call not sent" in shown or "updates cannot be fetched" in shown
    assert "Marker-" not in shown
    assert TOKEN not in shown and TOKEN.partition(":")[2] not in shown


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 5}, "from": {"id": 6}}}, 5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": -5}}}}, -5),
        ({"update_id": 1, "inline_query": {"from": {"id": 6}}}, 6),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 5}, "from": {"id": 6}}}, 5),
        ({"update_id": 1}, 0),
        ({"update_id": 1, "message": {"chat": "x"}}, 0),
    ],
)
def test_the_chat_of_an_update(update: dict[str, object], chat: int) -> None:
    assert chat_of(orjson.loads(orjson.dumps(update))) == chat


async def test_a_dead_process_of_this_machine_need_not_be_waited_for(house: House) -> None:
    async with run_store(f"sqlite+aiosqlite:///{house.file}", SECRET, house.assistant.now) as store:
        dead, alive = Lease(store, "bot"), Lease(store, "bot")
        dead._owner = dead._owner.replace(f":{os.getpid()}:", ":999999999:")
        assert await dead.take()
        assert await alive.take()
        assert await dead.take() is False
        await alive.give_back()
        assert await dead.take()


async def test_a_process_of_another_machine_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run_store(f"sqlite+aiosqlite:///{house.file}", SECRET, house.assistant.now) as store:
        far, here = Lease(store, "bot"), Lease(store, "bot")
        far._owner = "elsewhere:1:x:y"
        assert await far.take()
        assert await here.take() is False
        later = time.time() + LEASE_SECONDS + 1
        monkeypatch.setattr(time, "time", lambda: later)
        assert await here.take()


def test_telegram_alone_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOTSE_TELEGRAM_TOKEN", raising=False)
    done = CliRunner().invoke(app, ["serve", "--only", "telegram"])
    assert isinstance(done.exception, SettingsError)
    assert "LOTSE_TELEGRAM_TOKEN" in str(done.exception)
