"""Hot reload: changed knowledge is live, broken knowledge never is."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers.reply import Share
from assistant.app import build_assistant
from assistant.channels.desk import Desk, run_desk
from assistant.dialogue.state import Conversation, Message
from assistant.settings import Settings
from assistant.storage.store import run_store
from assistant.watching import reload, run_watching

FLAT = Path("guides") / "wohnung.yaml"


@pytest.fixture
async def small_desk(small_settings: Settings) -> AsyncIterator[Desk]:
    assistant = build_assistant(small_settings)
    async with (
        run_store(small_settings.database, "x", assistant.now) as store,
        run_desk(assistant, store) as desk,
    ):
        yield desk


def title(desk: Desk) -> str:
    return desk.assistant.knowledge.entries["wohnung"].title


async def written(path: Path, text: str, happens: Callable[[], object]) -> None:
    """Write a file until it is noticed: at first the watcher may still be starting."""
    async with asyncio.timeout(20):
        while not happens():
            path.write_text(text)
            await asyncio.sleep(1)  # longer than the watcher waits for further changes


async def test_a_changed_file_is_soon_live(small_desk: Desk, small_settings: Settings) -> None:
    path = small_settings.knowledge / FLAT
    changed = path.read_text().replace("Wohnung finden", "Wohnung suchen")
    async with run_watching(small_desk, small_settings):
        await written(path, changed, lambda: title(small_desk) == "Wohnung suchen")


async def test_a_broken_file_leaves_the_last_good_version(small_desk: Desk, small_settings: Settings) -> None:
    path = small_settings.knowledge / FLAT
    good = path.read_text()
    async with run_watching(small_desk, small_settings):
        await written(path, "title: [", lambda: small_desk.problems)
        assert str(small_desk.problems[0]).startswith("guides/wohnung.yaml:1:")
        assert title(small_desk) == "Wohnung finden"
        assert small_desk.metrics.registry.get_sample_value("lotse_knowledge_last_reload_successful") == 0
        await written(path, good, lambda: not small_desk.problems)


async def test_changed_facts_are_served_without_building_again(
    small_desk: Desk, small_settings: Settings
) -> None:
    lexicon = small_desk.assistant.matcher.lexicon
    path = small_settings.knowledge / "organizations" / "beratung.yaml"
    path.write_text(path.read_text().replace("Mo-Fr 08:00-16:00", "Mo-Fr 09:00-15:00"))
    await reload(small_desk, small_settings)
    advice = small_desk.assistant.knowledge.organization("beratung")
    assert advice is not None and advice.schedules[0].opening_hours == "Mo-Fr 09:00-15:00"
    assert small_desk.assistant.matcher.lexicon is lexicon


async def test_shared_links_stay_whole_after_a_reload(small_desk: Desk, small_settings: Settings) -> None:
    settings = replace(small_settings, public_url="https://lotse.example")
    path = small_settings.knowledge / "organizations" / "beratung.yaml"
    path.write_text(path.read_text().replace("Mo-Fr 08:00-16:00", "Mo-Fr 09:00-15:00"))
    await reload(small_desk, settings)
    turn = small_desk.answer("web", Message(choice="share:wohnung"), Conversation())
    (share,) = (block for block in turn.reply.blocks if isinstance(block, Share))
    assert share.href.startswith("https://lotse.example/q/wohnung")


async def test_a_new_word_is_understood_after_the_reload(small_desk: Desk, small_settings: Settings) -> None:
    labels = small_settings.knowledge / "languages" / "de" / "labels.yaml"
    labels.write_text(
        labels.read_text().replace("prefLabel: Wohnung", "prefLabel: Wohnung, altLabel: [Bude]")
    )
    await reload(small_desk, small_settings)
    turn = small_desk.answer("web", Message("Bude"), Conversation())
    assert turn.ranking.entries[0] == "wohnung"


async def test_a_new_entry_and_a_deleted_one(small_desk: Desk, small_settings: Settings) -> None:
    path = small_settings.knowledge / FLAT
    shutil.copy(path, path.with_name("umzug.yaml"))
    await reload(small_desk, small_settings)
    assert "umzug" in small_desk.assistant.knowledge.entries
    path.with_name("umzug.yaml").unlink()
    await reload(small_desk, small_settings)
    assert "umzug" not in small_desk.assistant.knowledge.entries
    assert small_desk.answer("web", Message("Wohnung"), Conversation()).reply.decision


async def test_two_hundred_corruptions_never_stop_the_answers(
    small_desk: Desk, small_settings: Settings
) -> None:
    luck = random.Random(7)
    files = sorted(small_settings.knowledge.rglob("*.yaml"))
    damage = [
        lambda b: b[: luck.randrange(len(b))],
        lambda b: b + b"\xff\xfe",
        lambda b: b.replace(b":", b"\t:", 1),
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b.decode().encode("utf-16"),
        lambda b: b + b,
        lambda b: b"",
        lambda b: b"[" * 30_000,
        lambda b: b"a: &a [*a]",
        lambda b: bytes(luck.randrange(256) for _ in range(80)),
    ]
    for _ in range(200):
        path = luck.choice(files)
        good = path.read_bytes()
        path.write_bytes(luck.choice(damage)(good))
        await reload(small_desk, small_settings)
        assert small_desk.answer("web", Message("Ich suche eine Wohnung"), Conversation()).reply.blocks
        path.write_bytes(good)
    await reload(small_desk, small_settings)
    assert small_desk.problems == ()


async def test_a_deleted_folder_leaves_the_last_good_version(
    small_desk: Desk, small_settings: Settings
) -> None:
    shutil.rmtree(small_settings.knowledge)
    await reload(small_desk, small_settings)
    assert small_desk.problems
    assert small_desk.answer("web", Message("Wohnung"), Conversation()).reply.blocks


def test_a_damaged_cache_is_rebuilt(small_settings: Settings, tmp_path: Path) -> None:
    settings = replace(small_settings, cache=tmp_path / "cache")
    build_assistant(settings)
    (kept,) = (tmp_path / "cache").glob("*.index")
    kept.write_bytes(kept.read_bytes()[:-10])
    assert build_assistant(settings).knowledge.entries
    kept.write_bytes(b"nonsense")
    assert build_assistant(settings).knowledge.entries
