"""How the bot is: what readiness and metrics show of it; no words, no people."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

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


class StatusMetrics:
    """The metrics of the bot in a registry; of several processes the one that leads is shown."""

    def __init__(self, registry: CollectorRegistry, status: Status) -> None:
        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"lotse_telegram_{name}", text, registry=registry, multiprocess_mode="livemax")

        def counter(name: str, text: str) -> Counter:
            return Counter(f"lotse_telegram_{name}", text, registry=registry)

        self._registry = registry
        self._status = status
        self._counted = Counts()
        self._poll_age = gauge("poll_age_seconds", "Seconds since Telegram answered last")
        self._inbox = gauge("inbox", "Updates that wait")
        self._outbox = gauge("outbox", "Calls on their way")
        self._leading = gauge("leading", "1 when this process fetches and sends")
        self._sent = counter("sent", "Calls sent")
        self._failed = counter("failed", "Tries to send that did not succeed")
        self._dropped = counter("dropped", "Calls given up")

    def refresh(self) -> None:
        """Bring the metrics up to date with the status."""
        status, counts, before = self._status, replace(self._status.counts), self._counted
        age = status.poll_age
        self._poll_age.set(-1.0 if age is None else age)
        self._inbox.set(status.inbox)
        self._outbox.set(status.outbox)
        self._leading.set(status.is_leading)
        self._sent.inc(counts.sent - before.sent)
        self._failed.inc(counts.failed - before.failed)
        self._dropped.inc(counts.dropped - before.dropped)
        self._counted = counts

    def unregister(self) -> None:
        """Take the metrics out of the registry."""
        gauges = (self._poll_age, self._inbox, self._outbox, self._leading)
        for metric in (*gauges, self._sent, self._failed, self._dropped):
            self._registry.unregister(metric)
