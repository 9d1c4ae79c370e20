"""Where people are: in memory until their next question is answered, at most for some minutes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.knowledge.model import Coordinates

KEPT_SECONDS = 600.0
MOST = 1_000
"""Positions kept at a time; the oldest makes room."""


@dataclass(frozen=True)
class Positions:
    """Positions by chat, oldest first; each is given out once."""

    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[float, Coordinates]] = field(default_factory=OrderedDict)

    def keep(self, key: str, here: Coordinates) -> None:
        """Keep where a chat is for its next question."""
        self._kept.pop(key, None)
        self._kept[key] = (self.clock(), here)
        self._expire()

    def take(self, key: str) -> Coordinates | None:
        """Return where a chat is, and forget it; None when that is not known any more."""
        self._expire()
        return self._kept.pop(key, (0.0, None))[1]

    def forget(self, key: str) -> None:
        """Forget a chat."""
        self._kept.pop(key, None)

    def _expire(self) -> None:
        now = self.clock()
        while self._kept:
            oldest, (since, _) = next(iter(self._kept.items()))
            if now - since <= KEPT_SECONDS and len(self._kept) <= MOST:
                break
            del self._kept[oldest]
