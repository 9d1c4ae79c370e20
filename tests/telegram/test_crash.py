"""Real processes of Lotse, killed and stopped: nothing is lost, at most one answer per kill comes twice.

`make prove-delivery` runs the same proofs in full.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telegram.proving import (
    prove_broadcast,
    prove_burst,
    prove_faulty_sends,
    prove_kills,
    prove_polls,
    prove_privacy,
    prove_queue,
    prove_repeats,
    prove_stop,
)

pytestmark = pytest.mark.timeout(300)


async def test_kills_lose_nothing(tmp_path: Path) -> None:
    kills = await prove_kills(tmp_path, rounds=3, updates=60)
    assert kills.written == 180
    assert (kills.lost, kills.unfinished) == (0, 0)
    assert kills.worst <= 1


async def test_a_stop_under_load_loses_nothing(tmp_path: Path) -> None:
    stop = await prove_stop(tmp_path, 300)
    assert (stop.lost, stop.doubles) == (0, 0)
    assert stop.seconds < 10


async def test_what_was_written_while_lotse_was_down_is_answered_in_order(tmp_path: Path) -> None:
    queue = await prove_queue(tmp_path, 90, chats=30)
    assert (queue.lost, queue.doubles, queue.misplaced) == (0, 0, 0)


async def test_what_the_webhook_brings_three_times_is_answered_once(tmp_path: Path) -> None:
    told = await prove_repeats(tmp_path, 50)
    assert (told.lost, told.doubles) == (0, 0)


async def test_a_fifth_of_faulty_sends_loses_nothing(tmp_path: Path) -> None:
    told = await prove_faulty_sends(tmp_path, 100)
    assert (told.lost, told.doubles) == (0, 0)


async def test_fetching_recovers_after_failures_in_a_row(tmp_path: Path) -> None:
    assert await prove_polls(tmp_path, "502", 5) < 30


async def test_many_at_once_are_all_answered(tmp_path: Path) -> None:
    burst = await prove_burst(tmp_path, 300)
    assert (burst.lost, burst.doubles) == (0, 0)


async def test_marks_planted_in_chats_are_found_nowhere(tmp_path: Path) -> None:
    traces = await prove_privacy(tmp_path, 60)
    assert traces.answered == 60
    assert traces.found == ()


async def test_a_broadcast_reaches_all_while_people_are_answered(tmp_path: Path) -> None:
    told = await prove_broadcast(tmp_path, 40)
    assert (told.not_told, told.told_twice, told.not_answered) == (0, 0, 0)
    assert told.refusals == 0
