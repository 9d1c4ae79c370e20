"""How fast messages of a chat come in: who is too fast is told so once, and answered all the same."""

from __future__ import annotations

from collections import OrderedDict, deque

MOST = 8
"""Messages of one chat …"""
WINDOW = 10.0
"""… within so many seconds."""
CHATS = 5_000
"""Chats that are watched at a time; the longest silent one makes room."""


class Haste:
    """Counts the messages of each chat by the time they were sent; nothing of it is stored."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, deque[float]] = OrderedDict()
        self._told: dict[str, float] = {}

    def is_too_fast(self, key: str, sent_at: float) -> bool:
        """Whether to tell a chat now that it is too fast: once until it has been slower for a while."""
        times = self._sent.setdefault(key, deque(maxlen=MOST + 1))
        self._sent.move_to_end(key)
        times.append(sent_at)
        while len(self._sent) > CHATS:
            self.forget(next(iter(self._sent)))
        if len(times) <= MOST or sent_at - times[0] > WINDOW:
            return False
        told = self._told.get(key)
        self._told[key] = sent_at
        return told is None or sent_at - told > WINDOW

    def forget(self, key: str) -> None:
        """Forget a chat."""
        self._sent.pop(key, None)
        self._told.pop(key, None)
