"""The tables: what is kept, and nothing else.

`conversation.key` is an HMAC of the chat id, so the table does not say who wrote. `unanswered` holds
words without any id, day only.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(16)),
    sa.Column("entry", sa.String(64)),
    sa.Column("answered_at", sa.DateTime(timezone=False)),
    sa.Column("expires_at", sa.DateTime(timezone=False), nullable=False, index=True),
)

unanswered = sa.Table(
    "unanswered",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("text", sa.String(300), nullable=False),
)

daily_count = sa.Table(
    "daily_count",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("language", sa.String(16), primary_key=True),
    sa.Column("decision", sa.String(16), primary_key=True),
    sa.Column("entry", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

telegram_offset = sa.Table(
    "telegram_offset",
    metadata,
    sa.Column("bot", sa.String(64), primary_key=True),
    sa.Column("update_id", sa.BigInteger, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("entry", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(16), primary_key=True),
    sa.Column("what", sa.String(16), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
"""`what`: helpful, unhelpful, or wrong-phone, wrong-hours, wrong-address, wrong-other."""
