"""The store: conversation memory, opt-ins, anonymous counts, unanswered questions.

Answers never wait for it: when the database is gone, every method gives up quietly (database.py), and
memory alone carries on. Within a unit of work (units.py) what is written is only collected.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from assistant.dialogue.state import Conversation
from assistant.storage.database import Database, open_engine
from assistant.storage.remembering import from_bytes, to_bytes
from assistant.storage.scrubbing import scrub
from assistant.storage.sealing import Sealer
from assistant.storage.tables import (
    broadcast,
    conversation,
    daily_count,
    feedback,
    inbox,
    opt_in,
    outbox,
    unanswered,
)
from assistant.storage.units import UNIT, Write

KEPT = dt.timedelta(days=30)
"""How long a chosen language and a question without an answer are kept."""
TALK_KEPT = dt.timedelta(hours=1)
"""How long the rest of a conversation is kept: situation, path, last answer."""
SEEN_KEPT = dt.timedelta(hours=48)
"""How long the inbox knows which updates came; Telegram repeats them for 24 hours at most."""
MOST_IN_MEMORY = 2000
"""Conversations carried on in memory while the database is gone."""


@dataclass(frozen=True)
class OptIn:
    """Somebody who wants to hear of a topic: pseudonym, the address to write to, language."""

    key: str
    address: str
    language: str


class Store(Database):
    """What is kept between two messages; see tables.py."""

    def __init__(self, engine: AsyncEngine, secret: str, now: Callable[[], dt.datetime]) -> None:
        super().__init__(engine)
        self._secret = secret.encode()
        self._talks = Sealer(secret, "conversation")
        self._now = now
        self._memory: OrderedDict[str, tuple[dt.datetime, Conversation]] = OrderedDict()
        self.sealer = Sealer(secret, "telegram")
        self.traces: set[str] = set()
        """Chats whose deleted rows may still stand in the write-ahead log."""

    def key(self, channel: str, chat: str) -> str:
        """Return the pseudonym of a chat (HMAC-SHA-256)."""
        return hmac.new(self._secret, f"{channel}:{chat}".encode(), hashlib.sha256).hexdigest()

    async def load_conversation(self, key: str) -> Conversation:
        """Return what is remembered of a conversation; an empty one when nothing is."""
        unit = UNIT.get()
        known = unit.conversation(key) if unit is not None else None
        return known if known is not None else (await self.load_conversations([key]))[key]

    async def load_conversations(self, keys: Iterable[str]) -> dict[str, Conversation]:
        """Return several conversations at once, one for each key."""
        wanted = list(dict.fromkeys(keys))

        async def read(connection: AsyncConnection) -> dict[str, Conversation]:
            query = sa.select(conversation).where(
                conversation.c.key.in_(wanted), conversation.c.expires_at > self.naive()
            )
            return {row.key: self._opened(row) for row in await connection.execute(query)}

        found = await self.attempt(read, reads=True)
        return {
            key: self._recalled(key) if found is None else found.get(key, Conversation()) for key in wanted
        }

    def _opened(self, row: Any) -> Conversation:
        talk = None
        if row.talk is not None and row.talk_until is not None and row.talk_until > self.naive():
            opened = self._talks.open(row.talk)
            talk = from_bytes(opened) if opened is not None else None
        return talk or Conversation(row.language)

    async def save_conversation(self, key: str, state: Conversation) -> None:
        """Remember the language of a conversation for 30 days from now, the rest for one hour."""
        unit = UNIT.get()
        if unit is not None:
            unit.save(key, state)
        else:
            await self.attempt(lambda connection: self.write_conversations(connection, {key: state}))
        if not self.is_ready:
            self._recall(key, state)

    async def write_conversations(
        self, connection: AsyncConnection, states: Mapping[str, Conversation]
    ) -> None:
        """Write conversations within a transaction."""
        if not states:
            return
        now = self.naive()
        statement = self.insert(conversation)
        columns = ("language", "talk", "talk_until", "expires_at")
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["key"], set_={name: statement.excluded[name] for name in columns}
            ),
            [
                {
                    "key": key,
                    "language": state.language,
                    "talk": self._talks.seal(to_bytes(state)),
                    "talk_until": now + TALK_KEPT,
                    "expires_at": now + KEPT,
                }
                for key, state in states.items()
            ],
        )

    def _recall(self, key: str, state: Conversation) -> None:
        self._memory[key] = (self._now() + TALK_KEPT, state)
        self._memory.move_to_end(key)
        while len(self._memory) > MOST_IN_MEMORY:
            self._memory.popitem(last=False)

    def _recalled(self, key: str) -> Conversation:
        until, state = self._memory.get(key, (self._now(), Conversation()))
        return state if until > self._now() else Conversation()

    async def forget(self, key: str) -> None:
        """Delete everything about a chat; the write-ahead log is emptied by `wipe`."""
        unit = UNIT.get()
        self._memory.pop(key, None)
        if unit is not None:
            unit.forget(key, lambda connection: self.delete_chat(connection, key))
            return
        await self.attempt(lambda connection: self.delete_chat(connection, key))
        await self.wipe()

    async def delete_chat(self, connection: AsyncConnection, key: str) -> None:
        """Delete within a transaction what is kept about a chat, and broadcasts on their way to it."""
        self.traces.add(key)
        await connection.execute(sa.delete(conversation).where(conversation.c.key == key))
        await connection.execute(sa.delete(opt_in).where(opt_in.c.key == key))
        await connection.execute(
            sa.delete(outbox).where(outbox.c.chat == key, outbox.c.broadcast.is_not(None))
        )

    async def wipe(self) -> None:
        """Empty SQLite's write-ahead log, so that deleted rows stand nowhere any more.

        Done again while calls to a forgotten chat are on their way, and while somebody else reads.
        """
        traces = sorted(self.traces)

        async def checkpoint(connection: AsyncConnection) -> set[str]:
            query = sa.select(outbox.c.chat).where(outbox.c.chat.in_(traces))
            left = set((await connection.execute(query)).scalars())
            if connection.dialect.name == "sqlite":
                busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
                return set(traces) if busy else left
            return left

        left = await self.attempt(checkpoint)
        if left is not None:
            self.traces -= set(traces) - left

    async def add_opt_in(self, key: str, address: str, topic: str, language: str) -> None:
        """Remember that a chat wants to hear of a topic; `address` is the chat id, kept sealed."""
        values = {
            "address": self.sealer.seal(address.encode()),
            "language": language,
            "day": self._now().date(),
        }

        async def write(connection: AsyncConnection) -> None:
            statement = self.insert(opt_in).values(key=key, topic=topic, **values)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["key", "topic"], set_=values)
            )

        await self._write(write)

    async def remove_opt_in(self, key: str, topic: str) -> None:
        """Forget that a chat wanted to hear of a topic, with what is on its way."""
        told = sa.select(broadcast.c.id).where(broadcast.c.topic == topic)

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(sa.delete(opt_in).where(opt_in.c.key == key, opt_in.c.topic == topic))
            await connection.execute(
                sa.delete(outbox).where(outbox.c.chat == key, outbox.c.broadcast.in_(told))
            )

        await self._write(write)

    async def topics(self, key: str) -> tuple[str, ...]:
        """Return what a chat wants to hear of."""

        async def read(connection: AsyncConnection) -> tuple[str, ...]:
            query = sa.select(opt_in.c.topic).where(opt_in.c.key == key).order_by(opt_in.c.topic)
            return tuple((await connection.execute(query)).scalars())

        return await self.attempt(read, reads=True) or ()

    async def opt_ins(self, topic: str) -> tuple[OptIn, ...]:
        """Return who wants to hear of a topic; those sealed with another secret are left out."""

        async def read(connection: AsyncConnection) -> tuple[OptIn, ...]:
            query = sa.select(opt_in).where(opt_in.c.topic == topic).order_by(opt_in.c.key)
            rows = [(row, self.sealer.open(row.address)) for row in await connection.execute(query)]
            return tuple(OptIn(row.key, at.decode(), row.language) for row, at in rows if at is not None)

        return await self.attempt(read, reads=True) or ()

    async def count_answers(self, counts: Mapping[tuple[str, str, str, str | None], int]) -> None:
        """Count answers of today by channel, language, decision and entry; nothing about who asked."""
        names = ("channel", "language", "decision", "entry")
        rows = [
            dict(zip(names, (channel, language, decision, entry or ""), strict=True)) | {"count": number}
            for (channel, language, decision, entry), number in counts.items()
        ]
        await self._add_up(daily_count, rows)

    async def count_feedback(self, counts: Mapping[tuple[str, str, str], int]) -> None:
        """Count what people say about answers today, by entry, language and what; see tables.feedback."""
        names = ("entry", "language", "what")
        rows = [dict(zip(names, key, strict=True)) | {"count": number} for key, number in counts.items()]
        await self._add_up(feedback, rows)

    async def _add_up(self, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
        """Add counts to those of today."""
        if not rows:
            return
        today = self._now().date()
        statement = self.insert(table)
        added = {"count": table.c.count + statement.excluded.count}
        statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(statement, [{"day": today, **row} for row in rows])

        await self.attempt(write)

    async def load_feedback(self, days: int) -> list[tuple[str, str, str, int]]:
        """Return (entry, language, what, count) of the last days, today included; most often first."""
        since = self._now().date() - dt.timedelta(days=days - 1)
        total = sa.func.sum(feedback.c.count)
        names = (feedback.c.entry, feedback.c.language, feedback.c.what)

        async def read(connection: AsyncConnection) -> list[tuple[str, str, str, int]]:
            query = sa.select(*names, total).where(feedback.c.day >= since).group_by(*names)
            rows = await connection.execute(query.order_by(total.desc(), *names))
            return [(entry, language, what, int(count)) for entry, language, what, count in rows]

        return await self.attempt(read, reads=True) or []

    async def keep_unanswered(self, language: str, text: str) -> None:
        """Keep the words of a question Lotse could not answer, scrubbed, with the day only."""
        words = scrub(text)
        if not words:
            return

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(
                sa.insert(unanswered).values(day=self._now().date(), language=language, text=words)
            )

        await self.attempt(write)

    async def clean(self) -> None:
        """Delete what has expired."""
        oldest = self._now().date() - KEPT
        now = self.naive()
        old_talk = (conversation.c.talk_until <= now) | conversation.c.talk_until.is_(None)

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(
                sa.delete(conversation).where(
                    (conversation.c.expires_at <= now) | (old_talk & conversation.c.language.is_(None))
                )
            )
            await connection.execute(
                sa.update(conversation).where(old_talk).values(talk=None, talk_until=None)
            )
            await connection.execute(sa.delete(unanswered).where(unanswered.c.day < oldest))
            await connection.execute(
                sa.delete(inbox).where(inbox.c.state != "waiting", inbox.c.received_at <= now - SEEN_KEPT)
            )

        await self.attempt(write)
        await self.wipe()

    def naive(self) -> dt.datetime:
        """Return the time in UTC as it is written into tables."""
        return self._now().astimezone(dt.UTC).replace(tzinfo=None)

    async def _write(self, write: Write) -> None:
        unit = UNIT.get()
        if unit is not None:
            unit.writes.append(write)
        else:
            await self.attempt(write)


@asynccontextmanager
async def run_store(url: str, secret: str, now: Callable[[], dt.datetime]) -> AsyncIterator[Store]:
    """Open the store of a database URL; closed at the end. Raise SettingsError when it is none."""
    store = Store(open_engine(url), secret, now)
    await store.check()
    try:
        yield store
    finally:
        await store.close()


def load_secret(given: str, folder: Path) -> str:
    """Return the secret from the settings, or the one kept in a folder, made at the first start."""
    if given:
        return given
    path = folder / "secret"
    try:
        if path.is_file():
            return path.read_text(encoding="ascii").strip()
        folder.mkdir(parents=True, exist_ok=True)
        made = secrets.token_hex(32)
        path.touch(mode=0o600)
        path.write_text(made, encoding="ascii")
        return made
    except OSError:
        return secrets.token_hex(32)
