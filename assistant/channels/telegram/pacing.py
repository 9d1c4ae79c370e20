"""How fast the bot may send: Telegram's limits (traps.md B.1), kept before Telegram has to say so."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """What Telegram takes: messages per second overall, and seconds between two to one chat.

    A little below 30 a second, 1 a second per chat and 20 a minute per group: clocks differ.
    """

    per_second: int = 28
    broadcasts_per_second: int = 20
    chat_seconds: float = 1.05
    group_seconds: float = 3.1


TELEGRAM = Limits()
NONE = Limits(per_second=1_000_000, broadcasts_per_second=1_000_000, chat_seconds=0.0, group_seconds=0.0)
"""For a server that takes all: tests and measurements."""


@dataclass
class Pace:
    """When the next call may leave; times are seconds of a monotonic clock."""

    limits: Limits
    _sent: deque[float] = field(default_factory=deque)
    _told: deque[float] = field(default_factory=deque)
    _paused_until: float = 0.0

    def wait(self, now: float, is_broadcast: bool) -> float:
        """Return the seconds until the next call may leave."""
        pause = self._paused_until - now
        overall = _room(self._sent, self.limits.per_second, now)
        told = _room(self._told, self.limits.broadcasts_per_second, now) if is_broadcast else 0.0
        return max(pause, overall, told, 0.0)

    def note(self, now: float, is_broadcast: bool) -> None:
        """Count a call that leaves."""
        self._sent.append(now)
        if is_broadcast:
            self._told.append(now)

    def pause(self, now: float, seconds: float) -> None:
        """Send nothing for a while: Telegram asked for it."""
        self._paused_until = max(self._paused_until, now + seconds)

    def rest(self, chat_id: object) -> float:
        """Return the seconds between two calls to a chat; ids of groups are negative."""
        is_group = isinstance(chat_id, int) and chat_id < 0
        return self.limits.group_seconds if is_group else self.limits.chat_seconds


def _room(times: deque[float], most: int, now: float) -> float:
    """Seconds until fewer than `most` of the times lie within the last second."""
    while times and now - times[0] >= 1.0:
        times.popleft()
    return times[-most] + 1.0 - now if len(times) >= most else 0.0
