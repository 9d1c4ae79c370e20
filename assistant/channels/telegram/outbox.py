"""The sender: brings stored calls to Telegram, in order per chat, answers before broadcasts.

A call stays stored until it is sent, so a crash loses none. Telegram cannot be told to ignore a repeated
call, so one that was sent but not yet taken out comes twice after a crash: therefore one call leaves at a
time, and a further one only while those under way are slow (PATIENCE).
"""

from __future__ import annotations

import asyncio
import base64
import heapq
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import structlog

from assistant.channels.telegram.calls import Call
from assistant.channels.telegram.client import BotApi, RefusedError, TooManyError, UnreachableError
from assistant.channels.telegram.pacing import Limits, Pace
from assistant.storage.broadcasts import Broadcasts
from assistant.storage.delivery import Delivery, Outgoing, Queued

PATIENCE = 0.2
"""Seconds after which a call under way no longer holds up the others."""
MOST_UNDER_WAY = 8
IN_MEMORY = 500
"""Answers loaded at once."""
BROADCASTS_IN_MEMORY = 50
QUICK = (0.3, 0.6, 1.2, 2.5, 5.0)
"""Seconds before the first repetitions; then ever slower."""
SLOWEST = 600.0
GONE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")
"""What Telegram says of a message that cannot be edited any more."""
OLDEST = 24 * 3600.0
"""Nobody waits longer for an answer."""
FINISH_SECONDS = 2.0
"""How long calls under way may take when Lotse stops."""
LOOK_SECONDS = 1.0
"""How often the database is asked for calls of other processes."""
log = structlog.get_logger()

Rank = tuple[bool, int]
"""Answers before broadcasts, then the order they were stored in."""


@dataclass
class Counts:
    """What became of calls since the start."""

    sent: int = 0
    failed: int = 0
    """Tries that did not succeed."""
    dropped: int = 0
    """Calls given up: refused, too old, to people who blocked the bot."""


@dataclass
class _Line:
    """What is on its way to one chat; `due` is when the next may leave."""

    rows: list[tuple[Rank, Queued]] = field(default_factory=list)
    due: float = 0.0
    failures: int = 0
    is_busy: bool = False


class Sender:
    """Sends what the outbox holds; one per bot."""

    def __init__(
        self,
        api: BotApi,
        delivery: Delivery,
        broadcasts: Broadcasts,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._delivery = delivery
        self._broadcasts = broadcasts
        self._pace = Pace(limits)
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._ready: list[tuple[Rank, str]] = []
        self._later: list[tuple[float, str]] = []
        self._held: dict[int, asyncio.Future[None] | None] = {}
        """Ids in memory; those below zero are not stored, somebody waits for them."""
        self._after = 0
        self._settled: set[int] = set()
        """Ids sent while the outbox was being read: what was read may still hold them."""
        self._unmarked: set[int] = set()
        """Sent, but the database was gone when this should have been written."""
        self._looked = float("-inf")
        self._unsaved = 0
        self._is_fresh = True
        self._stir = asyncio.Event()
        self.counts = Counts()

    def wake(self) -> None:
        """Say that there are new calls in the outbox."""
        self._is_fresh = True
        self._stir.set()

    @property
    def in_memory(self) -> int:
        """How many calls are held in memory."""
        return len(self._held)

    async def send_unstored(self, calls: Sequence[Call]) -> None:
        """Send calls that cannot be stored because the database is gone; return when they are sent."""
        waiting: list[asyncio.Future[None]] = []
        for call in calls:
            self._unsaved -= 1
            done = asyncio.get_running_loop().create_future()
            self._held[self._unsaved] = done
            waiting.append(done)
            chat = self._delivery.chat(call.payload.get("chat_id"))
            self._add(Queued(self._unsaved, chat, to_bytes(call), 0.0))
        self._stir.set()
        await asyncio.gather(*waiting)

    async def send_at_once(self, call: Call) -> None:
        """Send a call that is worth nothing later; failures do not matter."""
        try:
            await self._api.call(call.method, call.payload)
        except (UnreachableError, RefusedError, TooManyError) as error:
            log.debug("call not sent", method=call.method, error=type(error).__name__)

    async def run(self) -> None:
        """Send until cancelled; what is under way then is finished."""
        under_way: set[asyncio.Task[None]] = set()
        self._begin()
        try:
            while True:
                self._stir.clear()
                await self._look()
                now = self._clock()
                chat, wait = self._next(now)
                under_way = {task for task in under_way if not task.done()}
                if chat is None:
                    await self._rest(wait)
                    continue
                self._pace.note(now, self._lines[chat].rows[0][0][0])
                under_way.add(asyncio.create_task(self._deliver(chat)))
                full = len(under_way) >= MOST_UNDER_WAY
                how = asyncio.FIRST_COMPLETED if full else asyncio.ALL_COMPLETED
                await asyncio.wait(under_way, timeout=None if full else PATIENCE, return_when=how)
        finally:
            if under_way:
                _, late = await asyncio.wait(under_way, timeout=FINISH_SECONDS)
                for task in late:
                    task.cancel()

    def _begin(self) -> None:
        """Leave behind what was loaded before: another process may have sent it meanwhile."""
        unstored = [row for line in self._lines.values() for _, row in line.rows if row.id < 0]
        self._lines, self._ready, self._later = {}, [], []
        self._held = {id: done for id, done in self._held.items() if id < 0}
        self._after, self._looked, self._is_fresh = 0, float("-inf"), True
        for row in unstored:
            self._add(row)

    async def drain(self, seconds: float) -> None:
        """Wait until the calls in memory are sent, at most so long."""
        until = self._clock() + seconds
        while self._held and self._clock() < until:
            await asyncio.sleep(0.02)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stir.wait(), min(seconds, LOOK_SECONDS))
        except TimeoutError:
            return

    async def _look(self) -> None:
        """Load what is new in the outbox, when there may be something and room for it."""
        now = self._clock()
        regular = now - self._looked >= LOOK_SECONDS
        if not (self._is_fresh or regular) or len(self._held) >= IN_MEMORY:
            return
        for id in list(self._unmarked):
            if await self._delivery.take_out(id):
                self._unmarked.discard(id)
        self._is_fresh = False
        if regular:
            self._looked = now
            self._after = 0  # another process may have stored a smaller id later
        self._settled.clear()
        rows = await self._delivery.queued(self._after, IN_MEMORY, BROADCASTS_IN_MEMORY if regular else 0)
        for row in rows or ():
            if row.broadcast is None:
                self._after = max(self._after, row.id)
            if not (row.id in self._held or row.id in self._unmarked or row.id in self._settled):
                self._held[row.id] = None
                self._add(row)
        if rows is not None and len(rows) >= IN_MEMORY:
            self._is_fresh = True  # there is more

    def _add(self, row: Queued) -> None:
        line = self._lines.setdefault(row.chat, _Line())
        heapq.heappush(line.rows, ((row.broadcast is not None, abs(row.id)), row))
        if not line.is_busy:
            self._arrange(row.chat, line)

    def _arrange(self, chat: str, line: _Line) -> None:
        """Put a chat where its next call belongs: ready, or later."""
        if line.due > self._clock():
            heapq.heappush(self._later, (line.due, chat))
        elif line.rows:
            heapq.heappush(self._ready, (line.rows[0][0], chat))
        else:
            self._lines.pop(chat, None)

    def _next(self, now: float) -> tuple[str | None, float]:
        """The chat whose call may leave now, or the seconds to wait. Old notes in the heaps are skipped."""
        while self._later and self._later[0][0] <= now:
            _, chat = heapq.heappop(self._later)
            line = self._lines.get(chat)
            if line is not None and not line.is_busy:
                self._arrange(chat, line)
        while self._ready:
            rank, chat = self._ready[0]
            line = self._lines.get(chat)
            if line is None or line.is_busy or not line.rows or line.rows[0][0] != rank or line.due > now:
                heapq.heappop(self._ready)
                continue
            wait = self._pace.wait(now, rank[0])
            if wait > 0:
                return None, wait
            heapq.heappop(self._ready)
            line.is_busy = True
            return chat, 0.0
        return None, (self._later[0][0] - now if self._later else LOOK_SECONDS)

    async def _deliver(self, chat: str) -> None:
        line = self._lines[chat]
        rank, row = line.rows[0]
        try:
            if await self._try(line, row):
                line.failures = 0
                line.rows.remove((rank, row))
                heapq.heapify(line.rows)
        except Exception as error:
            # Not foreseen: this call waits, the others go on.
            log.error("sending failed", error=type(error).__name__)
            self._put_off(line)
        finally:
            line.is_busy = False
            self._arrange(chat, line)
            self._stir.set()

    async def _try(self, line: _Line, row: Queued) -> bool:
        """Try to send a call; return whether it is over with it, sent or not."""
        call = from_bytes(row.body)
        if call is None or row.age > OLDEST:
            log.error("call given up", reason="unreadable" if call is None else "too old")
            return await self._over(row, dropped=True)
        if row.broadcast is not None and not await self._broadcasts.is_wanted(row.id):
            self._settle(row.id)
            return True
        chat_id = call.payload.get("chat_id")
        try:
            await self._api.call(call.method, call.payload)
        except TooManyError as error:
            self.counts.failed += 1
            self._pace.pause(self._clock(), error.seconds)
            log.warning("telegram wants a pause", seconds=error.seconds)
            line.due = self._clock() + error.seconds
            return False
        except UnreachableError as error:
            self.counts.failed += 1
            log.warning("call not sent", method=call.method, error=str(error), failures=line.failures + 1)
            self._put_off(line)
            return False
        except RefusedError as error:
            return await self._refused(line, row, call, error)
        line.due = self._clock() + self._pace.rest(chat_id)
        if line.failures:
            self._hurry()
        return await self._over(row)

    async def _refused(self, line: _Line, row: Queued, call: Call, error: RefusedError) -> bool:
        if error.code in (401, 404):  # the token, not the call
            log.error("telegram refuses the token; set LOTSE_TELEGRAM_TOKEN", code=error.code)
            self._put_off(line)
            return False
        if error.code == 409:
            self._put_off(line)
            return False
        if error.code == 403:
            log.info("chat is closed to the bot; its rows are deleted")
            await self._remove(row.chat, line)
            return True
        instead = substitute(call, error)
        if instead is None:
            if not _is_harmless(error):
                log.error("call refused", method=call.method, code=error.code)
                return await self._over(row, dropped=True)
            return await self._over(row)
        try:
            await self._api.call(instead.method, instead.payload)
        except RefusedError as again:
            log.error("call refused", method=instead.method, code=again.code)
            return await self._over(row, dropped=True)
        except (UnreachableError, TooManyError):
            self._put_off(line)  # the whole is tried again later
            return False
        return await self._over(row)

    async def _remove(self, chat: str, line: _Line) -> None:
        """Forget a chat that blocked the bot, with all that was to be sent to it."""
        await self._delivery.remove_chat(chat)
        for _, row in line.rows[1:]:
            self._settle(row.id)
        self.counts.dropped += len(line.rows)
        self._settle(line.rows[0][1].id)
        del line.rows[1:]

    async def _over(self, row: Queued, dropped: bool = False) -> bool:
        if dropped:
            self.counts.dropped += 1
        else:
            self.counts.sent += 1
        if row.id > 0 and not await self._delivery.take_out(row.id):
            self._unmarked.add(row.id)
        self._settle(row.id)
        return True

    def _settle(self, id: int) -> None:
        self._settled.add(id)
        done = self._held.pop(id, None)
        if done is not None and not done.done():
            done.set_result(None)

    def _put_off(self, line: _Line) -> None:
        line.failures += 1
        line.due = self._clock() + delay(line.failures)

    def _hurry(self) -> None:
        """The line is good again: what waits because of failures need not wait longer."""
        now = self._clock()
        for chat, line in self._lines.items():
            if line.failures > 1 and not line.is_busy:
                line.due = min(line.due, now)
                heapq.heappush(self._later, (line.due, chat))


def delay(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row; a third of it is chance."""
    quick = failures <= len(QUICK)
    seconds = QUICK[failures - 1] if quick else min(QUICK[-1] * 2 ** (failures - len(QUICK)), SLOWEST)
    return seconds * random.uniform(0.67, 1.0)


def substitute(call: Call, error: RefusedError) -> Call | None:
    """Return the call to make instead of a refused one, or None.

    A group may have moved; a message that is gone or too old to be edited is sent anew.
    """
    if error.moved_to is not None:
        return replace(call, payload={**call.payload, "chat_id": error.moved_to})
    gone = call.method == "editMessageText" and any(text in error.description for text in GONE)
    if gone and "chat_id" in call.payload:
        return Call("sendMessage", {k: v for k, v in call.payload.items() if k != "message_id"})
    return None


def _is_harmless(error: RefusedError) -> bool:
    """Whether the wish is fulfilled although Telegram refuses: the text already stands there."""
    return "message is not modified" in error.description


def to_bytes(call: Call) -> bytes:
    """Return a call as JSON."""
    return orjson.dumps({"method": call.method, "payload": call.payload}, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError


def from_bytes(body: bytes | None) -> Call | None:
    """Return the call of such JSON; None for anything else."""
    try:
        data = orjson.loads(body or b"")
        return Call(str(data["method"]), dict(data["payload"]))
    except (ValueError, KeyError, TypeError):
        return None


def outgoing(calls: Iterable[Call], delivery: Delivery) -> tuple[Outgoing, ...]:
    """Return calls as the outbox stores them."""
    return tuple(Outgoing(delivery.chat(call.payload.get("chat_id")), to_bytes(call)) for call in calls)
