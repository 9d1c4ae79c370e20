"""The index: BM25 over all entries, one document per entry, all its languages together.

Constants as measured in matching.md: k1 = 2, b = 0.3 (entries are short), idf^1.5. A score is divided
by the score the message would reach against itself, so that it says how much of the message was found.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

K1 = 2.0
B = 0.3
IDF_POWER = 1.5
TOO_COMMON = 0.25
"""Share of documents from which a feature says nothing any more."""


@dataclass(frozen=True)
class Index:
    """An inverted index in flat arrays; documents are numbers into `ids`.

    Feature number `n` (`numbers`) stands in documents[starts[n]:starts[n + 1]] with the weights beside.
    """

    ids: tuple[str, ...]
    numbers: Mapping[str, int]
    starts: array[int]
    documents: array[int]
    weights: array[float]
    idf: array[float]
    unknown_idf: float

    def scores(self, features: Mapping[str, float]) -> dict[int, float]:
        """Return the share of the message each document holds, by document number (0 to about 1)."""
        found: dict[int, float] = {}
        own = 0.0
        for feature, count in features.items():
            number = self.numbers.get(feature)
            if number is None:
                own += count * self.unknown_idf if feature[0] in "wc" else 0.0
                continue
            own += count * self.idf[number]
            span = slice(self.starts[number], self.starts[number + 1])
            for document, weight in zip(self.documents[span], self.weights[span], strict=True):
                found[document] = found.get(document, 0.0) + weight * count
        return {d: score / own for d, score in found.items()} if own else {}

    def rarity(self, feature: str) -> float:
        """Return how rare a feature is, from 0 (everywhere or unknown) to 1 (in one document)."""
        number = self.numbers.get(feature)
        return 0.0 if number is None else min(self.idf[number] / self.unknown_idf, 1.0)


def build_index(documents: Mapping[str, Mapping[str, float]]) -> Index:
    """Build the index of documents: id -> feature counts (already weighted by field)."""
    ids = tuple(documents)
    size = {i: sum(documents[i].values()) for i in ids}
    average = (sum(size.values()) / len(ids)) if ids else 1.0
    where: dict[str, list[tuple[int, float]]] = {}
    for number, entry_id in enumerate(ids):
        norm = K1 * (1 - B + B * size[entry_id] / average)
        for feature, count in documents[entry_id].items():
            where.setdefault(feature, []).append((number, count * (K1 + 1) / (count + norm)))
    wide = "H" if len(ids) < 65536 else "L"
    index = Index(ids, {}, array("L", [0]), array(wide), array("f"), array("f"), _idf(len(ids), 1))
    numbers: dict[str, int] = {}
    for feature, found in where.items():
        numbers[feature] = len(numbers)
        common = len(found) > 8 and len(found) > TOO_COMMON * len(ids)
        rarity = 0.0 if common else _idf(len(ids), len(found))
        index.idf.append(rarity)
        weak = feature[0] == "g" and len(found) == 1 and found[0][1] < 1.0
        if not common and not weak:
            index.documents.extend(n for n, _ in found)
            index.weights.extend(weight * rarity for _, weight in found)
        index.starts.append(len(index.documents))
    return replace(index, numbers=numbers)


def _idf(total: int, holding: int) -> float:
    return float(math.log(1 + (total - holding + 0.5) / (holding + 0.5)) ** IDF_POWER)


def merge(parts: Iterable[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Add up feature counts, each with its field weight."""
    total: dict[str, float] = {}
    for features, weight in parts:
        for feature, count in features.items():
            total[feature] = total.get(feature, 0.0) + count * weight
    return total
