"""What people say about answers reaches those who keep the knowledge base."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.storage.store import run_store

TODAY = dt.datetime.now().astimezone()
runner = CliRunner()


async def say(url: str, *said: tuple[str, str, str, int], days_ago: int = 0) -> None:
    async with run_store(url, "x", lambda: TODAY - dt.timedelta(days=days_ago)) as store:
        await store.count_feedback({(entry, language, what): count for entry, language, what, count in said})


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path}/lotse.sqlite"
    monkeypatch.setenv("LOTSE_DATABASE", url)
    return url


def test_feedback_is_listed_most_often_first(database: str) -> None:
    asyncio.run(
        say(database, ("kindergeld", "ar", "helpful", 2), ("jobcenter-leipzig", "de", "wrong-phone", 3))
    )
    asyncio.run(say(database, ("kindergeld", "ar", "helpful", 4), days_ago=3))
    asyncio.run(say(database, ("kindergeld", "ar", "helpful", 50), days_ago=40))
    result = runner.invoke(app, ["feedback", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {"entry": "kindergeld", "language": "ar", "what": "helpful", "count": 6},
        {"entry": "jobcenter-leipzig", "language": "de", "what": "wrong-phone", "count": 3},
    ]
    today = json.loads(runner.invoke(app, ["feedback", "--json", "--days", "1"]).stdout)
    assert today[0]["entry"] == "jobcenter-leipzig"
    assert "wrong-phone" in runner.invoke(app, ["feedback"]).stdout


def test_no_feedback_is_said_in_words(database: str) -> None:
    assert "no feedback in the last 30 days" in runner.invoke(app, ["feedback"]).stdout


def test_the_table_holds_the_day_and_nothing_about_who(database: str) -> None:
    from assistant.storage.tables import feedback

    assert set(feedback.c.keys()) == {"day", "entry", "language", "what", "count"}
