"""Ranking: how well each entry fits a message.

Two views are added up: the overlap with the index (words in any language) and fitted linear weights
over concepts, pairs of concepts and words. Sibling rules (`must`, `must_not`) cast doubt, they never
exclude. The sum becomes a probability, so that thresholds mean something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from assistant.knowledge.model import Entry, Knowledge
from assistant.matching.concepts import Spotted, Spotter
from assistant.matching.features import concept_features, text_features
from assistant.matching.index import Index, merge
from assistant.matching.weights import DANGER, FOREIGN, Weights
from assistant.matching.words import Query
from assistant.tables import Numbers

PATH_NAMED, PATH_ASKED = 0.5, 2.5
"""What a named profession adds to its recognition entry; more beside a word for recognition."""
RECOGNITION_CONCEPTS = frozenset(
    ("recognition", "foreign-degree", "equivalence", "diploma-evaluation", "approbation", "reference-job")
)
SURE = 0.8
"""Strength from which a concept was surely named."""
CORE_BONUS = 4.0
"""Score of a core concept named, used when no weights are fitted."""


@dataclass(frozen=True)
class Match:
    """An entry with its probability and the evidence for it; `named`: a core concept was spotted."""

    entry: str
    score: float
    linear: float = 0.0
    overlap: float = 0.0
    doubt: float = 0.0
    named: bool = False
    evidence: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Ranking:
    """Entries, best first; how likely the message is about none of them, or tells of a danger (by id)."""

    matches: tuple[Match, ...] = ()
    foreign: float = 0.0
    dangers: Mapping[str, float] = field(default_factory=dict)
    spotted: tuple[Spotted, ...] = ()

    @property
    def danger(self) -> float:
        """How likely the message tells of any danger."""
        return sum(self.dangers.values())

    def likeliest_danger(self) -> str:
        """The danger it most likely tells of."""
        return max(sorted(self.dangers), key=lambda name: self.dangers[name])

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(match.entry for match in self.matches)


@dataclass(frozen=True)
class Features:
    """A message as features: of its text, of its concepts."""

    text: Mapping[str, float]
    concepts: Mapping[str, float]

    def for_index(self) -> dict[str, float]:
        """Features the index compares: words, bigrams, 4-grams and single concepts."""
        return merge([(self.text, 1.0), (_single_concepts(self.concepts), 1.0)])

    def for_weights(self, index: Index) -> dict[str, float]:
        """Features the weights know, scaled down to length 1 so that long messages count the same.

        Words count by their rarity, so that "is" and "with" do not drown what matters.
        """
        words = {name: index.rarity(name) for name in self.text if name[0] in "wb"}
        kept = {name: value for name, value in words.items() if value > 0.1}
        return normalized({**kept, **self.concepts})


@dataclass(frozen=True)
class Ranker:
    """Ranks the public entries of a knowledge base for a query.

    `columns`: the document number of each class of the weights, so that both views line up.
    """

    entries: Mapping[str, Entry]
    spotter: Spotter
    index: Index
    weights: Weights
    columns: Numbers
    rules: SiblingRules
    paths: Mapping[str, str]

    def features(self, query: Query, spotted: Iterable[Spotted]) -> Features:
        """Return the features of a query."""
        return Features(text_features(query), concept_features(spotted, self.spotter))

    def rank(self, query: Query, explain: bool = False) -> Ranking:
        """Return the entries that have most to do with the query, best first."""
        spotted = self.spotter.spot(query)
        features = self.features(query, spotted)
        overlap = self.index.scores(features.for_index())
        own = features.for_weights(self.index)
        linear = self.linear(own)
        doubts = self.weights.doubt * self.rules.doubts(present_concepts(features.concepts))
        total = linear + self.weights.overlap * overlap - doubts
        surely = {s.concept for s in spotted if s.strength >= SURE and not s.negated}
        for entry_id, bonus in self._recognition_paths(surely).items():
            total[self._numbers[entry_id]] += bonus
        chances = softmax(total, self.weights.temperature)
        matches = tuple(
            Match(
                self.index.ids[n], float(chances[n]), float(linear[n]), float(overlap[n]), float(doubts[n]),
                not surely.isdisjoint(self.entries[self.index.ids[n]].about.core),
                self._evidence(self.index.ids[n], own) if explain else (),
            )
            for n in best_first(total[: len(self.entries)])
        )  # fmt: skip
        others = {name: float(chances[self._numbers[name]]) for name in self.index.ids[len(self.entries) :]}
        dangers = {name.removeprefix(DANGER): c for name, c in others.items() if name.startswith(DANGER)}
        return Ranking(matches, others.get(FOREIGN, 0.0), dangers, spotted)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {entry_id: number for number, entry_id in enumerate(self.index.ids)}

    def _recognition_paths(self, sure: set[str]) -> dict[str, float]:
        """What a profession adds to the entry that explains its recognition, more when that is asked."""
        asked = bool(sure & RECOGNITION_CONCEPTS)
        return {
            self.paths[concept]: PATH_ASKED if asked else PATH_NAMED for concept in sure & self.paths.keys()
        }

    def linear(self, own: Mapping[str, float]) -> Numbers:
        """Return the linear score of each document; without fitted weights from core concepts."""
        found = np.zeros(len(self.index.ids))
        if self.weights.table is None:
            for entry in self.entries.values():
                hits = sum(own.get(f"c:{c}", 0.0) for c in entry.about.core)
                found[self._numbers[entry.id]] = CORE_BONUS * hits
            return found
        known = self.columns >= 0
        found[self.columns[known]] = self.weights.scores(own)[known]
        return found

    def _evidence(self, entry_id: str, own: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        table, classes = self.weights.table, self.weights.classes
        if table is None or entry_id not in classes:
            return ()
        column = classes.index(entry_id)
        found = {feature: value * table.row(feature).get(column, 0.0) for feature, value in own.items()}
        best = sorted(found.items(), key=lambda p: (-abs(p[1]), p[0]))
        return tuple((name, weight) for name, weight in best[:6] if weight)


def columns_of(weights: Weights, ids: Sequence[str]) -> Numbers:
    """Return the document number of each class of the weights; -1 for an entry that is gone."""
    numbers = {entry_id: number for number, entry_id in enumerate(ids)}
    return np.array([numbers.get(name, -1) for name in weights.classes], dtype=np.int64)


def best_first(total: Numbers, count: int = 10) -> list[int]:
    """Return the numbers of the highest scores, best first; equal ones in their order."""
    if len(total) > 20 * count:
        top = np.argpartition(-total, count)[:count]
        candidates = np.sort(np.flatnonzero(total >= total[top].min())[: 5 * count])
        return [int(n) for n in candidates[np.argsort(-total[candidates], kind="stable")][:count]]
    return [int(n) for n in np.argsort(-total, kind="stable")[:count]]


def recognition_paths(knowledge: Knowledge, entries: Mapping[str, Entry]) -> dict[str, str]:
    """Return the recognition entry of each profession."""
    paths = {c.id: c.recognition.entry for c in knowledge.concepts.values() if c.recognition is not None}
    return {concept: entry for concept, entry in paths.items() if entry in entries}


_Columns = dict[str, list[int]]


class SiblingRules:
    """`must` and `must_not` of all entries, looked up by concept."""

    def __init__(self, entries: Mapping[str, Entry], ids: Sequence[str]) -> None:
        self._needing = np.zeros(len(ids))
        self._must: _Columns = {}
        self._must_not: _Columns = {}
        self._core: _Columns = {}
        for number, entry_id in enumerate(ids):
            if entry_id in entries:
                about = entries[entry_id].about
                self._needing[number] = bool(about.must)
                for found, concepts in (
                    (self._must, about.must), (self._must_not, about.must_not), (self._core, about.core)
                ):  # fmt: skip
                    for concept in concepts:
                        found.setdefault(concept, []).append(number)

    def doubts(self, present: Iterable[str]) -> Numbers:
        """Return how much the rules speak against each document, given the concepts present: 0, 1 or 2."""
        missing, other = self._needing.copy(), np.zeros(len(self._needing))
        for concept in present:
            missing[self._must.get(concept, [])] = 0.0
            other[self._must_not.get(concept, [])] = 1.0
        for concept in present:
            other[self._core.get(concept, [])] = 0.0
        return missing + other


def softmax(scores: Numbers, temperature: float) -> Numbers:
    """Return probabilities of scores."""
    powers = np.exp((scores - scores.max(initial=0.0)) / temperature)
    chances: Numbers = powers / powers.sum()
    return chances


def normalized(features: Mapping[str, float]) -> dict[str, float]:
    """Return features scaled down to Euclidean length 1; weak evidence is not blown up."""
    size = max(math.sqrt(sum(value * value for value in features.values())), 1.0)
    return {name: value / size for name, value in features.items()}


def _single_concepts(concepts: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in concepts.items() if name[0] == "c"}


def present_concepts(concepts: Mapping[str, float]) -> frozenset[str]:
    """Return the concepts named, broader ones included."""
    return frozenset(name[2:] for name in concepts if name[:2] in ("c:", "u:"))
