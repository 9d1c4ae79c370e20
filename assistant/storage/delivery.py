"""Inbox and outbox of one Telegram bot: what came and is not handled yet, what is on its way.

Nothing here raises when the database is gone; what cannot be stored is a value (False or None).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.dialogue.state import Conversation
from assistant.storage.store import Store
from assistant.storage.tables import broadcast, inbox, outbox
from assistant.storage.units import Unit

TAKE_OUT = sa.delete(outbox).where(outbox.c.id == sa.bindparam("gone"))


@dataclass(frozen=True)
class Received:
    """One update as it came: its id, the pseudonym of its chat, its JSON."""

    update_id: int
    chat: str
    body: bytes


@dataclass(frozen=True)
class Outgoing:
    """One call to send: pseudonym of the chat, the call as bytes."""

    chat: str
    body: bytes


@dataclass(frozen=True)
class Handled:
    """What handling an update led to; `error` names the kind of failure of one that is set aside."""

    update_id: int
    calls: tuple[Outgoing, ...] = ()
    unit: Unit = field(default_factory=Unit)
    error: str | None = None


@dataclass(frozen=True)
class Queued:
    """A stored call; `age` in seconds, `body` None when it was sealed with another secret."""

    id: int
    chat: str
    body: bytes | None
    age: float
    broadcast: int | None = None


class Delivery:
    """Inbox and outbox of one bot, over the store."""

    def __init__(self, store: Store, bot: str) -> None:
        self._store = store
        self._bot = bot

    def chat(self, chat_id: object) -> str:
        """Return the pseudonym of a chat."""
        return self._store.key("telegram", str(chat_id))

    # The inbox

    async def add_updates(self, updates: Sequence[Received]) -> bool:
        """Store updates, each once; return whether they are safe now."""
        if not updates:
            return True
        rows = [
            {
                "bot": self._bot,
                "update_id": update.update_id,
                "state": "waiting",
                "body": self._store.sealer.seal(update.body),
                "chat": update.chat,
                "received_at": self._store.naive(),
            }
            for update in updates
        ]

        async def write(connection: AsyncConnection) -> bool:
            await connection.execute(self._store.insert(inbox).on_conflict_do_nothing(), rows)
            return True

        return bool(await self._store.attempt(write))

    async def waiting(self, limit: int) -> list[Received] | None:
        """Return the oldest updates that are not handled; None when the database is gone."""

        async def read(connection: AsyncConnection) -> list[Received]:
            query = (
                sa.select(inbox.c.update_id, inbox.c.chat, inbox.c.body)
                .where(inbox.c.bot == self._bot, inbox.c.state == "waiting")
                .order_by(inbox.c.update_id)
                .limit(limit)
            )
            return [
                Received(row.update_id, row.chat or "", self._store.sealer.open(row.body or b"") or b"")
                for row in await connection.execute(query)
            ]

        return await self._store.attempt(read, reads=True)

    async def finish(self, handled: Sequence[Handled]) -> bool:
        """Write all that handling led to in one transaction: answers, memory, marks. False: nothing was."""

        async def write(connection: AsyncConnection) -> bool:
            saved: dict[str, Conversation] = {}
            for one in handled:
                for key in one.unit.forgotten:
                    saved.pop(key, None)
                for write_out in one.unit.writes:
                    await write_out(connection)
                saved |= one.unit.saved
            await self._store.write_conversations(connection, saved)
            await put(connection, self._store, self._bot, [call for one in handled for call in one.calls])
            await self._mark(connection, [one.update_id for one in handled if one.error is None], None)
            for one in handled:
                if one.error is not None:
                    await self._mark(connection, [one.update_id], one.error)
            return True

        return bool(await self._store.attempt(write))

    async def _mark(self, connection: AsyncConnection, ids: list[int], error: str | None) -> None:
        """Leave of updates only that they came."""
        state = "failed" if error else "done"
        await connection.execute(
            sa.update(inbox)
            .where(inbox.c.bot == self._bot, inbox.c.update_id.in_(ids))
            .values(state=state, error=error[:64] if error else None, body=None, chat=None)
        )

    # The outbox

    async def queued(self, answers_after: int, limit: int, broadcasts: int) -> list[Queued] | None:
        """Return the oldest answers after an id and the oldest calls of running broadcasts.

        None when the database is gone.
        """
        answers = (
            sa.select(outbox)
            .where(outbox.c.bot == self._bot, outbox.c.broadcast.is_(None), outbox.c.id > answers_after)
            .order_by(outbox.c.id)
            .limit(limit)
        )
        told = (
            sa.select(outbox)
            .join(broadcast, broadcast.c.id == outbox.c.broadcast)
            .where(outbox.c.bot == self._bot, broadcast.c.state == "running")
            .order_by(outbox.c.id)
            .limit(broadcasts)
        )

        async def read(connection: AsyncConnection) -> list[Queued]:
            rows = list(await connection.execute(answers))
            if broadcasts:
                rows += list(await connection.execute(told))
            now = self._store.naive()
            return [
                Queued(
                    row.id,
                    row.chat,
                    self._store.sealer.open(row.body),
                    (now - row.created_at).total_seconds(),
                    row.broadcast,
                )
                for row in rows
            ]

        return await self._store.attempt(read, reads=True)

    async def take_out(self, id: int) -> bool:
        """Delete a call that was sent or cannot be; return whether that is written."""
        return await self._store.at_once(TAKE_OUT, {"gone": id})

    async def remove_chat(self, chat: str) -> bool:
        """Delete everything about a chat that blocked the bot: nothing can reach it any more."""

        async def write(connection: AsyncConnection) -> bool:
            await self._store.delete_chat(connection, chat)
            await connection.execute(sa.delete(outbox).where(outbox.c.chat == chat))
            await connection.execute(
                sa.update(inbox).where(inbox.c.chat == chat).values(state="done", body=None, chat=None)
            )
            return True

        return bool(await self._store.attempt(write))

    async def backlog(self) -> tuple[int, int] | None:
        """Return how many updates wait and how many calls are on their way; None: database gone."""

        async def read(connection: AsyncConnection) -> tuple[int, int]:
            count = sa.select(sa.func.count())
            waiting = count.select_from(inbox).where(inbox.c.bot == self._bot, inbox.c.state == "waiting")
            leaving = count.select_from(outbox).where(outbox.c.bot == self._bot)
            return (
                (await connection.execute(waiting)).scalar_one(),
                (await connection.execute(leaving)).scalar_one(),
            )

        return await self._store.attempt(read, reads=True)


async def put(
    connection: AsyncConnection, store: Store, bot: str, calls: Iterable[Outgoing], number: int | None = None
) -> None:
    """Put calls into the outbox of a bot within a transaction; `number` is that of their broadcast."""
    rows = [
        {
            "bot": bot,
            "chat": call.chat,
            "broadcast": number,
            "body": store.sealer.seal(call.body),
            "created_at": store.naive(),
        }
        for call in calls
    ]
    if rows:
        await connection.execute(sa.insert(outbox), rows)
