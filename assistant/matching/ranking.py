"""Ranking: how well each entry fits a message.

Two views are added up: the overlap with the index (words in any language) and fitted linear weights
over concepts, pairs of concepts and words. Sibling rules (`must`, `must_not`) cast doubt, they never
exclude. The sum becomes a probability, so that thresholds mean something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from assistant.knowledge.model import Entry, Knowledge
from assistant.matching.concepts import Spotted, Spotter
from assistant.matching.features import concept_features, text_features
from assistant.matching.index import Index, merge
from assistant.matching.weights import FOREIGN, Weights
from assistant.matching.words import Query

PATH_NAMED, PATH_ASKED = 0.5, 2.5
"""What a named profession adds to its recognition entry; more beside a word for recognition."""
RECOGNITION_CONCEPTS = frozenset(
    ("recognition", "foreign-degree", "equivalence", "diploma-evaluation", "approbation", "reference-job")
)
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
    """Entries, best first, and how likely the message is about none of them."""

    matches: tuple[Match, ...] = ()
    foreign: float = 0.0
    spotted: tuple[Spotted, ...] = ()

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
    """Ranks the public entries of a knowledge base for a query."""

    entries: Mapping[str, Entry]
    spotter: Spotter
    index: Index
    weights: Weights
    rules: Mapping[str, Rules]
    paths: Mapping[str, str]

    def features(self, query: Query, spotted: Iterable[Spotted]) -> Features:
        """Return the features of a query."""
        return Features(text_features(query), concept_features(spotted, self.spotter))

    def rank(self, query: Query, explain: bool = False) -> Ranking:
        """Return all entries that have anything to do with the query, best first."""
        spotted = self.spotter.spot(query)
        features = self.features(query, spotted)
        scores = self.index.scores(features.for_index())
        overlap = {self.index.ids[number]: score for number, score in scores.items()}
        own = features.for_weights(self.index)
        linear = self.linear(own)
        total: dict[str, float] = {}
        doubts: dict[str, float] = {}
        present = present_concepts(features.concepts)
        rules, weight = self.rules, self.weights.overlap
        for entry_id in self.index.ids:
            total[entry_id] = linear.get(entry_id, 0.0) + weight * overlap.get(entry_id, 0.0)
            if entry_id in rules:
                doubts[entry_id] = self.weights.doubt * doubt(rules[entry_id], present)
                total[entry_id] -= doubts[entry_id]
        surely = {s.concept for s in spotted if s.strength >= 0.8 and not s.negated}
        for entry_id, bonus in self._recognition_paths(surely).items():
            total[entry_id] = total.get(entry_id, 0.0) + bonus
        chances = softmax(total, self.weights.temperature)
        order = nsmallest(10, self.entries, key=lambda i: (-total[i], i))
        matches = tuple(
            Match(
                i, chances[i], linear.get(i, 0.0), overlap.get(i, 0.0), doubts.get(i, 0.0),
                not surely.isdisjoint(self.entries[i].about.core),
                self._evidence(i, own) if explain else (),
            )
            for i in order
        )  # fmt: skip
        return Ranking(matches, chances.get(FOREIGN, 0.0), spotted)

    def _recognition_paths(self, sure: set[str]) -> dict[str, float]:
        """What a profession adds to the entry that explains its recognition, more when that is asked."""
        asked = bool(sure & RECOGNITION_CONCEPTS)
        return {
            self.paths[concept]: PATH_ASKED if asked else PATH_NAMED for concept in sure & self.paths.keys()
        }

    def linear(self, own: Mapping[str, float]) -> dict[str, float]:
        """Return the linear score of each entry; without fitted weights from core concepts."""
        found: dict[str, float] = {}
        if not self.weights.is_fitted():
            for entry in self.entries.values():
                hits = sum(own.get(f"c:{c}", 0.0) for c in entry.about.core)
                if hits:
                    found[entry.id] = CORE_BONUS * hits
            return found
        for feature, value in own.items():
            for entry_id, weight in self.weights.features.get(feature, {}).items():
                found[entry_id] = found.get(entry_id, 0.0) + value * weight
        return found

    def _evidence(self, entry_id: str, own: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        found = {
            feature: value * self.weights.features.get(feature, {}).get(entry_id, 0.0)
            for feature, value in own.items()
        }
        best = sorted(found.items(), key=lambda p: (-abs(p[1]), p[0]))
        return tuple((name, weight) for name, weight in best[:6] if weight)


@dataclass(frozen=True)
class Rules:
    """The sibling rules of one entry."""

    must: frozenset[str]
    must_not: frozenset[str]
    core: frozenset[str]


def recognition_paths(knowledge: Knowledge) -> dict[str, str]:
    """Return the recognition entry of each profession."""
    return {c.id: c.recognition.entry for c in knowledge.concepts.values() if c.recognition is not None}


def sibling_rules(entries: Mapping[str, Entry]) -> dict[str, Rules]:
    """Return the rules of the entries that have any."""
    return {
        entry.id: Rules(*map(frozenset, (entry.about.must, entry.about.must_not, entry.about.core)))
        for entry in entries.values()
        if entry.about.must or entry.about.must_not
    }


def doubt(rules: Rules, present: frozenset[str]) -> float:
    """Return how much sibling rules speak against an entry: 0, 1 or 2."""
    missing = bool(rules.must) and present.isdisjoint(rules.must)
    other = not present.isdisjoint(rules.must_not) and present.isdisjoint(rules.core)
    return float(missing) + float(other)


def softmax(scores: Mapping[str, float], temperature: float) -> dict[str, float]:
    """Return probabilities of scores."""
    top = max(scores.values(), default=0.0)
    powers = {name: math.exp((score - top) / temperature) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}


def normalized(features: Mapping[str, float]) -> dict[str, float]:
    """Return features scaled down to Euclidean length 1; weak evidence is not blown up."""
    size = max(math.sqrt(sum(value * value for value in features.values())), 1.0)
    return {name: value / size for name, value in features.items()}


def _single_concepts(concepts: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in concepts.items() if name[0] == "c"}


def present_concepts(concepts: Mapping[str, float]) -> frozenset[str]:
    """Return the concepts named, broader ones included."""
    return frozenset(name[2:] for name in concepts if name[:2] in ("c:", "u:"))
