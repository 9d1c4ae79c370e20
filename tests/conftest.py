"""What tests share: the real assistant, and small knowledge folders to break."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from assistant.app import build_assistant
from assistant.dialogue.state import Message
from assistant.pipeline import Assistant, Turn
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
SMALL = Path(__file__).parent / "small"
NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""A Friday, at noon."""


@pytest.fixture(autouse=True)
def _no_command_sets_the_log_of_other_tests() -> Iterator[None]:
    """Commands run within the process of the tests (typer's CliRunner) set up logging for themselves."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the real knowledge base with everything else in a temporary folder.

    The index is built once for all processes that run tests (pytest-xdist).
    """
    folder = tmp_path_factory.mktemp("lotse")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Settings(
        knowledge=ROOT / "knowledge",
        locales=ROOT / "locales",
        port=0,
        database=f"sqlite+aiosqlite:///{folder}/lotse.sqlite",
        cache=shared / "cache",
        secret="for tests only",
    )


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The real assistant; its clock stands still on a Friday at noon."""
    built = build_assistant(settings, lambda: NOON)
    gc.freeze()  # else every test's clean-up looks at millions of objects of the index
    return built


@pytest.fixture(scope="session")
def ask(assistant: Assistant) -> Callable[..., Turn]:
    """Ask the real assistant one question in a new conversation."""

    def answer(text: str, language: str | None = None) -> Turn:
        return assistant.respond(Message(text, language=language))

    return answer


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small knowledge folder, to change and break."""
    shutil.copytree(SMALL, tmp_path / "knowledge")
    return tmp_path / "knowledge"


@pytest.fixture
def small_settings(small: Path, tmp_path: Path) -> Settings:
    """Settings of the small knowledge folder."""
    (tmp_path / "locales").mkdir()
    return Settings(
        knowledge=small,
        locales=tmp_path / "locales",
        port=0,
        database=f"sqlite+aiosqlite:///{tmp_path}/lotse.sqlite",
        cache=None,
        secret="for tests only",
    )


@pytest.fixture
async def desk(assistant: Assistant, settings: Settings, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A desk with its own empty store."""
    from assistant.channels.desk import run_desk
    from assistant.storage.store import run_store

    url = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite"
    async with (
        run_store(url, "for tests only", assistant.now) as store,
        run_desk(assistant, store) as open_desk,
    ):
        yield open_desk


def with_database(settings: Settings, url: str) -> Settings:
    """The settings with another database."""
    return replace(settings, database=url)
