"""Proofs of delivery: real processes of Lotse against the emulator, killed, flooded and failed.

Each proof returns figures; tests run small ones, scripts/prove_delivery.py the full ones.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from tests.telegram.emulator import TOKEN, Emulator, Flood

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "small"
QUESTION = "Diplom anerkennen"


@dataclass
class Bench:
    """An emulator, a folder with the database, and one process of Lotse at a time."""

    emulator: Emulator
    server: TestServer
    folder: Path
    knowledge: Path = SMALL
    limits: bool = False
    process: asyncio.subprocess.Process | None = None
    port: int = 0
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What `lotse` is told."""
        own = {
            "LOTSE_KNOWLEDGE": str(self.knowledge),
            "LOTSE_DATABASE": f"sqlite+aiosqlite:///{self.folder}/lotse.sqlite",
            "LOTSE_CACHE": str(self.folder / "cache"),
            "LOTSE_TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API": str(self.server.make_url("/bot")),
            "LOTSE_TELEGRAM_LIMITS": "on" if self.limits else "off",
            "LOTSE_SECRET": "for proofs only",
            "LOTSE_PORT": str(self.port),
            "LOTSE_LOG": "error",
            "PYTHONPATH": str(ROOT),
        }
        if self.knowledge == SMALL:
            own["LOTSE_LOCALES"] = str(self.folder / "locales")
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LOTSE_")}
        return {**kept, **own, **self.more}

    async def start(self) -> None:
        """Start `lotse serve --only telegram`."""
        self.port = _free_port()
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "assistant", "serve", "--only", "telegram",
                cwd=self.folder, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def end(self, number: signal.Signals) -> float:
        """Send a signal to Lotse and wait for its end; returns the seconds that took."""
        assert self.process is not None
        begun = time.monotonic()
        if self.process.returncode is None:
            self.process.send_signal(number)
        await self.process.wait()
        return time.monotonic() - begun

    async def command(self, *arguments: str) -> int:
        """Run another command of Lotse on the same database; returns its exit code."""
        with (self.folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "assistant", *arguments,
                cwd=self.folder, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
            return await process.wait()

    def answers(self) -> Counter[int]:
        """How many answers each chat got."""
        return Counter(message["chat"] for message in self.emulator.sent)

    async def ready(self) -> dict[str, Any]:
        """What /readyz says of Telegram; empty when nobody listens."""
        try:
            async with (
                ClientSession() as browser,
                browser.get(f"http://127.0.0.1:{self.port}/readyz") as page,
            ):
                shown = await page.json()
                return dict(shown.get("telegram", {}))
        except OSError:
            return {}

    def rows(self, table: str, where: str = "1 = 1") -> int:
        """How many rows a table of the database holds."""
        with sqlite3.connect(self.folder / "lotse.sqlite", timeout=30) as connection:
            return int(connection.execute(f"select count(*) from {table} where {where}").fetchone()[0])

    def memory(self) -> float:
        """Resident memory of Lotse in MB."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def cpu(self) -> float:
        """Seconds of computing of Lotse so far."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def bench(folder: Path, **changed: Any) -> AsyncIterator[Bench]:
    """Set up an emulator and a place for Lotse; what runs at the end is stopped."""
    (folder / "locales").mkdir(parents=True, exist_ok=True)  # apart: Lotse watches it for changes
    emulator = Emulator()
    async with TestServer(emulator.app()) as server:
        place = Bench(emulator, server, folder, **changed)
        try:
            yield place
        finally:
            if place.process is not None and place.process.returncode is None:
                await place.end(signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def all_answered(place: Bench, chats: set[int], seconds: float) -> bool:
    """Wait until every chat got an answer; returns whether that came true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if chats <= place.answers().keys():
            return True
        await asyncio.sleep(0.05)
    return False


@dataclass(frozen=True)
class Kills:
    """What came of killing: messages written, lost, and the most double answers of one kill."""

    rounds: int
    written: int
    lost: int
    doubles: int
    worst: int
    unfinished: int


async def prove_kills(folder: Path, rounds: int, updates: int = 100) -> Kills:
    """Kill Lotse at a random point while it answers, start it again, and count answers per message.

    Each message is written by a person of its own, so that a lost one cannot hide behind a double one.
    """
    chance = random.Random(7)
    async with bench(folder) as place:
        everybody: set[int] = set()
        doubles: list[int] = []
        await place.start()
        await _warm(place)
        for number in range(rounds):
            chats = {10_000 + number * updates + index for index in range(updates)}
            everybody |= chats
            before = sum(place.answers().values()) - len(place.answers())
            sent = len(place.emulator.sent)
            for chat in sorted(chats):
                place.emulator.write(QUESTION, chat=chat)
            # Somewhere between the first getUpdates and the last answer.
            stop_at = chance.randrange(updates)
            while len(place.emulator.sent) - sent < stop_at:
                await asyncio.sleep(0)
            await asyncio.sleep(chance.random() * 0.004)
            await place.end(signal.SIGKILL)
            await place.start()
            await all_answered(place, chats, 60)
            await asyncio.sleep(0.2)
            doubles.append(sum(place.answers().values()) - len(place.answers()) - before)
        lost = everybody - place.answers().keys()
        waiting = place.rows("inbox", "state <> 'done'")
        await place.end(signal.SIGTERM)
    return Kills(rounds, len(everybody), len(lost), sum(doubles), max(doubles, default=0), waiting)


async def _warm(place: Bench) -> None:
    """Wait until Lotse answers: the index is built, the database there."""
    place.emulator.write("/help", chat=1)
    assert await all_answered(place, {1}, 900), (place.folder / "log").read_text()[-2000:]


@dataclass(frozen=True)
class Speed:
    """How quickly many messages were answered, and memory before and after in MB."""

    messages: int
    seconds: float
    memory_before: float
    memory_after: float
    lost: int
    doubles: int
    cpu: float
    """Seconds Lotse computed for it."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.messages / self.seconds


async def prove_burst(folder: Path, messages: int, knowledge: Path = SMALL) -> Speed:
    """Write many messages at once and measure until the last is answered."""
    async with bench(folder, knowledge=knowledge) as place:
        await place.start()
        await _warm(place)
        await asyncio.sleep(3)
        before = place.memory()
        busy = place.cpu()
        chats = {10_000 + number for number in range(messages)}
        for chat in sorted(chats):
            place.emulator.write(QUESTION, chat=chat)
        begun = time.monotonic()
        done = await all_answered(place, chats, 300)
        seconds = time.monotonic() - begun
        cpu = place.cpu() - busy
        await asyncio.sleep(1)
        after = place.memory()
        answers = place.answers()
        await place.end(signal.SIGTERM)
    lost = 0 if done else len(chats - answers.keys())
    doubles = sum(answers[chat] - 1 for chat in chats if chat in answers)
    return Speed(messages, seconds, before, after, lost, doubles, cpu)


@dataclass(frozen=True)
class Told:
    """What came of a proof about lost, double or misplaced answers."""

    written: int
    lost: int
    doubles: int
    seconds: float
    misplaced: int = 0


async def prove_faulty_sends(folder: Path, messages: int) -> Told:
    """Let a fifth of all sends fail, each in one of five ways."""
    async with bench(folder) as place:
        await place.start()
        await _warm(place)
        place.emulator.spoil = 0.2
        return await _answered(place, messages, 60)


async def prove_queue(folder: Path, messages: int, chats: int = 100) -> Told:
    """Let messages pile up while Lotse is down; chats write in turns, each must be answered in order."""
    texts = (QUESTION, "/privacy", "/help")
    async with bench(folder) as place:
        for number in range(messages):
            place.emulator.write(texts[number // chats % 3], chat=10_000 + number % chats)
        begun = time.monotonic()
        await place.start()
        while len(place.emulator.sent) < messages and time.monotonic() - begun < 180:
            await asyncio.sleep(0.05)
        seconds = time.monotonic() - begun
        await asyncio.sleep(0.5)
        sent = place.emulator.sent
        misplaced = 0
        model: list[str] = []
        for chat in range(10_000, 10_000 + chats):
            got = [message["text"] for message in sent if message["chat"] == chat]
            model = model or got[:3]
            misplaced += sum(text != model[at % 3] for at, text in enumerate(got))
        await place.end(signal.SIGTERM)
    return Told(messages, max(messages - len(sent), 0), max(len(sent) - messages, 0), seconds, misplaced)


async def prove_repeats(folder: Path, messages: int) -> Told:
    """Bring every update three times at once through the webhook."""
    more = {"LOTSE_TELEGRAM_WEBHOOK": "https://lotse.example"}
    async with bench(folder, more=more) as place:
        await place.start()
        until = time.monotonic() + 300
        while not place.emulator.webhook and time.monotonic() < until:
            await asyncio.sleep(0.1)
        for number in range(messages):
            place.emulator.write(QUESTION, chat=10_000 + number)
        begun = time.monotonic()
        address = f"http://127.0.0.1:{place.port}/telegram/webhook"
        await place.emulator.push(address, str(place.emulator.webhook["secret_token"]), times=3)
        chats = {10_000 + number for number in range(messages)}
        await all_answered(place, chats, 120)
        seconds = time.monotonic() - begun
        await asyncio.sleep(0.5)
        answers = place.answers()
        await place.end(signal.SIGTERM)
    doubles = sum(answers.values()) - len(answers)
    return Told(messages, len(chats - answers.keys()), doubles, seconds)


async def _answered(place: Bench, messages: int, seconds: float) -> Told:
    chats = {10_000 + number for number in range(messages)}
    for chat in sorted(chats):
        place.emulator.write(QUESTION, chat=chat)
    begun = time.monotonic()
    await all_answered(place, chats, seconds)
    took = time.monotonic() - begun
    await asyncio.sleep(0.5)
    answers = place.answers()
    doubles = sum(answers[chat] - 1 for chat in chats if chat in answers)
    await place.end(signal.SIGTERM)
    return Told(messages, len(chats - answers.keys()), doubles, took)


async def prove_polls(folder: Path, fault: str, times: int) -> float:
    """Let getUpdates fail many times in a row; returns the seconds until a message is answered."""
    async with bench(folder) as place:
        await place.start()
        await _warm(place)
        place.emulator.faults.extend([f"getUpdates:{fault}"] * times)
        begun = time.monotonic()
        while len(place.emulator.faults) == times:  # the poll under way still succeeds
            await asyncio.sleep(0.01)
        place.emulator.write(QUESTION, chat=10_000)
        answered = await all_answered(place, {10_000}, 90)
        seconds = time.monotonic() - begun
        await place.end(signal.SIGTERM)
    return seconds if answered else float("inf")


@dataclass(frozen=True)
class Stop:
    """How long Lotse took to stop under load, and what was lost by it."""

    seconds: float
    lost: int
    doubles: int


async def prove_stop(folder: Path, messages: int) -> Stop:
    """Stop Lotse with SIGTERM while many messages wait; start it again; count."""
    async with bench(folder) as place:
        await place.start()
        await _warm(place)
        chats = {10_000 + number for number in range(messages)}
        for chat in sorted(chats):
            place.emulator.write(QUESTION, chat=chat)
        while len(place.emulator.sent) < messages // 10:
            await asyncio.sleep(0.01)
        seconds = await place.end(signal.SIGTERM)
        await place.start()
        await all_answered(place, chats, 120)
        await asyncio.sleep(0.5)
        answers = place.answers()
        await place.end(signal.SIGTERM)
    doubles = sum(answers[chat] - 1 for chat in chats if chat in answers)
    return Stop(seconds, len(chats - answers.keys()), doubles)


@dataclass(frozen=True)
class Traces:
    """Where marks planted in chats were found again: log, metrics, files of the database."""

    chats: int
    answered: int
    found: tuple[str, ...]


async def prove_privacy(folder: Path, chats: int) -> Traces:
    """Let many people with marked names, words and ids ask and choose; then look for the marks everywhere."""
    async with bench(folder, more={"LOTSE_LOG": "debug"}) as place:
        await place.start()
        await _warm(place)
        people = {7_000_000_000 + number * 7919 for number in range(chats)}
        place.emulator.spoil = 0.05
        for number, chat in enumerate(sorted(people)):
            if number % 10 == 0:
                place.emulator.press("lang:tr", chat=chat)
            place.emulator.write(f"{QUESTION} Marker-Words", chat=chat)
        await all_answered(place, people, 300)
        async with ClientSession() as browser, browser.get(f"http://127.0.0.1:{place.port}/metrics") as page:
            metrics = await page.read()
        answered = len(people & place.answers().keys())
        await place.end(signal.SIGTERM)
        files = sorted(place.folder.glob("lotse.sqlite*"))
        places = {"metrics": metrics, "log": (folder / "log").read_bytes()}
        places |= {file.name: file.read_bytes() for file in files}
        marks = [b"Marker-", TOKEN.partition(":")[2].encode(), *(str(chat).encode() for chat in people)]
        found = tuple(name for name, data in places.items() if any(mark in data for mark in marks))
    return Traces(chats, answered, found)


@dataclass(frozen=True)
class Broadcasting:
    """A broadcast while people ask: both lost, and the 95th percentile of how long people waited."""

    told: int
    not_told: int
    told_twice: int
    asked: int
    not_answered: int
    wait_p95: float
    seconds: float
    refusals: int


async def prove_broadcast(folder: Path, chats: int, ask_every: float = 0.5) -> Broadcasting:
    """Write to many people under Telegram's limits, while others ask."""
    async with bench(folder, limits=True) as place:
        place.emulator.flood = Flood()
        await place.start()
        await _warm(place)
        await _opt_in(place, chats)
        text = place.folder / "news.yaml"
        text.write_text("topic: kurse\ntexts:\n  de: Neuer Kurs\n  tr: Yeni kurs\n", encoding="utf-8")
        begun = time.monotonic()
        assert await place.command("broadcast", str(text), "--yes", "--no-wait") == 0
        everybody = {100_000 + number for number in range(chats)}
        asked: dict[int, float] = {}
        while time.monotonic() - begun < chats / 15 + 60:
            number = 10_000 + len(asked)
            place.emulator.write("/help", chat=number)
            asked[number] = time.monotonic()
            await asyncio.sleep(ask_every)
            if everybody <= place.answers().keys():
                break
        seconds = time.monotonic() - begun
        await all_answered(place, set(asked), 30)
        answers = place.answers()
        when = {message["chat"]: message["at"] for message in reversed(place.emulator.sent)}
        waits = [when[chat] - at for chat, at in asked.items() if chat in when]
        await place.end(signal.SIGTERM)
        refusals = place.emulator.flood.refusals
    return Broadcasting(
        told=chats,
        not_told=len(everybody - answers.keys()),
        told_twice=sum(answers[chat] - 1 for chat in everybody if chat in answers),
        asked=len(asked),
        not_answered=len(asked) - len(waits),
        wait_p95=statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else float("inf"),
        seconds=seconds,
        refusals=refusals,
    )


async def _opt_in(place: Bench, chats: int) -> None:
    """Let people opt in, as the buttons do."""
    import datetime as dt

    from assistant.storage.store import run_store

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    async with run_store(
        place.environment["LOTSE_DATABASE"], place.environment["LOTSE_SECRET"], now
    ) as store:
        for number in range(chats):
            chat = str(100_000 + number)
            language = ("de", "tr")[number % 2]
            await store.add_opt_in(store.key("telegram", chat), chat, "kurse", language)
