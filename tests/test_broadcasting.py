"""A broadcast reaches those who asked for it, in their language, and can be stopped at any time."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.channels.telegram.outbox import from_bytes
from assistant.cli import app
from assistant.coordination.broadcasting import load_news, make_news, messages, shares
from assistant.errors import LotseError
from assistant.language.translations import Translations
from assistant.storage.broadcasts import Broadcasts
from assistant.storage.delivery import Delivery
from assistant.storage.store import OptIn, run_store
from tests.conftest import SMALL
from tests.telegram.emulator import TOKEN

LANGUAGES = ("de", "en", "uk", "ku", "ar")
TRANSLATIONS = Translations("de", {}, {}, {"ku": ("ar", "en"), "uk": ("en",)})
SECRET = "for tests only"


def now() -> dt.datetime:
    return dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def test_everybody_gets_the_text_of_the_own_language_or_the_nearest() -> None:
    news = make_news("events", {"de": "Neu", "en": "New", "ar": "جديد"}, LANGUAGES)
    people = [OptIn(str(n), str(n), tag) for n, tag in enumerate(("de", "uk", "ku", "vi"))]
    given = {share.wished: share.given for share in shares(news, people, TRANSLATIONS, "de")}
    assert given == {"de": "de", "uk": "en", "ku": "ar", "vi": "en"}


def test_a_text_is_escaped_and_has_a_button_to_stop() -> None:
    news = make_news("events", {"de": "Kurse < 3 Monate & mehr"}, LANGUAGES)
    ((_, body),) = messages(news, shares(news, [OptIn("k", "4711", "de")], TRANSLATIONS, "de"), TRANSLATIONS)
    call = from_bytes(body)
    assert call is not None and call.payload["chat_id"] == 4711
    assert call.payload["text"] == "Kurse &lt; 3 Monate &amp; mehr"
    assert call.payload["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "stop:events"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("topic: x\ntexts: {xx: hello}\n", "no language"),
        ("topic: x\ntexts: {}\n", "no text"),
        ("topic: x\ntexts: {de: ''}\n", "no text"),
        ("topic: x\ntext: {de: hello}\n", "`texts:`"),
        ("topic: " + "x" * 60 + "\ntexts: {de: hello}\n", "59 letters"),
        ("topic: x\ntexts: {de: " + "x" * 4001 + "}\n", "at most 4000"),
        ("topic: [\n", "news.yaml"),
        ("", "empty"),
    ],
)
def test_mistakes_in_the_file_are_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "news.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LotseError, match=said):
        load_news(file, LANGUAGES)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with three people who want to hear of events, and the news for them."""
    (tmp_path / "news.yaml").write_text("topic: events\ntexts:\n  de: Neu\n  tr: Yeni\n", encoding="utf-8")
    for name, value in {
        "DATABASE": f"sqlite+aiosqlite:///{tmp_path}/lotse.sqlite",
        "TELEGRAM_TOKEN": TOKEN,
        "SECRET": SECRET,
        "KNOWLEDGE": str(SMALL),
        "LOCALES": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"LOTSE_{name}", value)
    return tmp_path


async def opt_in(house: Path) -> None:
    async with run_store(f"sqlite+aiosqlite:///{house}/lotse.sqlite", SECRET, now) as store:
        for chat, language in (("1", "de"), ("2", "tr"), ("3", "de")):
            await store.add_opt_in(store.key("telegram", chat), chat, "events", language)


def lotse(*arguments: str, answer: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["broadcast", *arguments], input=answer)
    return done.exit_code, done.output


def left(house: Path) -> int:
    with sqlite3.connect(house / "lotse.sqlite") as connection:
        return int(connection.execute("select count(*) from outbox").fetchone()[0])


def test_a_dry_run_only_shows_who_would_get_what(house: Path) -> None:
    asyncio.run(opt_in(house))
    code, shown = lotse(f"{house}/news.yaml", "--dry-run")
    assert code == 0
    assert "Yeni" in shown and "3 people" in shown
    assert left(house) == 0


def test_without_a_yes_nothing_is_sent(house: Path) -> None:
    asyncio.run(opt_in(house))
    assert lotse(f"{house}/news.yaml", answer="no\n")[0] == 1
    assert left(house) == 0


def test_to_nobody_nothing_is_sent(house: Path) -> None:
    code, shown = lotse(f"{house}/news.yaml", "--yes")
    assert code == 1 and "0 people" in shown


def test_a_broadcast_is_listed_and_can_be_cancelled(house: Path) -> None:
    asyncio.run(opt_in(house))
    assert lotse(f"{house}/news.yaml", "--yes", "--no-wait")[0] == 0
    assert left(house) == 3
    assert "running" in lotse("--list")[1]
    assert "3 messages" in lotse("--cancel", "1")[1]
    assert left(house) == 0
    listed = lotse("--list")[1]
    assert "stopped" in listed and "3" not in listed  # none of them was sent


def test_what_cannot_be_done_is_said(house: Path) -> None:
    for arguments, said in (
        (("--cancel", "7"), "no broadcast 7"), (("--resume", "7"), "no broadcast 7"),
        (("--dry-run",), "name a file"),
    ):  # fmt: skip
        done = CliRunner().invoke(app, ["broadcast", *arguments])
        assert isinstance(done.exception, LotseError) and said in str(done.exception)


def test_texts_may_stand_in_files_of_their_own(house: Path) -> None:
    asyncio.run(opt_in(house))
    (house / "de.txt").write_text("Nur deutsch", encoding="utf-8")
    arguments = ("--topic", "events", "--text-file", f"de={house}/de.txt", "--dry-run")
    code, shown = lotse(*arguments)
    assert code == 0
    assert "no text in tr" in shown


async def test_who_opts_out_gets_nothing_that_is_on_its_way(house: Path) -> None:
    await opt_in(house)
    async with run_store(f"sqlite+aiosqlite:///{house}/lotse.sqlite", SECRET, now) as store:
        bot = TOKEN.partition(":")[0]
        delivery, broadcasts = Delivery(store, bot), Broadcasts(store, bot)
        people = await store.opt_ins("events")
        number = await broadcasts.begin("events", [(who, b"{}") for who in people])
        assert number is not None
        await store.remove_opt_in(store.key("telegram", "2"), "events")
        assert left(house) == 2
        rows = await delivery.queued(0, 10, 10)
        assert rows is not None and len(rows) == 2
        assert await broadcasts.is_wanted(rows[0].id)
        await broadcasts.turn(number, "stopped")
        assert not await broadcasts.is_wanted(rows[0].id)
        assert await delivery.queued(0, 10, 10) == []
        await broadcasts.turn(number, "running")
        assert len(await delivery.queued(0, 10, 10) or ()) == 2
