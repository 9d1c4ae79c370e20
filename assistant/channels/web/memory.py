"""Web conversations live in memory only: an hour after the last message they are gone."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.dialogue.state import Conversation

KEPT_SECONDS = 3600.0
MOST = 20_000


@dataclass
class Conversations:
    """Conversations by their random id, oldest first."""

    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[float, Conversation]] = field(default_factory=OrderedDict)

    def load(self, key: str | None) -> tuple[str, Conversation]:
        """Return a conversation and its id; an unknown or expired id gets a new one."""
        now = self.clock()
        while self._kept:
            oldest, (seen, _) = next(iter(self._kept.items()))
            if now - seen <= KEPT_SECONDS and len(self._kept) < MOST:
                break
            del self._kept[oldest]
        if key and key in self._kept:
            return key, self._kept[key][1]
        return secrets.token_urlsafe(16), Conversation()

    def save(self, key: str, conversation: Conversation) -> None:
        """Keep a conversation for another hour."""
        self._kept[key] = (self.clock(), conversation)
        self._kept.move_to_end(key)

    def forget(self, key: str) -> None:
        """Delete a conversation."""
        self._kept.pop(key, None)
