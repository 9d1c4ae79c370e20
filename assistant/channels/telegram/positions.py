"""Where people are: in memory until their next question is answered, at most for some minutes."""

from __future__ import annotations

import time
from collections.abc import Callable

from assistant.channels.expiring import Expiring
from assistant.knowledge.model import Coordinates

KEPT_SECONDS = 600.0
MOST = 1_000
"""Positions kept at a time; the oldest makes room."""


class Positions:
    """Positions by chat; each is given out once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: Expiring[Coordinates] = Expiring(clock, KEPT_SECONDS, MOST)

    def keep(self, key: str, here: Coordinates) -> None:
        """Keep where a chat is for its next question."""
        self._kept.keep(key, here)

    def take(self, key: str) -> Coordinates | None:
        """Return where a chat is, and forget it; None when that is not known any more."""
        return self._kept.pop(key)

    def forget(self, key: str) -> None:
        """Forget a chat."""
        self._kept.pop(key)
