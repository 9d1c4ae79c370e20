"""What the bench scripts share: percentiles, memory, one process per measurement."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile of values."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def memory() -> dict[str, float]:
    """Return the memory this process holds now and held at most, in MB.

    Not from getrusage: that also counts what the process that started this one held at that moment.
    """
    rows = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    sizes = {row[0]: int(row[1]) / 1024 for row in rows if row[0] in ("VmRSS:", "VmHWM:")}
    return {"memory": sizes["VmRSS:"], "memory_peak": sizes["VmHWM:"]}


def timed(ask: Callable[[str], T], texts: Iterable[str]) -> tuple[list[T], list[float]]:
    """Return what `ask` says to each text, and the milliseconds each took."""
    found: list[T] = []
    spent: list[float] = []
    for text in texts:
        started = time.perf_counter()
        found.append(ask(text))
        spent.append((time.perf_counter() - started) * 1000)
    return found, spent


def in_own_process(script: str, *arguments: str) -> dict[str, Any]:
    """Return the JSON that a script prints; each measurement has a process and its memory to itself."""
    command = [sys.executable, script, *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found
