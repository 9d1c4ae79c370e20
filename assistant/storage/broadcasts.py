"""Broadcasts: one message to all who opted in, kept in the outbox until it is sent; it can stop and go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.storage.delivery import Outgoing, put
from assistant.storage.store import OptIn, Store
from assistant.storage.tables import broadcast, opt_in, outbox


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is."""

    id: int
    topic: str
    state: str
    total: int
    left: int


class Broadcasts:
    """The broadcasts of one bot."""

    def __init__(self, store: Store, bot: str) -> None:
        self._store = store
        self._bot = bot

    async def begin(self, topic: str, messages: Sequence[tuple[OptIn, bytes]]) -> int | None:
        """Queue one call for each person in one transaction; return the number of the broadcast."""
        values = {
            "topic": topic,
            "state": "running",
            "total": len(messages),
            "day": self._store.naive().date(),
        }

        async def write(connection: AsyncConnection) -> int:
            made = await connection.execute(sa.insert(broadcast).values(**values))
            number = int(made.inserted_primary_key[0])  # type: ignore[index]
            calls = [Outgoing(who.key, body) for who, body in messages]
            await put(connection, self._store, self._bot, calls, number)
            return number

        return await self._store.attempt(write)

    async def turn(self, number: int, state: str) -> bool:
        """Let a broadcast run or stop (`running`, `stopped`); return whether there is such a one."""

        async def write(connection: AsyncConnection) -> bool:
            where = broadcast.c.id == number
            return (
                await connection.execute(sa.update(broadcast).where(where).values(state=state))
            ).rowcount > 0

        return bool(await self._store.attempt(write))

    async def cancel(self, number: int) -> int | None:
        """Delete what is left of a broadcast; return how many messages, None when there is no such one."""

        async def write(connection: AsyncConnection) -> int | None:
            gone = await connection.execute(sa.delete(outbox).where(outbox.c.broadcast == number))
            stopped = await connection.execute(
                sa.update(broadcast)
                .where(broadcast.c.id == number)
                .values(state="stopped", total=broadcast.c.total - gone.rowcount)
            )
            return gone.rowcount if stopped.rowcount else None

        return await self._store.attempt(write)

    async def all(self) -> tuple[Progress, ...]:
        """Return all broadcasts, newest first, with how many messages are left of each."""

        async def read(connection: AsyncConnection) -> tuple[Progress, ...]:
            left = (
                sa.select(outbox.c.broadcast, sa.func.count().label("left"))
                .group_by(outbox.c.broadcast)
                .subquery()
            )
            query = (
                sa.select(broadcast, sa.func.coalesce(left.c.left, 0).label("left"))
                .outerjoin(left, left.c.broadcast == broadcast.c.id)
                .order_by(broadcast.c.id.desc())
            )
            rows = await connection.execute(query)
            return tuple(Progress(row.id, row.topic, row.state, row.total, row.left) for row in rows)

        return await self._store.attempt(read, reads=True) or ()

    async def is_wanted(self, id: int) -> bool:
        """Whether a call of a broadcast shall still be sent: not stopped, not opted out meanwhile."""

        async def read(connection: AsyncConnection) -> bool:
            query = (
                sa.select(outbox.c.id)
                .join(broadcast, broadcast.c.id == outbox.c.broadcast)
                .join(opt_in, (opt_in.c.key == outbox.c.chat) & (opt_in.c.topic == broadcast.c.topic))
                .where(outbox.c.id == id, broadcast.c.state == "running")
            )
            return (await connection.execute(query)).first() is not None

        return bool(await self._store.attempt(read, reads=True))
