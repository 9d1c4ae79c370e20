"""Spotting concepts: which ideas a message names, in whatever language.

Labels of all languages stand in one table. A label of several words matches when all its words occur
close together; in their order they count fully, in another order less. The longest match wins.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.knowledge.model import Concept, Knowledge
from assistant.language.normalize import tokens
from assistant.matching.words import Lexicon, Query

GAP = 2
"""Other words that may stand between two words of a label."""

NEGATABLE = ("topic", "office", "profession")

ALIEN = 0.5
"""Strength of a word of the message's own language that is a label in another language only."""


@dataclass(frozen=True)
class Spotted:
    """A concept found in a message: by which label, of which language, at which words."""

    concept: str
    label: str
    language: str
    positions: tuple[int, ...]
    strength: float
    kind: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    concept: str
    kind: str
    text: str
    language: str
    words: tuple[frozenset[str], ...]


class Spotter:
    """Finds concepts in queries."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._concepts = knowledge.concepts
        self._lexicon = lexicon
        self._singles: dict[str, tuple[tuple[_Label, float], ...]] = {}
        self._phrases: dict[str, list[_Label]] = {}
        self._negations = {
            word
            for info in knowledge.languages.values()
            for negation in info.negations
            for word in tokens(negation)
        }
        labels = list(_labels(knowledge, lexicon))
        counts = _key_counts(labels)
        for label in labels:
            if len(label.words) == 1:
                self._add_single(label)
            else:
                rarest = min(label.words, key=lambda keys: min(counts[k] for k in keys))
                for key in rarest:
                    self._phrases.setdefault(key, []).append(label)

    def spot(self, query: Query) -> tuple[Spotted, ...]:
        """Return the concepts a message names, longest matches first."""
        found: dict[tuple[str, tuple[int, ...]], Spotted] = {}
        for spotted in (*self._spot_phrases(query), *self._spot_singles(query)):
            known = found.get((spotted.concept, spotted.positions))
            if known is None or spotted.strength > known.strength:
                found[(spotted.concept, spotted.positions)] = spotted
        kept = _longest(found.values())
        return tuple(self._mark_negated(query, kept))

    def ancestors(self, concept: str) -> list[str]:
        """Return the broader concepts of a concept, nearest first."""
        found: list[str] = []
        current: Concept | None = self._concepts.get(concept)
        while current is not None and current.broader and current.broader not in found:
            found.append(current.broader)
            current = self._concepts.get(current.broader)
        return found

    def _add_single(self, label: _Label) -> None:
        (keys,) = label.words
        word = tokens(label.text)[0]
        exact, inflected = (label, 1.0), (label, 0.9)
        for key in keys:
            found = exact if key == word or key.endswith(f":{word}") else inflected
            self._singles[key] = (*self._singles.get(key, ()), found)

    def _spot_singles(self, query: Query) -> Iterable[Spotted]:
        main = self._lexicon.main_languages(query)
        for position, token in enumerate(query.tokens):
            own = not main.isdisjoint(self._lexicon.words.get(token.corrected, ()))
            for key, sure in token.keys.items():
                for label, strength in self._singles.get(key, ()):
                    # "Chef" in a German sentence is the boss, not the English cook.
                    alien = own and label.language not in main
                    yield Spotted(
                        label.concept, label.text, label.language, (position,),
                        strength * sure * (ALIEN if alien else 1.0),
                        label.kind,
                    )  # fmt: skip

    def _spot_phrases(self, query: Query) -> Iterable[Spotted]:
        where: dict[str, list[int]] = {}
        sure: dict[tuple[str, int], float] = {}
        for position, token in enumerate(query.tokens):
            for key, value in token.keys.items():
                where.setdefault(key, []).append(position)
                sure[(key, position)] = value
        tried: set[int] = set()
        for key in where:
            for label in self._phrases.get(key, ()):
                if id(label) in tried:
                    continue
                tried.add(id(label))
                spotted = _match_phrase(label, where, sure)
                if spotted is not None:
                    yield spotted

    def _mark_negated(self, query: Query, spotted: Iterable[Spotted]) -> Iterable[Spotted]:
        negations = [i for i, t in enumerate(query.tokens) if t.word in self._negations]
        for item in spotted:
            first = min(item.positions)
            near = any(n not in item.positions and 0 < first - n <= 2 for n in negations)
            yield replace(item, negated=True) if near and item.kind in NEGATABLE else item


def _labels(knowledge: Knowledge, lexicon: Lexicon) -> Iterable[_Label]:
    shared: dict[tuple[str, str], frozenset[str]] = {}  # the same word in many labels: one object
    for tag, vocabulary in knowledge.vocabularies.items():
        for concept, labels in vocabulary.labels.items():
            for text in labels.all():
                words = tokens(text)
                if not words or len(words) > 6:
                    continue
                for word in words:
                    if (word, tag) not in shared:
                        shared[(word, tag)] = frozenset(map(sys.intern, lexicon.keys(word, tag)))
                keys = tuple(shared[(word, tag)] for word in words)
                kind = knowledge.concepts[concept].kind
                yield _Label(concept, kind, text, tag, keys)


def _key_counts(labels: Iterable[_Label]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for label in labels:
        for keys in label.words:
            for key in keys:
                counts[key] = counts.get(key, 0) + 1
    return counts


def _match_phrase(
    label: _Label, where: Mapping[str, list[int]], sure: Mapping[tuple[str, int], float]
) -> Spotted | None:
    """The tightest occurrence of all words of a label, or None."""
    options: list[list[int]] = []
    for keys in label.words:
        positions = sorted({p for key in keys if key in where for p in where[key]})
        if not positions:
            return None
        options.append(positions)
    reach = len(label.words) - 1 + GAP * (len(label.words) - 1)
    best: tuple[bool, int, tuple[int, ...]] | None = None
    for anchor in options[0]:
        chosen = [anchor]
        for positions in options[1:]:
            ahead = [p for p in positions if p > chosen[-1] and p - anchor <= reach]
            near = ahead or [p for p in positions if abs(p - anchor) <= reach and p not in chosen]
            if not near:
                break
            chosen.append(min(near, key=lambda p: abs(p - chosen[-1])))
        else:
            rank = (chosen != sorted(chosen), max(chosen) - min(chosen), tuple(chosen))
            if best is None or rank < best:
                best = rank
    if best is None:
        return None
    disordered, spread, chosen_positions = best
    loose = spread - (len(chosen_positions) - 1)
    strength = (0.75 if disordered else 1.0) * (1.0 - 0.05 * loose)
    strength *= min(
        max(sure.get((key, position), 0.0) for key in keys)
        for keys, position in zip(label.words, chosen_positions, strict=True)
    )
    return Spotted(
        label.concept, label.text, label.language, tuple(sorted(chosen_positions)), strength, label.kind
    )


def _longest(spotted: Iterable[Spotted]) -> list[Spotted]:
    """Drop matches that lie wholly inside a longer one."""
    ordered = sorted(spotted, key=lambda s: (-len(s.positions), -s.strength, s.positions, s.concept))
    kept: list[Spotted] = []
    for item in ordered:
        inside = set(item.positions)
        if not any(len(longer.positions) > len(inside) and inside < set(longer.positions) for longer in kept):
            kept.append(item)
    return kept
