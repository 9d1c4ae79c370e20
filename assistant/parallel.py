"""Several jobs at once on several cores, where that is safe; one after the other elsewhere."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from typing import Any

_jobs: Sequence[Callable[[], Any]] = ()


def in_parallel(*jobs: Callable[[], Any], done: Callable[[int], None] = lambda number: None) -> list[Any]:
    """Return the results of all jobs, in their order; `done` is told how many are finished.

    Children are forked, so that they see what is already built without copying it. A process with
    several threads cannot be forked safely; there, and on one core, the jobs run here.
    """
    global _jobs
    alone = threading.active_count() == 1 and hasattr(os, "fork")
    if not alone or (os.cpu_count() or 1) < 2:
        return list(_told((job() for job in jobs), done))
    _jobs = jobs
    try:
        with get_context("fork").Pool(min(len(jobs), os.cpu_count() or 1)) as pool:
            return list(_told(pool.imap(_run, range(len(jobs))), done))
    finally:
        _jobs = ()


def _told(results: Iterable[Any], done: Callable[[int], None]) -> Iterator[Any]:
    for number, result in enumerate(results, 1):
        done(number)
        yield result


def _run(number: int) -> Any:
    return _jobs[number]()
