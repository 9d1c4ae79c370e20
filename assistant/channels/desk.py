"""The desk: answers the messages of every channel with the current edition of the knowledge."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Gauge, Histogram
from prometheus_client import Counter as Metric

from assistant.background import running
from assistant.dialogue.state import Conversation, Message
from assistant.errors import Problem
from assistant.pipeline import Assistant, Turn
from assistant.storage.store import Store

Report = Callable[[], tuple[bool, dict[str, Any]]]
"""Says whether a part works, and details."""
FLUSH_SECONDS = 5.0
MAX_KEPT_UNANSWERED = 200
log = structlog.get_logger()


@dataclass
class Metrics:
    """What /metrics shows: counts and times, never words or people."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.answers = Metric(
            "lotse_answers", "Answers given", ["channel", "language", "decision"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "lotse_answer_seconds", "Time to compose an answer", registry=self.registry,
            buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5),
        )  # fmt: skip
        self.reload = Gauge(
            "lotse_knowledge_last_reload_successful",
            "1 when the newest knowledge is served, 0 when it has errors",
            registry=self.registry,
        )
        self.reload.set(1)


@dataclass
class Desk:
    """Answers messages; `assistant` is replaced as a whole when the knowledge changes."""

    assistant: Assistant
    store: Store
    metrics: Metrics = field(default_factory=Metrics)
    problems: tuple[Problem, ...] = ()
    reports: dict[str, Report] = field(default_factory=dict)
    """What other parts say of themselves for /readyz, by name."""
    _counts: Counter[tuple[str, str, str, str | None]] = field(default_factory=Counter)
    _unanswered: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, channel: str, message: Message, conversation: Conversation) -> Turn:
        """Answer a message at once, from memory; counting follows later."""
        turn = self.assistant.respond(message, conversation)
        reply = turn.reply
        self.metrics.answers.labels(channel, reply.language, reply.decision).inc()
        self.metrics.seconds.observe(turn.milliseconds / 1000)
        self._counts[(channel, reply.language, reply.decision, reply.entry)] += 1
        unanswered = reply.decision == "fallback" and message.text and not message.choice
        if unanswered and len(self._unanswered) < MAX_KEPT_UNANSWERED:
            self._unanswered.append((reply.language, message.text))
        return turn

    async def flush(self) -> None:
        """Bring counts and unanswered questions into the store."""
        counts, self._counts = self._counts, Counter()
        for (channel, language, decision, entry), count in counts.items():
            await self.store.count(channel, language, decision, entry, count)
        unanswered, self._unanswered = self._unanswered, []
        for language, text in unanswered:
            await self.store.keep_unanswered(language, text)


@asynccontextmanager
async def run_desk(assistant: Assistant, store: Store) -> AsyncIterator[Desk]:
    """Open the desk; counts are written every few seconds and at the end."""
    desk = Desk(assistant, store)
    async with running(_keep_books(desk)):
        try:
            yield desk
        finally:
            await desk.flush()


async def _keep_books(desk: Desk) -> None:
    rounds = 0
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        if not desk.store.is_ready:
            await desk.store.check()
        if desk.store.traces:
            await desk.store.wipe()
        await desk.flush()
        rounds += 1
        if rounds % 720 == 1:
            await desk.store.clean()
