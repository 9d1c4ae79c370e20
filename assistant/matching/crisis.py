"""Dangers: recognised by words before any ranking, and never by chance.

A pattern is a sequence of items: a word, a prefix `wor*`, or alternatives `(a|b|c)`. All items must
occur in this order with at most four other words between two of them. An `unless` pattern of the
same language takes the alarm of that danger back ("my contract was killed").
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.knowledge.model import Danger, Knowledge
from assistant.knowledge.patterns import ITEM
from assistant.language.normalize import fold, script_of, tokens
from assistant.matching.words import Query, Token

GAP = 4
_SCRIPT_PREFIXES = ("وال", "بال", "فال", "لل", "ال", "و", "ف", "ب", "ل")
"""Arabic particles written together with the next word."""


def spellings(token: Token) -> tuple[str, ...]:
    """The word as typed, as corrected, and in Arabic script without the particles before it."""
    found = dict.fromkeys(token.spellings)
    for word in token.spellings:
        if script_of(word) == "Arabic":
            for prefix in _SCRIPT_PREFIXES:
                if word.startswith(prefix) and len(word) - len(prefix) >= 3:
                    found[word[len(prefix) :]] = None
    return tuple(found)


def _shortest_varied(word: str) -> int:
    """Letters from which the last letter of a word may differ; Arabic script writes fewer letters."""
    return 4 if script_of(word) == "Arabic" else 6


@dataclass(frozen=True)
class Item:
    """One place of a pattern: one of these words, or any word with one of these beginnings.

    Words are not stemmed: authors of danger words list the forms, and a stem would join "choked" with
    "applied" (подавився, подавати). Only the last letter of a long word may differ.
    """

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def matches(self, token: Token) -> bool:
        """Whether a word of a message stands at this place."""
        return any(self._is(word) for word in spellings(token))

    def _is(self, word: str) -> bool:
        if word in self.words or word.startswith(self.prefixes):
            return True
        return any(
            abs(len(own) - len(word)) <= 1 and len(own) >= _shortest_varied(own) and word.startswith(own[:-1])
            for own in self.words
        )


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern with the text it came from."""

    text: str
    items: tuple[Item, ...]

    def matches(self, words: tuple[Token, ...]) -> bool:
        """Whether the items occur in order, close together."""
        ends = [i for i, token in enumerate(words) if self.items[0].matches(token)]
        for item in self.items[1:]:
            ends = sorted(
                {
                    later
                    for end in ends
                    for later in range(end + 1, min(end + GAP + 2, len(words)))
                    if item.matches(words[later])
                }
            )
        return bool(ends)


@dataclass(frozen=True)
class Alarm:
    """A danger recognised in a message, and why."""

    danger: Danger
    pattern: str
    language: str


@dataclass(frozen=True)
class _Rule:
    """A pattern of a danger in one language."""

    rank: int
    danger: Danger
    language: str
    pattern: Pattern


class CrisisWatch:
    """Finds dangers in messages; patterns are looked up by their first item."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._by_word: dict[str, list[_Rule]] = {}
        self._by_prefix: dict[str, list[_Rule]] = {}
        self._unless: dict[tuple[str, str], list[Pattern]] = {}
        gravest_first = sorted(knowledge.dangers.values(), key=lambda d: (-d.priority, d.id))
        for rank, danger in enumerate(gravest_first):
            for tag, vocabulary in knowledge.vocabularies.items():
                words = vocabulary.crisis.get(danger.id)
                if words is None:
                    continue
                for text in words.patterns:
                    pattern = compile_pattern(text)
                    if pattern is not None:
                        self._add(_Rule(rank, danger, tag, pattern))
                self._unless[(danger.id, tag)] = [p for text in words.unless if (p := compile_pattern(text))]

    def look(self, query: Query) -> Alarm | None:
        """Return the gravest danger a message names, or None."""
        for rule in sorted(self._candidates(query), key=lambda r: (r.rank, r.language, r.pattern.text)):
            if rule.pattern.matches(query.tokens) and not self._taken_back(rule, query):
                return Alarm(rule.danger, rule.pattern.text, rule.language)
        return None

    def _add(self, rule: _Rule) -> None:
        first = rule.pattern.items[0]
        for word in first.words:
            self._by_word.setdefault(word, []).append(rule)
            if len(word) >= _shortest_varied(word):
                self._by_prefix.setdefault(word[:-1], []).append(rule)
        for prefix in first.prefixes:
            self._by_prefix.setdefault(prefix, []).append(rule)

    def _candidates(self, query: Query) -> list[_Rule]:
        found: dict[int, _Rule] = {}
        for token in query.tokens:
            for word in spellings(token):
                for rule in self._by_word.get(word, ()):
                    found[id(rule)] = rule
                for end in range(1, len(word) + 1):
                    for rule in self._by_prefix.get(word[:end], ()):
                        found[id(rule)] = rule
        return list(found.values())

    def _taken_back(self, rule: _Rule, query: Query) -> bool:
        unless = self._unless.get((rule.danger.id, rule.language), ())
        return any(pattern.matches(query.tokens) for pattern in unless)


def compile_pattern(text: str) -> Pattern | None:
    """Compile the text of a pattern; None when it holds no word."""
    items: list[Item] = []
    for group, star, single in ITEM.findall(text):
        alternatives = [w.strip() for w in group.split("|")] if group else [single]
        words: set[str] = set()
        prefixes: list[str] = []
        for word in alternatives:
            if word.endswith("*") or star:
                prefixes += [p for p in (fold(word.rstrip("*")).strip(),) if p]
                continue
            parts = tokens(word)
            # "geht's" folds into two words: both must follow each other.
            items += [Item(frozenset((part,))) for part in parts[:-1]]
            words.update(parts[-1:])
        if words or prefixes:
            items.append(Item(frozenset(words), tuple(prefixes)))
    return Pattern(text, tuple(items)) if items else None
