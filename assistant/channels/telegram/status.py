"""How the bot is: what readiness and metrics show of it; no words, no people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.channels.telegram.outbox import Counts

POLL_AGE = 60.0
"""Seconds after which a bot that heard nothing from Telegram is no longer ready."""


@dataclass
class Status:
    """What the parts of the bot report; `counts` belongs to the sender."""

    counts: Counts = field(default_factory=Counts)
    clock: Callable[[], float] = time.monotonic
    is_leading: bool = False
    is_refused: bool = False
    """The token is wrong."""
    has_rival: bool = False
    """Another program fetches the updates of this bot."""
    inbox: int = 0
    outbox: int = 0
    heard_at: float | None = None

    def heard(self) -> None:
        """Note that Telegram answered: updates come."""
        self.heard_at = self.clock()
        self.has_rival = self.is_refused = False

    @property
    def poll_age(self) -> float | None:
        """Seconds since Telegram answered last; None before the first time."""
        return None if self.heard_at is None else self.clock() - self.heard_at

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Return whether the bot works, and what /readyz shows of it."""
        age = self.poll_age
        problem = (
            "the token is refused; set LOTSE_TELEGRAM_TOKEN"
            if self.is_refused
            else "another program fetches updates with this token; stop it"
            if self.has_rival
            else None
        )
        heard = age is not None and age < POLL_AGE
        details = {
            "role": "leading" if self.is_leading else "standing by",
            "poll_age_seconds": None if age is None else round(age, 1),
            "inbox": self.inbox,
            "outbox": self.outbox,
            "problem": problem,
        }
        return problem is None and (heard or not self.is_leading), details


class StatusCollector(Collector):
    """The metrics of the bot, read when somebody asks."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        return self._metrics()

    def _metrics(self) -> Iterator[Metric]:
        status = self._status
        age = status.poll_age
        for name, text, value in (
            ("poll_age_seconds", "Seconds since Telegram answered last", -1.0 if age is None else age),
            ("inbox", "Updates that wait", status.inbox),
            ("outbox", "Calls on their way", status.outbox),
            ("leading", "1 when this process fetches and sends", int(status.is_leading)),
        ):
            yield GaugeMetricFamily(f"lotse_telegram_{name}", text, value)
        for name, text, count in (
            ("sent", "Calls sent", status.counts.sent),
            ("failed", "Tries to send that did not succeed", status.counts.failed),
            ("dropped", "Calls given up", status.counts.dropped),
        ):
            yield CounterMetricFamily(f"lotse_telegram_{name}", text, count)
