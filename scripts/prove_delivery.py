"""Proofs that Telegram delivery loses nothing, in full: `scripts/prove_delivery.py docs/telegram.md`.

Takes about a quarter of an hour; names of proofs (`kills`, `burst` ...) run only these. The page keeps what
stands above the mark and the figures of proofs that were not run.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from tests.telegram import proving

MARK = "## Figures"
POLL_FAULTS = ("drop", "500", "502", "malformed", "nonsense", "429", "409")
console = Console(stderr=True)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, what was wanted, what came out."""

    proof: str
    wanted: str
    found: str
    fine: bool


async def kills(folder: Path) -> Row:
    """50 rounds of kill -9."""
    k = await proving.prove_kills(folder, 50)
    found = f"{k.lost} lost, {k.doubles} doubles, at most {k.worst} per kill, {k.unfinished} unfinished"
    fine = (k.lost, k.unfinished) == (0, 0) and k.worst <= 1
    return Row(
        f"{k.rounds} × kill -9 at random points, {k.written:,} messages",
        "0 lost, ≤ 1 double per kill",
        found,
        fine,
    )


async def repeats(folder: Path) -> Row:
    """Every update three times at once."""
    t = await proving.prove_repeats(folder, 500)
    return Row("500 updates, each three times at once by webhook", "one answer each", _told(t), _clean(t))


async def faulty(folder: Path) -> Row:
    """A fifth of all sends fails."""
    t = await proving.prove_faulty_sends(folder, 500)
    return Row(
        "500 messages, 20 % of sends fail (dropped, 500, 502, 429, no JSON)",
        "all within 60 s",
        _told(t),
        _clean(t) and t.seconds <= 60,
    )


async def queue(folder: Path) -> Row:
    """500 messages written while Lotse was down."""
    t = await proving.prove_queue(folder, 500)
    found = f"{_told(t)}, {t.misplaced} out of order (start included)"
    return Row(
        "500 messages of 100 people wait while Lotse is down",
        "all answered, in order",
        found,
        _clean(t) and not t.misplaced,
    )


async def polls(folder: Path) -> Row:
    """getUpdates fails in each way ten times."""
    seconds = {}
    for fault in POLL_FAULTS:
        seconds[fault] = await proving.prove_polls(folder / fault, fault, 10)
    found = ", ".join(f"{fault} {took:.0f} s" for fault, took in seconds.items())
    return Row(
        "getUpdates fails ten times in a row, in each way",
        "answer within 30 s",
        found,
        max(seconds.values()) <= 30,
    )


async def stop(folder: Path) -> Row:
    """SIGTERM under load."""
    s = await proving.prove_stop(folder, 3000)
    found = f"{s.seconds:.1f} s, {s.lost} lost, {s.doubles} doubles"
    return Row(
        "SIGTERM while 3,000 messages wait, then a new start",
        "≤ 10 s, 0 lost",
        found,
        s.seconds <= 10 and not s.lost and not s.doubles,
    )


async def burst(folder: Path) -> Row:
    """5,000 messages at once, the real knowledge base."""
    s = await proving.prove_burst(folder, 5000, proving.ROOT / "knowledge")
    found = (
        f"{s.rate:.0f} answers a second, {1000 * s.cpu / s.messages:.1f} ms of computing each, memory "
        f"{s.memory_before:.0f} → {s.memory_after:.0f} MB, {s.lost} lost, {s.doubles} doubles"
    )
    return Row(
        "5,000 messages at once, whole knowledge base, no limits",
        "≥ 300 a second",
        found,
        s.rate >= 300 and not s.lost,
    )


async def broadcast(folder: Path) -> Row:
    """A broadcast to 2,000 chats under Telegram's limits."""
    b = await proving.prove_broadcast(folder, 2000)
    found = (
        f"{b.not_told} not told, {b.told_twice} twice, {b.seconds:.0f} s; of {b.asked} who asked "
        f"{b.not_answered} not answered, 95 % within {b.wait_p95:.2f} s; {b.refusals} times 429"
    )
    fine = not b.not_told and not b.told_twice and not b.not_answered and b.wait_p95 <= 3
    return Row(
        "Broadcast to 2,000 chats under 30/s and 1/s per chat, others ask",
        "0 lost, answers p95 ≤ 3 s",
        found,
        fine,
    )


async def privacy(folder: Path) -> Row:
    """Marks planted in 1,000 chats."""
    t = await proving.prove_privacy(folder, 1000)
    found = f"{t.answered:,} answered, found in: {', '.join(t.found) or 'nothing'}"
    wanted = "no name, word, id or token in log, metrics, database"
    return Row("Marked names, words and ids in 1,000 chats", wanted, found, not t.found)


PROOFS: tuple[Callable[[Path], Awaitable[Row]], ...] = (
    kills, repeats, faulty, queue, polls, stop, burst, broadcast, privacy,
)  # fmt: skip


def _told(told: proving.Told) -> str:
    return f"{told.lost} lost, {told.doubles} doubles, {told.seconds:.0f} s"


def _clean(told: proving.Told) -> bool:
    return not told.lost and not told.doubles


async def main(page: Path, names: set[str]) -> int:
    """Run the proofs named, or all, and write their figures; returns 1 when one failed."""
    fine = True
    for proof in PROOFS:
        if names and proof.__name__ not in names:
            continue
        with tempfile.TemporaryDirectory() as folder, console.status(proof.__doc__ or ""):
            row = await proof(Path(folder))
        fine = fine and row.fine
        write_row(page, row)
        mark = "[green]ok[/]" if row.fine else "[red]no[/]"
        console.print(f"{mark} {row.proof}: {row.found}", highlight=False)
    return 0 if fine else 1


def write_row(page: Path, row: Row) -> None:
    """Write one row into the table of the page; the other rows stay as they are."""
    text = page.read_text(encoding="utf-8") if page.is_file() else "# Telegram\n\n"
    before, _, after = text.partition(MARK)
    rows = {line.split(" | ")[0]: line for line in after.splitlines() if line.startswith("| ")}
    rows.pop("| proof", None)
    key = f"| {row.proof}"
    day = f"{dt.date.today():%-d %B %Y}, load {os.getloadavg()[0]:.0f}"
    rows[key] = f"{key} | {row.wanted} | {row.found} | {day} | {'✓' if row.fine else '✗'} |"
    lines = [
        MARK, "",
        f"`make prove-delivery`, {os.cpu_count()} cores, shared with other programs (load).", "",
        "| proof | wanted | found | when | |", "|---|---|---|---|---|", *rows.values(),
    ]  # fmt: skip
    page.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), set(sys.argv[2:]))))
