"""The store keeps little, forgets in time, and its loss stops no answer."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from assistant.dialogue.situation import Situation
from assistant.dialogue.state import Conversation
from assistant.errors import SettingsError
from assistant.storage.delivery import Delivery, Handled, Outgoing, Received
from assistant.storage.scrubbing import scrub
from assistant.storage.store import OptIn, Store, load_secret, run_store
from assistant.storage.units import UNIT, Unit


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


async def test_a_conversation_is_kept_under_a_pseudonym(tmp_path: Path) -> None:
    clock = Clock()
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        key = store.key("telegram", "4711")
        assert "4711" not in key
        await store.save_conversation(key, Conversation("tr", "kindergeld", clock.now))
        assert await store.load_conversation(key) == Conversation("tr", "kindergeld", clock.now)


async def test_language_stays_for_a_month_the_rest_for_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    known = Conversation(
        "tr", "kindergeld", clock.now, Situation((("status", "duldung"),)), "recognition", (("job", "nurse"),)
    )
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        key = store.key("telegram", "4711")
        await store.save_conversation(key, known)
        assert await store.load_conversation(key) == known
        assert b"duldung" not in (tmp_path / "a.sqlite").read_bytes()
        clock.now += dt.timedelta(minutes=61)
        assert await store.load_conversation(key) == Conversation("tr")
        await store.clean()
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("select language, talk from conversation").fetchall() == [("tr", None)]


async def test_who_chose_no_language_is_forgotten_after_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        await store.save_conversation("key", Conversation(None, "kindergeld", clock.now))
        clock.now += dt.timedelta(minutes=61)
        await store.clean()
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("select count(*) from conversation").fetchone() == (0,)


async def test_another_secret_opens_no_conversation(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a.sqlite"
    async with run_store(url, "one", Clock()) as one, run_store(url, "two", Clock()) as two:
        await one.save_conversation("key", Conversation("tr", "kindergeld"))
        assert await two.load_conversation("key") == Conversation("tr")


async def test_an_address_is_kept_sealed_until_the_person_says_stop(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a.sqlite"
    async with run_store(url, "secret", Clock()) as store:
        key = store.key("telegram", "4711004711")
        await store.add_opt_in(key, "4711004711", "events", "uk")
        await store.add_opt_in(key, "4711004711", "events", "tr")
        await store.add_opt_in(key, "4711004711", "courses", "tr")
        assert await store.opt_ins("events") == (OptIn(key, "4711004711", "tr"),)
        assert await store.topics(key) == ("courses", "events")
        files = b"".join(path.read_bytes() for path in tmp_path.glob("a.sqlite*"))
        assert b"4711004711" not in files
        await store.remove_opt_in(key, "events")
        assert await store.opt_ins("events") == ()
        await store.forget(key)
        assert await store.topics(key) == ()


async def test_what_one_update_writes_is_written_together(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a.sqlite"
    async with run_store(url, "secret", Clock()) as store:
        delivery, unit = Delivery(store, "1"), Unit()
        await delivery.add_updates([Received(5, "chat", b"{}")])
        token = UNIT.set(unit)
        await store.save_conversation("chat", Conversation("tr"))
        await store.add_opt_in("chat", "7", "events", "tr")
        assert (await store.load_conversation("chat")).language == "tr"
        UNIT.reset(token)
        assert await store.load_conversation("chat") == Conversation()
        assert await delivery.finish([Handled(5, (Outgoing("chat", b"call"),), unit)])
        assert (await store.load_conversation("chat")).language == "tr"
        assert await store.topics("chat") == ("events",)
        assert await delivery.waiting(10) == []
        queued = await delivery.queued(0, 10, 0)
        assert queued is not None and [row.body for row in queued] == [b"call"]


async def test_after_two_days_the_inbox_forgets_which_updates_came(tmp_path: Path) -> None:
    clock = Clock()
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        delivery = Delivery(store, "1")
        await delivery.add_updates([Received(1, "chat", b"{}"), Received(2, "chat", b"{}")])
        await delivery.finish([Handled(1)])
        clock.now += dt.timedelta(hours=49)
        await store.clean()
        waiting = await delivery.waiting(10)
    assert waiting is not None and [one.update_id for one in waiting] == [2]
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("select update_id from inbox").fetchall() == [(2,)]


async def test_pseudonyms_depend_on_the_secret(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/a.sqlite"
    async with run_store(url, "one", Clock()) as one, run_store(url, "two", Clock()) as two:
        assert one.key("telegram", "1") != two.key("telegram", "1")


async def test_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    clock = Clock()
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        key = store.key("telegram", "1")
        await store.save_conversation(key, Conversation("tr", "marker-entry"))
        await store.forget(key)
        assert await store.load_conversation(key) == Conversation()
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"marker-entry" not in (tmp_path / "a.sqlite").read_bytes()


async def test_after_thirty_days_everything_has_expired(tmp_path: Path) -> None:
    clock = Clock()
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", clock) as store:
        key = store.key("telegram", "1")
        await store.save_conversation(key, Conversation("tr"))
        await store.keep_unanswered("de", "Wo ist der Mond")
        clock.now += dt.timedelta(days=31)
        assert await store.load_conversation(key) == Conversation()
        await store.clean()
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("select count(*) from unanswered").fetchone() == (0,)
        assert connection.execute("select count(*) from conversation").fetchone() == (0,)


async def test_counts_add_up(tmp_path: Path) -> None:
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", Clock()) as store:
        await store.count_answers({("web", "de", "answer", "kindergeld"): 1})
        await store.count_answers({("web", "de", "answer", "kindergeld"): 4})
    with sqlite3.connect(tmp_path / "a.sqlite") as connection:
        assert connection.execute("select count from daily_count").fetchall() == [(5,)]


async def test_without_a_database_nothing_fails() -> None:
    async with run_store("sqlite+aiosqlite:////proc/nowhere/a.sqlite", "secret", Clock()) as store:
        assert not store.is_ready
        await store.save_conversation("k", Conversation("tr", "kindergeld"))
        assert await store.load_conversation("k") == Conversation("tr", "kindergeld")  # from memory
        assert await store.load_conversation("other") == Conversation()
        await store.count_answers({("web", "de", "answer", None): 1})


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///a.sqlite", "oracle+any://me:hidden@host/x"])
async def test_an_address_that_is_none_is_named_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="LOTSE_DATABASE") as found:
        async with run_store(url, "secret", Clock()):
            pass
    assert "hidden" not in str(found.value)


async def test_a_lost_database_recovers(tmp_path: Path) -> None:
    async with run_store(f"sqlite+aiosqlite:///{tmp_path}/a.sqlite", "secret", Clock()) as store:
        store.is_ready = False
        assert await store.check()
        assert isinstance(store, Store) and store.is_ready


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("meine nummer ist 0341 123456", "123456"),
        ("mail an a.b@example.org bitte", "example"),
        ("Ich heiße Amira Khalil und suche", "Amira"),
        ("AZR 123456789012", "123456789012"),
        ("اسمي محمد واحتاج", "محمد"),
        ("меня зовут Олег нужен", "Олег"),
        ("schau t.me/jemand", "jemand"),
    ],
)
def test_what_names_a_person_is_taken_out(text: str, hidden: str) -> None:
    assert hidden not in scrub(text)


def test_levels_and_paragraphs_stay() -> None:
    assert scrub("B1 Kurs mit § 24") == "B1 Kurs mit § 24"


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    first = load_secret("", tmp_path / "var")
    assert load_secret("", tmp_path / "var") == first
    assert load_secret("given", tmp_path / "var") == "given"
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o077 == 0
