"""A database that may be gone at any time: SQLite or PostgreSQL, one code for both.

Nothing here raises when it is gone: what cannot be done is a value (None or False), and `is_ready` says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from assistant.errors import SettingsError
from assistant.storage.migrating import migrate, revision
from assistant.storage.tables import lease

LAST_WORD_SECONDS = 0.1
"""The thread of aiosqlite reports a failed connection once more, and to nobody when the loop is closed."""
T = TypeVar("T")
log = structlog.get_logger()


class Database:
    """Transactions on an engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock() if self._is_sqlite else None
        self._quick: AsyncConnection | None = None
        self._spellings: dict[int, tuple[str, list[str]]] = {}
        self.is_ready = False
        self.was: str | None = None
        """The revision of the tables before they were brought up to date."""

    async def tables(self) -> str | None:
        """Return the revision of the tables; None when the database is gone."""

        async def read(connection: AsyncConnection) -> str | None:
            return await connection.run_sync(revision)

        return await self.attempt(read, reads=True)

    async def check(self) -> bool:
        """Return whether the database can be written; bring its tables up to date when it can."""

        async def prepare(connection: AsyncConnection) -> bool:
            self.was = await migrate(connection)
            statement = self.insert(lease).values(name="check", owner="", until=0.0)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"until": 0.0})
            )
            return True

        return bool(await self.attempt(prepare))

    def insert(self, table: sa.Table) -> Any:
        """Return an INSERT of the dialect in use, which knows `on_conflict_...`."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    async def attempt(self, work: Callable[[AsyncConnection], Awaitable[T]], reads: bool = False) -> T | None:
        """Run work in a transaction; return None when the database is gone or refuses.

        In SQLite one writes at a time; waiting here is quicker than waiting for the file.
        """
        alone = nullcontext() if reads or self._writing is None else self._writing
        return await self._guarded(alone, lambda: self._in_transaction(work))

    async def at_once(self, statement: sa.Executable, values: Mapping[str, Any]) -> bool:
        """Run one statement over a connection kept open; return whether it is written.

        For constants of modules that are needed with every message: a third of the time of `attempt`.
        """
        alone = nullcontext() if self._writing is None else self._writing
        return bool(await self._guarded(alone, lambda: self._by_itself(statement, values)))

    async def _in_transaction(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._engine.begin() as connection:
            return await work(connection)

    async def _by_itself(self, statement: sa.Executable, values: Mapping[str, Any]) -> bool:
        """Give the statement to the driver itself: SQLAlchemy's own way makes three trips to its thread."""
        sql, names = self._spelled(statement)
        if self._quick is None:
            opened = await self._engine.connect()
            self._quick = await opened.execution_options(isolation_level="AUTOCOMMIT")
        connection = self._quick
        try:
            raw = await connection.get_raw_connection()
            arguments = [values[name] for name in names]
            execute: Any = raw.driver_connection.execute  # type: ignore[union-attr]
            await (execute(sql, arguments) if self._is_sqlite else execute(sql, *arguments))
        except BaseException as error:
            self._quick = None
            await connection.invalidate()
            await connection.close()
            if isinstance(error, Exception):  # one of the driver's own, which the store does not know
                raise SQLAlchemyError(type(error).__name__) from None
            raise
        return True

    def _spelled(self, statement: sa.Executable) -> tuple[str, list[str]]:
        """The SQL of the dialect in use and the names of its arguments in order."""
        found = self._spellings.get(id(statement))
        if found is None:
            compiled: Any = statement.compile(dialect=self._engine.dialect)  # type: ignore[attr-defined]
            found = self._spellings[id(statement)] = str(compiled), list(compiled.positiontup)
        return found

    async def close(self) -> None:
        """Close all connections."""
        if self._quick is not None:
            await self._quick.close()
        await self._engine.dispose()
        if self._is_sqlite and not self.is_ready:
            await asyncio.sleep(LAST_WORD_SECONDS)

    async def _guarded(
        self, alone: AbstractAsyncContextManager[Any], work: Callable[[], Awaitable[T]]
    ) -> T | None:
        """Run work; return None, and say once that the database is gone, when it fails."""
        try:
            async with alone:
                result = await work()
        except (SQLAlchemyError, OSError) as error:
            if _is_refusal(error):
                log.error("database refuses a row", error=type(error).__name__)
                return None
            if self.is_ready:
                log.error("database lost", error=type(error).__name__)
            self.is_ready = False
            return None
        if not self.is_ready:
            log.info("database ready")
        self.is_ready = True
        return result


def _is_refusal(error: Exception) -> bool:
    """Whether the database works and only refuses what was to be written (SQLSTATE classes 22 and 23)."""
    if isinstance(error, DataError | IntegrityError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(state, str) and state[:2] in ("22", "23")


def open_engine(url: str) -> AsyncEngine:
    """Return the engine of a database URL; raise SettingsError when Lotse cannot use it."""
    parsed = _parsed(url)
    arguments: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        try:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.error("database folder cannot be made", error=type(error).__name__)
        arguments["connect_args"] = {"timeout": 5}
        # Every transaction ends by commit or rollback; another rollback would be a trip to the thread.
        arguments["pool_reset_on_return"] = None
    else:
        arguments["pool_pre_ping"] = True  # a server that was restarted has closed the connections
    engine = create_async_engine(parsed, **arguments)
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    return engine


def _parsed(url: str) -> URL:
    """The parts of a database URL; raise SettingsError, without the URL: it may hold a password."""
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
        dialect.import_dbapi()
    except ImportError:
        raise SettingsError(
            "LOTSE_DATABASE needs a driver that is missing; for PostgreSQL: pip install 'lotse[postgres]'"
        ) from None
    except ArgumentError:
        dialect = None
    if dialect is None or not dialect.is_async:
        raise SettingsError(
            "LOTSE_DATABASE is no address Lotse can use; write for example "
            "sqlite+aiosqlite:///var/lotse.sqlite or postgresql+asyncpg://lotse@localhost/lotse"
        )
    return parsed


def _use_wal(engine: AsyncEngine) -> None:
    """Write-ahead log with full sync: an acknowledged row survives a crash; deletes leave no trace."""

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
