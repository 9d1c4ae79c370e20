"""The desk: answers the messages of every channel with the current edition of the knowledge."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant.background import running
from assistant.channels.metrics import Metrics
from assistant.dialogue.state import Conversation, Message
from assistant.errors import Problem
from assistant.pipeline import Assistant, Turn
from assistant.storage.store import Store

Report = Callable[[], tuple[bool, dict[str, Any]]]
"""Says whether a part works, and details."""
FLUSH_SECONDS = 5.0
CLEAN_ROUNDS = 60
"""Every five minutes what has expired is deleted: what is kept for one hour is gone soon after it."""
MAX_KEPT_UNANSWERED = 200
log = structlog.get_logger()


@dataclass
class Desk:
    """Answers messages; `assistant` is replaced as a whole when the knowledge changes."""

    assistant: Assistant
    store: Store
    metrics: Metrics = field(default_factory=Metrics)
    problems: tuple[Problem, ...] = ()
    reports: dict[str, Report] = field(default_factory=dict)
    """What other parts say of themselves for /readyz, by name."""
    refreshers: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Called before metrics are read: how other parts bring theirs up to date, by name."""
    _counts: Counter[tuple[str, str, str, str | None]] = field(default_factory=Counter)
    _unanswered: list[tuple[str, str]] = field(default_factory=list)
    _feedback: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def answer(self, channel: str, message: Message, conversation: Conversation) -> Turn:
        """Answer a message at once, from memory; counting follows later."""
        turn = self.assistant.respond(message, conversation)
        reply = turn.reply
        self.metrics.answer(channel, reply.language, reply.decision, turn.milliseconds / 1000)
        self._counts[(channel, reply.language, reply.decision, reply.entry)] += 1
        unanswered = reply.decision == "fallback" and message.text and not message.choice
        if unanswered and len(self._unanswered) < MAX_KEPT_UNANSWERED:
            self._unanswered.append((reply.language, message.text))
        return turn

    def feedback(self, entry: str, language: str, what: str) -> None:
        """Count what somebody says about an answer: that it helped, or what is wrong with it."""
        self.metrics.feedback.labels(what).inc()
        self._feedback[(entry, language, what)] += 1

    def exposed(self) -> tuple[bytes, str]:
        """Return the metrics as Prometheus reads them, and their content type."""
        knowledge = self.assistant.knowledge
        self.metrics.entries.set(sum(1 for _ in knowledge.public_entries()))
        self.metrics.languages.set(len(self.assistant.languages))
        self.metrics.problems.set(len(self.problems))
        self.metrics.database.set(self.store.is_ready)
        for refresh in self.refreshers.values():
            refresh()
        return self.metrics.exposed()

    async def flush(self) -> None:
        """Bring counts, feedback and unanswered questions into the store."""
        counts, self._counts = self._counts, Counter()
        await self.store.count_answers(counts)
        feedback, self._feedback = self._feedback, Counter()
        await self.store.count_feedback(feedback)
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
        if rounds % CLEAN_ROUNDS == 1:
            await desk.store.clean()
