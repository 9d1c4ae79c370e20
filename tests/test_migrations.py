"""A database of any edition is brought up to date; what it holds stays."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from typer.testing import CliRunner

from assistant.cli import app
from assistant.dialogue.state import Conversation
from assistant.storage.migrating import FOLDER, HEAD
from assistant.storage.store import run_store
from assistant.storage.tables import inbox, metadata

FIRST_EDITION = """
create table conversation ("key" varchar(64) not null primary key, language varchar(16), entry varchar(64),
    answered_at datetime, expires_at datetime not null);
create index ix_conversation_expires_at on conversation (expires_at);
create table unanswered (id integer not null primary key, day date not null, language varchar(16) not null,
    text varchar(300) not null);
create index ix_unanswered_day on unanswered (day);
create table daily_count (day date not null, channel varchar(16) not null, language varchar(16) not null,
    decision varchar(16) not null, entry varchar(64) not null, count integer not null,
    primary key (day, channel, language, decision, entry));
create table telegram_offset (bot varchar(64) not null primary key, update_id bigint not null);
insert into unanswered values (1, '2026-11-20', 'de', 'Wo ist der Mond');
insert into daily_count values ('2026-11-20', 'web', 'de', 'answer', 'kindergeld', 3);
insert into telegram_offset values ('123', 99);
"""


def now() -> dt.datetime:
    return dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as the first edition left it."""
    file = tmp_path / "old.sqlite"
    with sqlite3.connect(file) as connection:
        connection.executescript(FIRST_EDITION)
    connection.close()
    return file


async def test_a_database_of_the_first_edition_keeps_what_it_holds(old: Path) -> None:
    async with run_store(url(old), "secret", now) as store:
        key = store.key("telegram", "7")
        assert store.was is None
        assert await store.tables() == HEAD
    with sqlite3.connect(old) as connection:
        row = "insert into conversation (key, language, expires_at) values (?, 'tr', '2026-12-20 12:00:00')"
        connection.execute(row, [key])
        assert connection.execute("select text from unanswered").fetchall() == [("Wo ist der Mond",)]
        assert connection.execute("select count from daily_count").fetchall() == [(3,)]
    connection.close()
    async with run_store(url(old), "secret", now) as store:
        assert store.was == HEAD
        assert await store.load_conversation(key) == Conversation("tr")


async def test_languages_chosen_in_the_first_edition_stay(old: Path) -> None:
    async with run_store("sqlite+aiosqlite://", "secret", now) as store:
        key = store.key("telegram", "7")
    with sqlite3.connect(old) as connection:
        row = [key, "uk", "marker-entry", "2026-11-21 11:59:00", "2026-12-20 12:00:00"]
        connection.execute("insert into conversation values (?, ?, ?, ?, ?)", row)
    connection.close()
    async with run_store(url(old), "secret", now) as store:
        assert await store.load_conversation(key) == Conversation("uk")
        await store.clean()
    assert b"marker-entry" not in old.read_bytes()


async def test_the_migrations_make_the_tables_of_the_program(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite"
    async with run_store(url(file), "secret", now):
        pass
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_several_processes_may_start_at_once(tmp_path: Path) -> None:
    file = tmp_path / "many.sqlite"

    async def start() -> bool:
        async with run_store(url(file), "secret", now) as store:
            return store.is_ready

    assert await asyncio.gather(*(start() for _ in range(4))) == [True] * 4


def test_the_command_says_what_it_did(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_DATABASE", url(old))
    done = CliRunner().invoke(app, ["migrate"])
    assert done.exit_code == 0
    assert f"those of the first edition -> {HEAD}" in done.output
    assert f"{HEAD} -> {HEAD}" in CliRunner().invoke(app, ["migrate"]).output


@pytest.mark.parametrize("dialect", [postgresql.dialect(), sqlite.dialect()])
def test_both_databases_understand_the_tables(dialect: sa.Dialect) -> None:
    for table in metadata.sorted_tables:
        assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=dialect))


@pytest.mark.parametrize("module", [postgresql, sqlite])
def test_both_databases_understand_rows_that_are_already_there(module: object) -> None:
    statement = module.insert(inbox).values(bot="1", update_id=1).on_conflict_do_nothing()  # type: ignore[attr-defined]
    sql = str(statement.compile(dialect=module.dialect()))  # type: ignore[attr-defined]
    assert "ON CONFLICT DO NOTHING" in sql
