"""Several processes are one server: they share the port and what was built, and replace who died."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SECONDS = 30


@pytest.fixture
def server(small: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`lotse serve --processes 2` with the small knowledge base, and its port. Telegram is out of reach."""
    log = tmp_path / "log"
    environment = {
        **os.environ, "LOTSE_KNOWLEDGE": str(small), "LOTSE_LOCALES": str(tmp_path), "LOTSE_CACHE": "",
        "LOTSE_DATABASE": f"sqlite+aiosqlite:///{tmp_path}/lotse.sqlite", "LOTSE_SECRET": "for tests only",
        "PYTHONPATH": str(ROOT), "COLUMNS": "200",
        "LOTSE_TELEGRAM_TOKEN": "123456:FOR-TESTS-ONLY", "LOTSE_TELEGRAM_API": "http://127.0.0.1:9/bot",
    }  # fmt: skip
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--processes", "2"]
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=tmp_path, text=True)
    try:
        eventually(lambda: "http://" in log.read_text())
        found = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())
        assert found
        eventually(lambda: len(children(process)) == 2)
        yield process, int(found[1])
    finally:
        process.terminate()
        process.wait(SECONDS)


def eventually(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.1)


def children(process: subprocess.Popen[str]) -> list[int]:
    return [int(p) for p in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def ask(port: int, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_answer(port, "POST", "/api/v1/ask", json.dumps(body)))
    return found


def metrics(port: int) -> str:
    return _answer(port, "GET", "/metrics").decode()


def _answer(port: int, method: str, path: str, body: str | None = None) -> bytes:
    """Ask over a new connection: any of the processes may take it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request(method, path, body)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_each_process_tells_how_the_bot_is(server: tuple[subprocess.Popen[str], int]) -> None:
    _, port = server
    eventually(lambda: "lotse_telegram_leading 1.0" in metrics(port))
    for _ in range(8):
        assert "lotse_telegram_leading 1.0" in metrics(port)


def test_processes_carry_on_each_others_conversations(server: tuple[subprocess.Popen[str], int]) -> None:
    process, port = server
    reply = ask(port, text="Kindergeld", language="de")
    key = reply["conversation"]
    for _ in range(8):
        reply = ask(port, text="Kindergeld", conversation=key, state=reply["state"])
        assert reply["conversation"] == key
    killed = children(process)[0]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len(children(process)) == 2 and killed not in children(process))
    eventually(lambda: _answers(port))
    assert ask(port, text="Kindergeld", conversation=key, state=reply["state"])["conversation"] == key
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0


def _answers(port: int) -> bool:
    try:
        return "decision" in ask(port, text="Kindergeld")
    except OSError:
        return False
