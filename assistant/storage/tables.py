"""The tables: what is kept, and nothing else.

Chats stand under an HMAC of their id, so no table says who wrote. What people wrote, what is on its way
to them and the address of a chat are sealed (sealing.py). `unanswered` holds scrubbed words without any
id, day only. The migrations (migrations/versions) make these tables; tests compare both.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""An id that counts up: only INTEGER does so in SQLite."""

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(16)),
    sa.Column("talk", sa.LargeBinary),
    sa.Column("talk_until", sa.DateTime(timezone=False), index=True),
    sa.Column("expires_at", sa.DateTime(timezone=False), nullable=False, index=True),
)
"""`language` is kept until `expires_at`; `talk`, the sealed rest, until `talk_until`."""

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

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("bot", sa.String(32), primary_key=True),
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("chat", sa.String(64)),
    sa.Column("error", sa.String(64)),
    sa.Column("received_at", sa.DateTime(timezone=False), nullable=False, index=True),
    sa.Index("ix_inbox_waiting", "bot", "state", "update_id"),
)
"""Updates: `waiting` with a sealed body; `done` and `failed` ones only say that they came."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", Number, primary_key=True, autoincrement=True),
    sa.Column("bot", sa.String(32), nullable=False),
    sa.Column("chat", sa.String(64), nullable=False, index=True),
    sa.Column("broadcast", sa.Integer),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=False), nullable=False),
    sa.Index("ix_outbox_queue", "bot", "broadcast", "id"),
    sqlite_autoincrement=True,  # an id never comes twice, else a new row could hide behind an old one
)
"""Calls on their way, sealed; a row is deleted as soon as it is sent."""

opt_in = sa.Table(
    "opt_in",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(64), primary_key=True),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
)
"""Who wants to hear of a topic; the address to write to is sealed."""

broadcast = sa.Table(
    "broadcast",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("topic", sa.String(64), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sqlite_autoincrement=True,
)
"""One message to all who opted in: `running` or `stopped`; what is left of it stands in the outbox."""

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(120), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
"""Which process does what only one may do (one process polls and sends for a bot)."""

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
