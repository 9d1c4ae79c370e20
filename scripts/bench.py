"""Speed and memory, measured in one run: `make bench`.

Times per question, build and start; memory of a serving process; throughput of POST /api/v1/ask beside a
bare aiohttp handler that returns JSON of the same size, so that the ratio does not depend on the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from measuring import percentile
from rich.console import Console
from rich.table import Table

from assistant.app import build_assistant
from assistant.channels.desk import run_desk
from assistant.channels.web.server import run_web
from assistant.coordination.evaluating import load_questions
from assistant.dialogue.state import Message
from assistant.settings import load_settings
from assistant.storage.store import run_store

ROOT = Path(__file__).parent.parent
SECONDS = 6.0
CLIENTS = 16
console = Console()


def questions() -> list[str]:
    """Return the texts of all test questions."""
    files = sorted((ROOT / "tests" / "questions").glob("*.yaml"))
    return [q.text for f in files if f.stem != "recorded" for q in load_questions(f)]


def measure_questions(texts: list[str]) -> dict[str, float]:
    """Return times per question in milliseconds and build times in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(load_settings(), cache=Path(folder))
        started = time.perf_counter()
        build_assistant(settings)
        cold = time.perf_counter() - started
        started = time.perf_counter()
        assistant = build_assistant(settings)
        warm = time.perf_counter() - started
    first: list[float] = []
    again: list[float] = []
    for spent in (first, again):
        for text in texts:
            started = time.perf_counter()
            assistant.respond(Message(text))
            spent.append((time.perf_counter() - started) * 1000)
    return {
        "build, cold cache (s)": cold,
        "build, warm cache (s)": warm,
        "question p50, first time (ms)": percentile(first, 0.5),
        "question p99, first time (ms)": percentile(first, 0.99),
        "question p50, words seen before (ms)": percentile(again, 0.5),
        "question p99, words seen before (ms)": percentile(again, 0.99),
    }


def measure_start() -> dict[str, float]:
    """Return seconds from process start to first answer, and memory of a process that answers."""
    code = (
        "import resource;from assistant.settings import load_settings;"
        "from assistant.app import build_assistant;from assistant.dialogue.state import Message;"
        "a=build_assistant(load_settings());a.respond(Message('Deutschkurs'));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LOTSE_CACHE": folder}
        for name in ("cold", "warm"):
            started = time.perf_counter()
            result = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
            )
            found[f"start to first answer, {name} (s)"] = time.perf_counter() - started
            found[f"memory at most, {name} (MB)"] = int(result.stdout) / 1024
    return found


async def _load(url: str, bodies: list[bytes]) -> tuple[float, float]:
    """Return answers per second and the 99th percentile in milliseconds under load."""
    spent: list[float] = []
    headers = {"Content-Type": "application/json"}
    end = time.perf_counter() + SECONDS

    async def client(session: aiohttp.ClientSession, offset: int) -> None:
        number = offset
        while time.perf_counter() < end:
            started = time.perf_counter()
            async with session.post(url, data=bodies[number % len(bodies)], headers=headers) as response:
                await response.read()
                assert response.status == 200
            spent.append((time.perf_counter() - started) * 1000)
            number += CLIENTS

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session, n) for n in range(CLIENTS)))
    return len(spent) / SECONDS, percentile(spent, 0.99)


async def _bare(size: int) -> tuple[web.AppRunner, str]:
    answer = json.dumps({"blocks": "x" * size})

    async def handler(request: web.Request) -> web.Response:
        json.loads(await request.text())
        return web.Response(text=answer, content_type="application/json")

    app = web.Application()
    app.router.add_post("/", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def _serve_and_load(texts: list[str]) -> dict[str, float]:
    bodies = [json.dumps({"text": text}).encode() for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(load_settings(), port=0, database=f"sqlite+aiosqlite:///{folder}/b.sqlite")
        assistant = build_assistant(settings)
        async with (
            run_store(settings.database, "bench", assistant.now) as store,
            run_desk(assistant, store) as desk,
            run_web(desk, settings) as address,
        ):
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{address}/api/v1/ask", data=bodies[0]) as r,
            ):
                size = len(await r.read())
            ours, slowest = await _load(f"{address}/api/v1/ask", bodies)
        runner, url = await _bare(size)
        bare, _ = await _load(url, bodies)
        await runner.cleanup()
    return {
        "web answers (1/s)": ours,
        "web answers p99 (ms)": slowest,
        "bare aiohttp handler (1/s)": bare,
        "ratio to the bare handler (%)": 100 * ours / bare,
    }


def main() -> None:
    """Measure everything and print it; `--json` for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    texts = questions()
    found: dict[str, Any] = {"questions": len(texts)}
    for name, measure in (
        ("start", measure_start),
        ("questions", lambda: measure_questions(texts)),
        ("web", lambda: asyncio.run(_serve_and_load(texts))),
    ):
        with console.status(f"measuring {name} …"):
            found |= measure()
    found["memory of this run (MB)"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if as_json:
        print(json.dumps(found))
        return
    table = Table("what", "figure")
    for key, value in found.items():
        table.add_row(key, f"{value:,.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
