"""What is held in memory for a while only: the oldest goes first, by age and when there is too much."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Expiring(Generic[T]):
    """Values by key, each for `seconds` after it was kept, at most `most` of them."""

    def __init__(self, clock: Callable[[], float], seconds: float, most: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = most
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, key: str, value: T) -> None:
        """Keep a value from now on, in place of the one before."""
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), value)
        self.expire()

    def get(self, key: str) -> T | None:
        """Return a value while its time is not over."""
        self.expire()
        return self._kept.get(key, (0.0, None))[1]

    def pop(self, key: str) -> T | None:
        """Return a value while its time is not over, and forget it."""
        self.expire()
        return self._kept.pop(key, (0.0, None))[1]

    def items(self) -> Iterator[tuple[str, T]]:
        """Return what is kept, oldest first."""
        return ((key, value) for key, (_, value) in self._kept.items())

    def expire(self) -> None:
        """Delete what has been kept long enough, and the oldest when there is too much."""
        now = self._clock()
        while self._kept:
            oldest, (since, _) = next(iter(self._kept.items()))
            if now - since <= self._seconds and len(self._kept) <= self._most:
                break
            del self._kept[oldest]
