"""Spotting concepts: which ideas a message names, in whatever language.

Labels of all languages stand in one table. A label of several words matches when all its words occur
close together; in their order they count fully, in another order less. The longest match wins.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.knowledge.model import Concept, Knowledge
from assistant.language.normalize import tokens
from assistant.matching.words import REMEMBERED, Lexicon, Query, Token
from assistant.tables import Memory, Names, Texts, lists

GAP = 2
"""Other words that may stand between two words of a label."""

NEGATABLE = ("topic", "office", "profession")

LONGEST = 6
"""Words a label may have."""

INFLECTED = 0.9
"""Strength of a word that shares only its stem with a label."""

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


class Spotter:
    """Finds concepts in queries.

    All labels stand in flat tables. A *form* is a word as a language inflects it; a key (a word or one
    of its stems) leads to forms, a form to the labels of this one word and to the longer labels in
    which it is the rarest word.
    """

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._concepts = knowledge.concepts
        self._lexicon = lexicon
        self._negations = {
            word
            for info in knowledge.languages.values()
            for negation in info.negations
            for word in tokens(negation)
        }
        labels = list(_labels(knowledge))
        forms = _Forms(lexicon)
        written = [forms.numbers(label.language, label.words) for label in labels]
        uses = Counter(number for numbers in written for number in numbers)
        singles: dict[int, list[int]] = {}
        phrases: dict[int, list[int]] = {}
        for number, found in enumerate(written):
            if len(found) == 1:
                singles.setdefault(found[0], []).append(number)
            else:
                phrases.setdefault(min(found, key=lambda f: (uses[f], f)), []).append(number)
        self._keys = Names(forms.by_key)
        self._forms = lists({self._keys.number(k): f for k, f in forms.by_key.items()}, len(self._keys))
        self._singles = lists(singles, forms.count)
        self._phrases = lists(phrases, forms.count)
        self._words = lists(dict(enumerate(written)), len(labels))
        self._ids, self._tags = tuple(knowledge.concepts), tuple(knowledge.vocabularies)
        concept, tag = ({name: n for n, name in enumerate(names)} for names in (self._ids, self._tags))
        self._concept_of = array("H", (concept[label.concept] for label in labels))
        self._tag_of = array("B", (tag[label.language] for label in labels))
        self._texts = Texts(label.text for label in labels)
        self._memory = Memory(self._forms_of, REMEMBERED)

    def spot(self, query: Query) -> tuple[Spotted, ...]:
        """Return the concepts a message names, longest matches first."""
        where = self._where(query)
        found: dict[tuple[str, tuple[int, ...]], Spotted] = {}
        for spotted in (*self._spot_phrases(where), *self._spot_singles(query, where)):
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

    def _where(self, query: Query) -> dict[int, dict[int, float]]:
        """Where in a message which forms stand, and how surely: form -> position -> strength."""
        where: dict[int, dict[int, float]] = {}
        for position, token in enumerate(query.tokens):
            for form, strength in self._memory[token].items():
                where.setdefault(form, {})[position] = strength
        return where

    def _forms_of(self, token: Token) -> Mapping[int, float]:
        """The forms a word answers to and how surely."""
        found: dict[int, float] = {}
        for key, sure in token.keys.items():
            for code in self._forms.at(self._keys.number(key)):
                strength = sure if code & 1 else sure * INFLECTED
                found[code >> 1] = max(found.get(code >> 1, 0.0), strength)
        return found

    def _spotted(self, label: int, positions: tuple[int, ...], strength: float) -> Spotted:
        concept = self._ids[self._concept_of[label]]
        return Spotted(
            concept, self._texts.at(label), self._tags[self._tag_of[label]], positions, strength,
            self._concepts[concept].kind,
        )  # fmt: skip

    def _spot_singles(self, query: Query, where: Mapping[int, Mapping[int, float]]) -> Iterable[Spotted]:
        main = self._lexicon.main_languages(query)
        own = [not main.isdisjoint(self._lexicon.languages_of(t.corrected)) for t in query.tokens]
        for form, places in where.items():
            for label in self._singles.at(form):
                foreign = self._tags[self._tag_of[label]] not in main
                for position, strength in places.items():
                    # "Chef" in a German sentence is the boss, not the English cook.
                    alien = foreign and own[position]
                    yield self._spotted(label, (position,), strength * (ALIEN if alien else 1.0))

    def _spot_phrases(self, where: Mapping[int, Mapping[int, float]]) -> Iterable[Spotted]:
        for form in where:
            for label in self._phrases.at(form):
                places = []
                for number in self._words.at(label):
                    if number not in where:
                        break
                    places.append(where[number])
                else:
                    matched = _closest(places)
                    if matched is not None:
                        yield self._spotted(label, *matched)

    def _mark_negated(self, query: Query, spotted: Iterable[Spotted]) -> Iterable[Spotted]:
        negations = [i for i, t in enumerate(query.tokens) if t.word in self._negations]
        for item in spotted:
            first = min(item.positions)
            near = any(n not in item.positions and 0 < first - n <= 2 for n in negations)
            yield replace(item, negated=True) if near and item.kind in NEGATABLE else item


@dataclass(frozen=True)
class _Label:
    concept: str
    text: str
    language: str
    words: tuple[str, ...]


def _labels(knowledge: Knowledge) -> Iterable[_Label]:
    for tag, vocabulary in knowledge.vocabularies.items():
        for concept, labels in vocabulary.labels.items():
            for text in labels.all():
                words = tokens(text)
                if 0 < len(words) <= LONGEST:
                    yield _Label(concept, text, tag, tuple(words))


class _Forms:
    """Numbers the words of labels, and knows by which keys they are found."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers: dict[tuple[str, str], int] = {}
        self.by_key: dict[str, list[int]] = {}

    @property
    def count(self) -> int:
        return len(self._numbers)

    def numbers(self, language: str, words: Iterable[str]) -> list[int]:
        """Return the form numbers of the words of a label."""
        return [self._number(language, word) for word in words]

    def _number(self, language: str, word: str) -> int:
        number = self._numbers.get((language, word))
        if number is None:
            number = self._numbers[(language, word)] = len(self._numbers)
            exact = (word, f"{language}:{word}")
            for key in sorted(self._lexicon.keys(word, language)):
                self.by_key.setdefault(key, []).append(number << 1 | (key in exact))
        return number


def _closest(places: Sequence[Mapping[int, float]]) -> tuple[tuple[int, ...], float] | None:
    """The tightest occurrence of all words of a label: positions and strength; or None."""
    reach = (len(places) - 1) * (1 + GAP)
    best: tuple[bool, int, tuple[int, ...]] | None = None
    for anchor in sorted(places[0]):
        chosen = [anchor]
        for positions in places[1:]:
            ahead = [p for p in positions if p > chosen[-1] and p - anchor <= reach]
            near = ahead or [p for p in positions if abs(p - anchor) <= reach and p not in chosen]
            if not near:
                break
            chosen.append(min(near, key=lambda p: (abs(p - chosen[-1]), p)))
        else:
            rank = (chosen != sorted(chosen), max(chosen) - min(chosen), tuple(chosen))
            if best is None or rank < best:
                best = rank
    if best is None:
        return None
    disordered, spread, at = best
    loose = spread - (len(at) - 1)
    strength = (0.75 if disordered else 1.0) * (1.0 - 0.05 * loose)
    strength *= min(found[position] for found, position in zip(places, at, strict=True))
    return tuple(sorted(at)), strength


def _longest(spotted: Iterable[Spotted]) -> list[Spotted]:
    """Drop matches that lie wholly inside a longer one."""
    ordered = sorted(spotted, key=lambda s: (-len(s.positions), -s.strength, s.positions, s.concept))
    kept: list[Spotted] = []
    for item in ordered:
        inside = set(item.positions)
        if not any(len(longer.positions) > len(inside) and inside < set(longer.positions) for longer in kept):
            kept.append(item)
    return kept
