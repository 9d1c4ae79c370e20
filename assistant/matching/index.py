"""The index: BM25 over all entries, one document per entry, all its languages together.

Constants as measured in matching.md: k1 = 2, idf^1.5; for the others see `Tuning`. A score is divided by
the score the message would reach against itself, so that it says how much of the message was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.tables import Matrix, Names, Numbers

K1 = 2.0
IDF_POWER = 1.5


@dataclass(frozen=True)
class Tuning:
    """What depends on the kind of documents.

    `b`: how much the length of a document counts (0 to 1). `too_common`: share of documents from which a
    feature says nothing any more.
    """

    b: float = 0.3
    too_common: float = 0.25


SHORT_ENTRIES = Tuning()
"""For short entries with example questions, all languages together."""
LONG_TEXTS = Tuning(b=0.75, too_common=0.4)
"""For pages of text alone (matching.md, section 2); measured on OMoS-QA, see docs/benchmarks.md."""


@dataclass(frozen=True)
class Index:
    """An inverted index; documents are numbers into `ids`, features are the rows of `matrix`."""

    ids: tuple[str, ...]
    matrix: Matrix
    idf: Numbers
    unknown_idf: float

    def scores(self, features: Mapping[str, float]) -> Numbers:
        """Return the share of the message each document holds, by document number (0 to about 1)."""
        rows = np.array(self.matrix.names.numbers(features), dtype=np.int64)
        counts = np.fromiter(features.values(), np.float64, len(features))
        unknown = (c for f, c, row in zip(features, counts, rows, strict=True) if row < 0 and f[0] in "wc")
        own = float(sum(unknown)) * self.unknown_idf
        known = rows >= 0
        rows, counts = rows[known], counts[known]
        own += float(self.idf[rows] @ counts)
        return self.matrix.add_up(rows, counts, len(self.ids)) / (own or 1.0)

    def rarity(self, feature: str) -> float:
        """Return how rare a feature is, from 0 (everywhere or unknown) to 1 (in one document)."""
        row = self.matrix.names.number(feature)
        return 0.0 if row < 0 else min(float(self.idf[row]) / self.unknown_idf, 1.0)


def build_index(documents: Mapping[str, Mapping[str, float]], tuning: Tuning = SHORT_ENTRIES) -> Index:
    """Build the index of documents: id -> feature counts (already weighted by field)."""
    ids = tuple(documents)
    size = [sum(bag.values()) for bag in documents.values()]
    average = (sum(size) / len(ids)) if ids else 1.0
    known: dict[str, int] = {}
    rows, columns, cells = [], [], []
    for number, bag in enumerate(documents.values()):
        norm = K1 * (1 - tuning.b + tuning.b * size[number] / average)
        rows.append(np.fromiter((known.setdefault(f, len(known)) for f in bag), np.int64, len(bag)))
        columns.append(np.full(len(bag), number))
        counts = np.fromiter(bag.values(), np.float64, len(bag))
        cells.append(counts * (K1 + 1) / (counts + norm))
    return _index(ids, known, tuning.too_common, *map(_joined, (rows, columns, cells)))


def _index(
    ids: tuple[str, ...],
    known: Mapping[str, int],
    too_common: float,
    row: Numbers,
    column: Numbers,
    cell: Numbers,
) -> Index:
    names = Names(known)
    row = names.all_numbers(known)[row]
    holding = np.bincount(row, minlength=len(names))
    common = (holding > 8) & (holding > too_common * len(ids))
    idf = np.where(common, 0.0, _idf(len(ids), holding))
    is_gram = np.zeros(len(names), dtype=bool)
    is_gram[names.all_numbers(name for name in known if name[0] == "g")] = True
    weak = is_gram[row] & (holding[row] == 1) & (cell < 1.0)
    kept = ~common[row] & ~weak
    row, column, cell = row[kept], column[kept], cell[kept]
    order = np.lexsort((column, row))
    row, column, cell = row[order], column[order], cell[order]
    starts = np.searchsorted(row, np.arange(len(names) + 1)).astype(np.uint32)
    columns = column.astype(np.uint16 if len(ids) < 65536 else np.uint32)
    table = Matrix(names, starts, columns, (cell * idf[row]).astype(np.float32))
    return Index(ids, table, idf.astype(np.float32), float(_idf(len(ids), np.ones(1))[0]))


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _idf(total: int, holding: Numbers) -> Numbers:
    found: Numbers = np.log(1 + (total - holding + 0.5) / (holding + 0.5)) ** IDF_POWER
    return found


def merge(parts: Iterable[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Add up feature counts, each with its field weight."""
    total: dict[str, float] = {}
    for features, weight in parts:
        for feature, count in features.items():
            total[feature] = total.get(feature, 0.0) + count * weight
    return total
