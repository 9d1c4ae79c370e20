"""Bringing the tables of a database up to date (Alembic); several processes may start at once."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

HEAD = "0002"
"""The newest revision in migrations/versions; a test compares."""
FOLDER = Path(__file__).parent / "migrations"
LOCK = 5_871_004
"""Any number that other programs on the same PostgreSQL do not use for an advisory lock."""


async def migrate(connection: AsyncConnection) -> str | None:
    """Bring a database to HEAD within the transaction of the connection; return where it was before.

    Raise SQLAlchemyError when the database cannot be reached or written.
    """
    if connection.dialect.name == "sqlite":
        # The driver begins a transaction before rows change, not before tables do.
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        await connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    before = await connection.run_sync(revision)
    if before != HEAD:
        await connection.run_sync(_upgrade)
    return before


def revision(connection: sa.Connection) -> str | None:
    """Return the revision a database names; None for a new one and for one of the first edition."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # only needed when something is to do
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
