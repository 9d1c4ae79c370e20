"""The tables of the first edition.

A database of that edition has them but names no revision: what exists stays as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is missing."""
    op.create_table(
        "conversation",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(16)),
        sa.Column("entry", sa.String(64)),
        sa.Column("answered_at", sa.DateTime(timezone=False)),
        sa.Column("expires_at", sa.DateTime(timezone=False), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_conversation_expires_at", "conversation", ["expires_at"], if_not_exists=True)
    op.create_table(
        "unanswered",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_unanswered_day", "unanswered", ["day"], if_not_exists=True)
    op.create_table(
        "daily_count",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("language", sa.String(16), primary_key=True),
        sa.Column("decision", sa.String(16), primary_key=True),
        sa.Column("entry", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "telegram_offset",
        sa.Column("bot", sa.String(64), primary_key=True),
        sa.Column("update_id", sa.BigInteger, nullable=False),
        if_not_exists=True,
    )


def downgrade() -> None:
    """There is nothing before."""
    for table in ("telegram_offset", "daily_count", "unanswered", "conversation"):
        op.drop_table(table)
