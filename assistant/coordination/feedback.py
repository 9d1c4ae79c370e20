"""What people said about answers, for those who keep the knowledge base."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assistant.errors import LotseError
from assistant.settings import Settings
from assistant.storage.store import run_store


@dataclass(frozen=True)
class Said:
    """How often something was said about an entry, in answers of one language; see tables.feedback."""

    entry: str
    language: str
    what: str
    count: int


async def read_feedback(settings: Settings, days: int) -> list[Said]:
    """Return what was said in the last days, most often first; raise LotseError without a database."""
    async with run_store(settings.database, settings.secret, lambda: dt.datetime.now().astimezone()) as store:
        rows = await store.load_feedback(days)
        if not store.is_ready:
            raise LotseError("the database cannot be read; look at LOTSE_DATABASE")
    return [Said(*row) for row in rows]
