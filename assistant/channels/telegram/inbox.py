"""The inbox: an update is stored before it is acknowledged, then handled, in order per chat.

A batch of updates is handled at a time; all it leads to (answers, memory, marks) is written in one
transaction. A crash before that leaves the updates waiting and nothing sent.

While the database is gone, updates are answered from memory, and acknowledged once the answers are sent.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application, ContextTypes

from assistant.channels.telegram.calls import COLLECTED, Call
from assistant.channels.telegram.client import parse_json
from assistant.channels.telegram.outbox import Sender, outgoing
from assistant.dialogue.state import Conversation
from assistant.storage.delivery import Delivery, Handled, Outgoing, Received
from assistant.storage.store import Store
from assistant.storage.units import UNIT, Unit

BATCH = 50
TRIES = 3
"""How often an update is tried before it is set aside."""
HANDLE_SECONDS = 20.0
LOOK_SECONDS = 1.0
"""How often the database is asked for updates that another process stored."""
MOST_ANSWERED = 10_000
"""Updates answered while the database was gone, which may come again."""
Bot = Application[Any, Any, Any, Any, Any, Any]
FAILURES: ContextVar[list[str]] = ContextVar("failures")
"""Kinds of errors the handlers of the update being handled have raised."""
log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """What became of one update; `calls` hold those that are not stored, too."""

    update_id: int
    calls: tuple[Call, ...]
    unit: Unit
    error: str | None = None
    stored: tuple[Outgoing, ...] = ()
    """The calls that are stored, as they are stored."""

    @property
    def durable(self) -> tuple[Call, ...]:
        """The calls that are stored."""
        return tuple(call for call in self.calls if call.durable)


class Inbox:
    """Takes updates in and handles them; one per bot."""

    def __init__(self, application: Bot, store: Store, delivery: Delivery, sender: Sender) -> None:
        self._application = application
        self._store = store
        self._delivery = delivery
        self._sender = sender
        self._news = asyncio.Event()
        self._stop = asyncio.Event()
        self._alone = asyncio.Lock()
        self._is_started = asyncio.Event()
        self._answered: OrderedDict[int, None] = OrderedDict()
        self._at_once: set[asyncio.Task[None]] = set()
        application.add_error_handler(_note_failure)

    async def take(self, updates: Iterable[object]) -> bool:
        """Take updates in; return whether they may be acknowledged: stored, or else answered."""
        received = [one for update in updates if (one := self._received(update)) is not None]
        new = [one for one in received if one.update_id not in self._answered]
        if await self._delivery.add_updates(new):
            self._news.set()
            return True
        return await self._answer_unstored(new)

    def _received(self, update: object) -> Received | None:
        number = update.get("update_id") if isinstance(update, dict) else None
        if not isinstance(update, dict) or type(number) is not int or not 0 <= number < 2**63:
            log.error("update without an id left out")
            return None
        return Received(number, self._delivery.chat(chat_of(update)), json.dumps(update).encode())

    def start(self) -> None:
        """Say that updates can be handled: the application knows who the bot is."""
        self._stop.clear()
        self._is_started.set()

    async def run(self) -> None:
        """Handle what is stored until `stop`."""
        while not self._stop.is_set():
            self._news.clear()
            batch = await self._delivery.waiting(BATCH)
            if batch:
                if not await self.work(batch):
                    await self._rest(LOOK_SECONDS)  # the database is gone: the batch waits
            else:
                await self._rest(LOOK_SECONDS)

    def stop(self) -> None:
        """Let `run` return after the batch being handled."""
        self._is_started.clear()
        self._stop.set()
        self._news.set()

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return

    async def work(self, batch: Sequence[Received]) -> bool:
        """Handle a batch and write what it led to; return whether it is written."""
        known = await self._store.load_conversations(one.chat for one in batch)
        outcomes = await self._handle_all(batch, known)
        if await self._finish(outcomes):
            return True
        if not self._store.is_ready:
            return False
        for outcome in outcomes:  # one of them is refused: it is set aside, the others count
            if not await self._finish([outcome]):
                aside = Outcome(outcome.update_id, (), Unit(), "refused by the database")
                await self._finish([aside])
        return True

    async def _finish(self, outcomes: Sequence[Outcome]) -> bool:
        handled = [Handled(one.update_id, one.stored, one.unit, one.error) for one in outcomes]
        try:
            written = await self._delivery.finish(handled)
        except Exception as error:  # what a handler wants to write cannot be written
            log.error("updates cannot be finished", error=type(error).__name__)
            return False
        if written:
            self._sender.wake()
        return written

    async def _handle_all(
        self, batch: Sequence[Received], known: MutableMapping[str, Conversation]
    ) -> list[Outcome]:
        """Handle a batch: chats side by side, each in its order."""
        chats: dict[str, list[Received]] = {}
        for one in batch:
            chats.setdefault(one.chat, []).append(one)

        async def handle_chat(updates: list[Received]) -> list[Outcome]:
            return [await self._handle(one, known) for one in updates]

        done = await asyncio.gather(*map(handle_chat, chats.values()))
        return sorted((one for chat in done for one in chat), key=lambda one: one.update_id)

    async def _handle(self, received: Received, known: MutableMapping[str, Conversation]) -> Outcome:
        """Handle one update; one that fails again and again is set aside with the kind of its error."""
        outcome = Outcome(received.update_id, (), Unit())
        for _ in range(TRIES):
            outcome = await self._attempt(received, known)
            if outcome.error is None:
                break
        if outcome.error is not None:
            log.error("update set aside", error=outcome.error)
        for key in outcome.unit.forgotten:
            known[key] = Conversation()
        known.update(outcome.unit.saved)
        for call in outcome.calls:
            if not call.durable:
                task = asyncio.create_task(self._sender.send_at_once(call))
                self._at_once.add(task)
                task.add_done_callback(self._at_once.discard)
        await asyncio.sleep(0)  # the sender gets its turn between two updates
        return outcome

    async def _attempt(self, received: Received, known: MutableMapping[str, Conversation]) -> Outcome:
        unit, calls, failures, stored = Unit(known), list[Call](), list[str](), tuple[Outgoing, ...]()
        tokens = UNIT.set(unit), COLLECTED.set(calls), FAILURES.set(failures)
        try:
            update = Update.de_json(parse_json(received.body), self._application.bot)
            async with asyncio.timeout(HANDLE_SECONDS):
                await self._application.process_update(update)
            stored = outgoing((call for call in calls if call.durable), self._delivery)
        except Exception as error:  # whatever a malformed update leads to
            failures.append(type(error).__name__)
        finally:
            UNIT.reset(tokens[0])
            COLLECTED.reset(tokens[1])
            FAILURES.reset(tokens[2])
        if failures:
            # What the handlers said of the failure goes out; what they would have remembered does not.
            return Outcome(received.update_id, tuple(calls), Unit(), failures[0], stored)
        return Outcome(received.update_id, tuple(calls), unit, None, stored)

    async def _answer_unstored(self, updates: Sequence[Received]) -> bool:
        async with self._alone:
            await self._is_started.wait()
            for one in updates:
                if one.update_id in self._answered:
                    continue
                known = await self._store.load_conversations([one.chat])
                outcome = await self._handle(one, known)
                for key, state in outcome.unit.saved.items():
                    await self._store.save_conversation(key, state)
                self._answered[one.update_id] = None
                while len(self._answered) > MOST_ANSWERED:
                    self._answered.popitem(last=False)
                await self._sender.send_unstored(outcome.durable)
        return True


async def _note_failure(_update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    FAILURES.get([]).append(type(context.error).__name__)


def chat_of(update: Mapping[str, Any]) -> object:
    """Return the id of the chat an update belongs to; of the person where there is no chat; else 0."""
    for content in update.values():
        if not isinstance(content, dict):
            continue
        message = content.get("message")
        for place in (content, message if isinstance(message, dict) else {}):
            for name in ("chat", "user_chat", "from", "user"):
                found = place.get(name)
                if isinstance(found, dict) and isinstance(found.get("id"), int) and name != "from":
                    return found["id"]
        sender = content.get("from")
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return sender["id"]
    return 0
