"""Speed and memory, measured in one run: `make bench`.

Times per question, build and start; memory of a serving process; throughput of POST /api/v1/ask, with one
process and with two, beside a bare aiohttp handler that returns JSON of the same size. `--only web` measures
a part.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from measuring import percentile
from rich.console import Console
from rich.table import Table

from assistant.app import build_assistant
from assistant.coordination.evaluating import load_questions
from assistant.dialogue.state import Message
from assistant.settings import load_settings

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


def measure_web(texts: list[str]) -> dict[str, float]:
    """Return answers per second and times of POST /api/v1/ask and of a bare handler, side by side.

    Server and load each have processes of their own. Both servers send bodies of the same size, so that
    the ratio does not depend on the machine.
    """
    found: dict[str, float] = {}
    bodies = [json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts]
    for processes in (1, 2):
        served = {}
        with tempfile.TemporaryDirectory() as folder, _serving(folder, processes) as (url, server):
            size = statistics.median(len(_post(url, body)) for body in bodies[:: len(bodies) // 50])
            served["answers"] = _loaded(url, bodies, server)
        port = _free_port()
        command = [sys.executable, str(ROOT / "scripts/bare.py"), str(port), str(int(size)), str(processes)]
        with _running(command, f"http://127.0.0.1:{port}/", dict(os.environ)) as (url, server):
            served["bare handler"] = _loaded(url, bodies, server)
        name = f"{processes} process" + ("es" if processes > 1 else "")
        for what, figures in served.items():
            found[f"{what}, {name} (1/s)"] = figures["per_second"]
            found[f"{what}, {name}, p50 (ms)"] = figures["p50"]
            found[f"{what}, {name}, p99 (ms)"] = figures["p99"]
            found[f"{what}, {name}, CPU each (ms)"] = figures["cpu"]
            found[f"{what}, {name}, errors"] = figures["errors"]
        ratio = served["answers"]["per_second"] / served["bare handler"]["per_second"]
        found[f"ratio to the bare handler, {name} (%)"] = 100 * ratio
    return found


@contextmanager
def _serving(folder: str, processes: int) -> Iterator[tuple[str, int]]:
    """`lotse serve` without limits, ready to answer."""
    port = _free_port()
    environment = {
        **os.environ, "LOTSE_PORT": str(port), "LOTSE_RATE": "off", "LOTSE_LOG": "error",
        "LOTSE_DATABASE": f"sqlite+aiosqlite:///{folder}/bench.sqlite", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "assistant", "serve", "--processes", str(processes)]
    with _running(command, f"http://127.0.0.1:{port}/api/v1/ask", environment) as served:
        yield served


@contextmanager
def _running(command: list[str], url: str, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A server until the end of the context, once it answers: its address and process."""
    environment["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                _post(url, b'{"text": "Deutschkurs"}')
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.2)
        time.sleep(1)  # the second process may need a moment more
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _post(url: str, body: bytes) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as response:
        found: bytes = response.read()
        return found


def _loaded(url: str, bodies: list[bytes], server: int) -> dict[str, float]:
    """What the load script found, and the processor time of the server per answer: others do not count in."""
    command = [sys.executable, str(ROOT / "scripts/load.py"), url, str(SECONDS), str(CLIENTS)]
    before = _processor_time(server)
    result = subprocess.run(command, input=b"\n".join(bodies), stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(result.stdout)
    return found | {"cpu": (_processor_time(server) - before) * 1000 / max(1, found["answers"])}


def _processor_time(process: int) -> float:
    """Seconds a process and its children have used (proc(5): fields 14 and 15 of stat)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = 0
    for number in (process, *children):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    """Measure everything and print it; `--json` for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", choices=("start", "questions", "web"))
    arguments = parser.parse_args()
    texts = questions()
    found: dict[str, Any] = {"questions": len(texts)}
    for name, measure in (
        ("start", measure_start),
        ("questions", lambda: measure_questions(texts)),
        ("web", lambda: measure_web(texts)),
    ):
        if arguments.only not in (None, name):
            continue
        with console.status(f"measuring {name} …"):
            found |= measure()
    found["memory of this run (MB)"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if arguments.json:
        print(json.dumps(found))
        return
    table = Table("what", "figure")
    for key, value in found.items():
        table.add_row(key, f"{value:,.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
