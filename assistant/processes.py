"""Several processes of one server: forked after everything is built, so that they share its memory.

The parent only watches: it passes signals on, starts a dead child again, and ends with the last one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

import structlog

LIVED_SECONDS = 5.0
"""A child that died sooner would die again at once: it is started again after a pause."""
PAUSE_SECONDS = 1.0
GRACE_SECONDS = 12.0
"""Children answer what is in flight; after this time they are killed."""
log = structlog.get_logger()


class Supervisor:
    """Keeps a number of children alive until it is told to stop."""

    def __init__(self, count: int, work: Callable[[int], None], buried: Callable[[int], None]) -> None:
        self._count = count
        self._work = work
        self._buried = buried
        self._children: dict[int, tuple[int, float]] = {}
        self._stopping = False

    def run(self) -> None:
        """Start the children and watch them; return when all have ended after SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for index in range(self._count):
            self._start(index)
        while self._children:
            try:
                process, status = os.wait()
            except ChildProcessError:
                return
            index, started = self._children.pop(process, (-1, 0.0))
            if index < 0:
                continue
            self._buried(process)
            if not self._stopping:
                code = os.waitstatus_to_exitcode(status)
                log.error("process ended and is started again", number=index, code=code)
                if time.monotonic() - started < LIVED_SECONDS:
                    time.sleep(PAUSE_SECONDS)
            if not self._stopping:
                self._start(index)

    def _start(self, index: int) -> None:
        process = os.fork()
        if process == 0:
            self._be_child(index)
        self._children[process] = (index, time.monotonic())

    def _be_child(self, index: int) -> None:
        """Work, and never return into the code of the parent."""
        code = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                signal.signal(number, signal.SIG_DFL)
            self._work(index)
            code = 0
        except BaseException as error:
            log.error("process failed", number=index, error=type(error).__name__)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        signal.signal(signal.SIGALRM, self._kill)
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
        self._signal(signal.SIGTERM)

    def _kill(self, _number: int, _frame: FrameType | None) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for process in list(self._children):
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(process, number)
