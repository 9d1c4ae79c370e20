"""Inbox and outbox for Telegram, opt-ins, broadcasts, feedback; conversations sealed.

The last entry of old conversations goes: it only served for ten minutes, and unsealed it may not stay.
The inbox remembers which updates came, so the stored offset goes too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the new tables and columns."""
    op.drop_table("telegram_offset")
    with op.batch_alter_table("conversation") as table:
        table.drop_column("entry")
        table.drop_column("answered_at")
        table.add_column(sa.Column("talk", sa.LargeBinary))
        table.add_column(sa.Column("talk_until", sa.DateTime(timezone=False)))
    op.create_index("ix_conversation_talk_until", "conversation", ["talk_until"])
    op.create_table(
        "inbox",
        sa.Column("bot", sa.String(32), primary_key=True),
        sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("chat", sa.String(64)),
        sa.Column("error", sa.String(64)),
        sa.Column("received_at", sa.DateTime(timezone=False), nullable=False),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index("ix_inbox_waiting", "inbox", ["bot", "state", "update_id"])
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("bot", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("broadcast", sa.Integer),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=False), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_chat", "outbox", ["chat"])
    op.create_index("ix_outbox_queue", "outbox", ["bot", "broadcast", "id"])
    op.create_table(
        "opt_in",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("topic", sa.String(64), primary_key=True),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feedback",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("entry", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(16), primary_key=True),
        sa.Column("what", sa.String(16), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(120), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Back to the first tables; what only the new ones hold is lost."""
    for name in ("lease", "feedback", "broadcast", "opt_in", "outbox", "inbox"):
        op.drop_table(name)
    op.drop_index("ix_conversation_talk_until", "conversation")
    with op.batch_alter_table("conversation") as table:
        table.drop_column("talk")
        table.drop_column("talk_until")
        table.add_column(sa.Column("entry", sa.String(64)))
        table.add_column(sa.Column("answered_at", sa.DateTime(timezone=False)))
    op.create_table(
        "telegram_offset",
        sa.Column("bot", sa.String(64), primary_key=True),
        sa.Column("update_id", sa.BigInteger, nullable=False),
    )
