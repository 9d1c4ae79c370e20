"""Leases: what only one of several processes on a database may do."""

from __future__ import annotations

import os
import secrets
import socket
import time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.storage.store import Store
from assistant.storage.tables import lease

LEASE_SECONDS = 20.0
"""After this a process that gave no sign of life is taken for dead."""
RUN = secrets.token_hex(4)
"""Tells this run of the process from an earlier one with the same number (containers count from 1)."""


class Lease:
    """One lease as one process sees it."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{RUN}:{secrets.token_hex(4)}"

    async def take(self) -> bool | None:
        """Take or renew the lease; False: another process has it, None: the database is gone."""
        name, now = self._name, time.time()

        async def write(connection: AsyncConnection) -> bool:
            statement = self._store.insert(lease).values(name=name, owner=self._owner, until=0.0)
            await connection.execute(statement.on_conflict_do_nothing())
            row = (await connection.execute(sa.select(lease).where(lease.c.name == name))).one()
            if row.owner != self._owner and row.until > now and not _is_dead(row.owner):
                return False
            taken = await connection.execute(
                sa.update(lease)
                .where(lease.c.name == name, lease.c.owner == row.owner)
                .values(owner=self._owner, until=now + LEASE_SECONDS)
            )
            return taken.rowcount > 0

        return await self._store.attempt(write)

    async def give_back(self) -> None:
        """Give the lease back, so that the next process need not wait."""

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(sa.delete(lease).where(lease.c.owner == self._owner))

        await self._store.attempt(write)


def _is_dead(owner: str) -> bool:
    """Whether a process of this machine is surely gone: then nobody need wait for its lease to end."""
    host, _, rest = owner.partition(":")
    process, _, run = rest.partition(":")
    if host != socket.gethostname() or not process.isdigit():
        return False
    if int(process) == os.getpid():
        return run.partition(":")[0] != RUN
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
