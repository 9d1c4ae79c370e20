"""The store: conversation memory, anonymous counts, unanswered questions. SQLite or PostgreSQL.

Answers never wait for it: when the database is gone, every method gives up quietly, `is_ready` says
so, and memory alone carries on.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from assistant.dialogue.state import Conversation
from assistant.storage.scrubbing import scrub
from assistant.storage.tables import (
    conversation,
    daily_count,
    feedback,
    metadata,
    telegram_offset,
    unanswered,
)

KEPT = dt.timedelta(days=30)
T = TypeVar("T")
log = structlog.get_logger()


class Store:
    """What is kept between two messages; see tables.py."""

    def __init__(self, engine: AsyncEngine, secret: str, now: Callable[[], dt.datetime]) -> None:
        self._engine = engine
        self._secret = secret.encode()
        self._now = now
        self.is_ready = False

    def key(self, channel: str, chat: str) -> str:
        """Return the pseudonym of a chat (HMAC-SHA-256)."""
        return hmac.new(self._secret, f"{channel}:{chat}".encode(), hashlib.sha256).hexdigest()

    async def load_conversation(self, key: str) -> Conversation:
        """Return what is remembered of a conversation; an empty one when nothing is."""

        async def read(connection: AsyncConnection) -> Conversation:
            rows = await connection.execute(
                sa.select(conversation).where(
                    conversation.c.key == key, conversation.c.expires_at > self._naive()
                )
            )
            row = rows.first()
            if row is None:
                return Conversation()
            answered = row.answered_at.replace(tzinfo=dt.UTC) if row.answered_at else None
            return Conversation(row.language, row.entry, answered)

        return await self._try(read) or Conversation()

    async def save_conversation(self, key: str, state: Conversation) -> None:
        """Remember a conversation for 30 days from now."""
        answered = state.answered_at.astimezone(dt.UTC) if state.answered_at else None
        values = {
            "language": state.language,
            "entry": state.entry,
            "answered_at": answered.replace(tzinfo=None) if answered else None,
            "expires_at": self._naive() + KEPT,
        }

        async def write(connection: AsyncConnection) -> None:
            statement = self._insert(conversation).values(key=key, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))

        await self._try(write)

    async def forget(self, key: str) -> None:
        """Delete everything about a conversation."""

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(sa.delete(conversation).where(conversation.c.key == key))

        await self._try(write)

    async def count(
        self, channel: str, language: str, decision: str, entry: str | None, number: int = 1
    ) -> None:
        """Count answers of today; nothing about who asked."""
        keys = {
            "day": self._now().date(),
            "channel": channel,
            "language": language,
            "decision": decision,
            "entry": entry or "",
        }

        async def write(connection: AsyncConnection) -> None:
            statement = self._insert(daily_count).values(**keys, count=number)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(keys), set_={"count": daily_count.c.count + number}
                )
            )

        await self._try(write)

    async def count_feedback(self, entry: str, language: str, what: str, number: int = 1) -> None:
        """Count what people say about an answer today; see tables.feedback."""
        keys = {"day": self._now().date(), "entry": entry, "language": language, "what": what}

        async def write(connection: AsyncConnection) -> None:
            statement = self._insert(feedback).values(**keys, count=number)
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(keys), set_={"count": feedback.c.count + number}
                )
            )

        await self._try(write)

    async def load_feedback(self, days: int) -> list[tuple[str, str, str, int]]:
        """Return (entry, language, what, count) of the last days, today included; most often first."""
        since = self._now().date() - dt.timedelta(days=days - 1)
        total = sa.func.sum(feedback.c.count)
        names = (feedback.c.entry, feedback.c.language, feedback.c.what)

        async def read(connection: AsyncConnection) -> list[tuple[str, str, str, int]]:
            query = sa.select(*names, total).where(feedback.c.day >= since).group_by(*names)
            rows = await connection.execute(query.order_by(total.desc(), *names))
            return [(entry, language, what, int(count)) for entry, language, what, count in rows]

        return await self._try(read) or []

    async def keep_unanswered(self, language: str, text: str) -> None:
        """Keep the words of a question Lotse could not answer, scrubbed, with the day only."""
        words = scrub(text)
        if not words:
            return

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(
                sa.insert(unanswered).values(day=self._now().date(), language=language, text=words)
            )

        await self._try(write)

    async def clean(self) -> None:
        """Delete what has expired."""
        oldest = self._now().date() - KEPT

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(
                sa.delete(conversation).where(conversation.c.expires_at <= self._naive())
            )
            await connection.execute(sa.delete(unanswered).where(unanswered.c.day < oldest))

        await self._try(write)

    async def load_offset(self, bot: str) -> int | None:
        """Return the last Telegram update that was answered."""

        async def read(connection: AsyncConnection) -> int | None:
            query = sa.select(telegram_offset.c.update_id).where(telegram_offset.c.bot == bot)
            return (await connection.execute(query)).scalar()

        return await self._try(read)

    async def save_offset(self, bot: str, update_id: int) -> None:
        """Remember the last Telegram update that was answered."""

        async def write(connection: AsyncConnection) -> None:
            statement = self._insert(telegram_offset).values(bot=bot, update_id=update_id)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["bot"], set_={"update_id": update_id})
            )

        await self._try(write)

    async def check(self) -> bool:
        """Return whether the database answers; make the tables when it does."""

        async def prepare(connection: AsyncConnection) -> bool:
            await connection.run_sync(metadata.create_all)
            return True

        return bool(await self._try(prepare))

    def _insert(self, table: sa.Table) -> Any:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    def _naive(self) -> dt.datetime:
        return self._now().astimezone(dt.UTC).replace(tzinfo=None)

    async def _try(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T | None:
        try:
            async with self._engine.begin() as connection:
                result = await work(connection)
        except (SQLAlchemyError, OSError) as error:
            if self.is_ready:
                log.error("database lost", error=type(error).__name__)
            self.is_ready = False
            return None
        if not self.is_ready:
            log.info("database ready")
        self.is_ready = True
        return result


@asynccontextmanager
async def run_store(url: str, secret: str, now: Callable[[], dt.datetime]) -> AsyncIterator[Store]:
    """Open the store of a database URL; closed at the end."""
    parsed = make_url(url)
    arguments: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        try:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.error("database folder cannot be made", error=type(error).__name__)
        arguments["connect_args"] = {"timeout": 5}
    engine = create_async_engine(parsed, **arguments)
    if engine.dialect.name == "sqlite":
        _use_wal(engine)
    store = Store(engine, secret, now)
    await store.check()
    try:
        yield store
    finally:
        await engine.dispose()


def _use_wal(engine: AsyncEngine) -> None:
    """Write-ahead log with full sync: an acknowledged row survives a crash; deletes leave no trace."""

    @sa.event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


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
