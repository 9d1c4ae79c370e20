"""Flat tables: strings as numbers, lists of numbers end to end.

A knowledge base in sixteen languages has about a million words, features and labels. As Python objects
they would take gigabytes; as tries and flat arrays they are small, and a cache file of them is mapped
into memory instead of read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import marisa_trie
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
MEMORY = 50_000
"""Names whose number is remembered."""
BUDGET = 40_000
"""Cells one question may add up; beyond it the longest rows, which say least, are left out."""


K = TypeVar("K")
V = TypeVar("V")


class Memory(dict[K, V]):
    """Remembers what was worked out for each key, up to a limit; pickled empty."""

    def __init__(self, work_out: Callable[[K], V], limit: int) -> None:
        super().__init__()
        self._work_out, self._limit = work_out, limit

    def __missing__(self, key: K) -> V:
        if len(self) >= self._limit:
            self.clear()
        found = self[key] = self._work_out(key)
        return found

    def __reduce__(self) -> tuple[type[Memory[K, V]], tuple[Callable[[K], V], int]]:
        return Memory, (self._work_out, self._limit)


class Names:
    """A set of strings, each with a number from 0 on."""

    def __init__(self, names: Iterable[str]) -> None:
        self._trie = marisa_trie.Trie(list(names))
        self._memory = Memory(self._look_up, MEMORY)

    def _look_up(self, name: str) -> int:
        found: int = self._trie.get(name, -1)
        return found

    def number(self, name: str) -> int:
        """Return the number of a name, -1 for an unknown one."""
        return self._memory[name]

    def numbers(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of names, -1 for unknown ones."""
        memory = self._memory
        return [memory[name] for name in names]

    def all_numbers(self, names: Iterable[str]) -> Numbers:
        """Return the numbers of many names, without remembering them; -1 for unknown ones."""
        get = self._trie.get
        return np.array([get(name, -1) for name in names], dtype=np.int64)

    def name(self, number: int) -> str:
        """Return the name of a number."""
        return str(self._trie.restore_key(number))

    def __contains__(self, name: str) -> bool:
        return name in self._trie

    def __len__(self) -> int:
        return len(self._trie)


@dataclass(frozen=True)
class Lists:
    """Many lists of numbers, end to end: list `n` is values[starts[n]:starts[n + 1]]."""

    starts: Numbers
    values: Numbers

    def at(self, number: int) -> list[int]:
        """Return one list; -1 (an unknown name) has an empty one."""
        if number < 0:
            return []
        starts, values = self._views
        found: list[int] = values[starts[number] : starts[number + 1]].tolist()
        return found

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """The same memory, faster to reach for single numbers."""
        return self.starts.data, self.values.data

    def __getstate__(self) -> dict[str, object]:
        return {"starts": self.starts, "values": self.values}


def lists(rows: Mapping[int, Sequence[int]], count: int) -> Lists:
    """Return the table of `count` lists, given those that are not empty."""
    starts = np.zeros(count + 1, dtype=np.uint32)
    for number, row in rows.items():
        starts[number + 1] = len(row)
    np.cumsum(starts, out=starts)
    values = np.fromiter(
        (value for number in sorted(rows) for value in rows[number]), np.uint32, int(starts[-1])
    )
    return Lists(starts, values)


class Texts:
    """Many short texts in one piece, looked up by number."""

    def __init__(self, texts: Iterable[str]) -> None:
        encoded = [text.encode() for text in texts]
        self._bytes = b"".join(encoded)
        self._ends = np.cumsum([0, *map(len, encoded)], dtype=np.uint32)

    def at(self, number: int) -> str:
        """Return one text."""
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix with named rows: row `n` has cells[starts[n]:starts[n + 1]] in `columns`."""

    names: Names
    starts: Numbers
    columns: Numbers
    cells: Numbers

    def add_up(self, rows: Numbers, factors: Numbers, width: int) -> Numbers:
        """Return the sum of some rows, each times its factor, as one row of `width` columns."""
        first = self.starts[rows].astype(np.int64)
        length = self.starts[rows + 1] - first
        if int(length.sum()) > BUDGET:
            kept = _shortest(length)
            first, length, factors = first[kept], length[kept], factors[kept]
        ends = np.cumsum(length)
        total = int(ends[-1]) if len(ends) else 0
        where = np.arange(total) + np.repeat(first - ends + length, length)
        cells = self.cells[where] * np.repeat(factors, length)
        return np.bincount(self.columns[where], cells, width)[:width]

    def row(self, name: str) -> dict[int, float]:
        """Return one row as column -> cell."""
        number = self.names.number(name)
        if number < 0:
            return {}
        span = slice(self.starts[number], self.starts[number + 1])
        return dict(zip(self.columns[span].tolist(), self.cells[span].tolist(), strict=True))

    def row_names(self) -> list[str]:
        """Return the names of all rows, in the order of their numbers."""
        return [self.names.name(number) for number in range(len(self.names))]


def matrix(rows: Mapping[str, Sequence[tuple[int, float]]]) -> Matrix:
    """Return the matrix of rows given as (column, cell) pairs."""
    names = Names(rows)
    order = names.all_numbers(rows)
    length = np.zeros(len(order) + 1, dtype=np.int64)
    length[order + 1] = [len(row) for row in rows.values()]
    starts = np.cumsum(length).astype(np.uint32)
    ranked = [row for _, row in sorted(zip(order.tolist(), rows.values(), strict=True), key=lambda p: p[0])]
    columns = np.array([column for row in ranked for column, _ in row], dtype=np.int64)
    cells = np.array([cell for row in ranked for _, cell in row], dtype=np.float32)
    kind = np.uint16 if columns.max(initial=0) < 65536 else np.uint32
    return Matrix(names, starts, columns.astype(kind), cells)


def _shortest(length: Numbers) -> Numbers:
    """The rows, shortest first, that fit the budget together."""
    order = np.argsort(length, kind="stable")
    fitting = int(np.searchsorted(np.cumsum(length[order]), BUDGET, "right"))
    return order[: max(fitting, 1)]
