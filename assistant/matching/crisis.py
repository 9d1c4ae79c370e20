"""Dangers: recognised by words before any ranking, and never by chance.

A pattern is a sequence of items: a word, a prefix `wor*`, or alternatives `(a|b|c)`. All items must
occur in this order with at most three other words between two of them. An `unless` pattern of the
same language takes the alarm of that danger back ("my contract was killed").
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.knowledge.model import Danger, Knowledge
from assistant.knowledge.patterns import ITEM
from assistant.language.normalize import fold, tokens
from assistant.matching.words import Lexicon, Query, Token

GAP = 3


@dataclass(frozen=True)
class Item:
    """One place of a pattern: any of these keys, or any word with one of these beginnings."""

    keys: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def matches(self, token: Token) -> bool:
        if any(token.keys.get(key, 0.0) >= 0.8 for key in self.keys):
            return True
        return token.word.startswith(self.prefixes) or token.corrected.startswith(self.prefixes)


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


class CrisisWatch:
    """Finds dangers in messages."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._dangers = sorted(knowledge.dangers.values(), key=lambda d: (-d.priority, d.id))
        self._alarms: dict[str, list[tuple[str, Pattern]]] = {}
        self._unless: dict[tuple[str, str], list[Pattern]] = {}
        for tag, vocabulary in knowledge.vocabularies.items():
            for danger, words in vocabulary.crisis.items():
                for text in words.patterns:
                    pattern = compile_pattern(text, lexicon, tag)
                    if pattern is not None:
                        self._alarms.setdefault(danger, []).append((tag, pattern))
                self._unless[(danger, tag)] = [
                    p for text in words.unless if (p := compile_pattern(text, lexicon, tag))
                ]

    def look(self, query: Query) -> Alarm | None:
        """Return the gravest danger a message names, or None."""
        for danger in self._dangers:
            for tag, pattern in self._alarms.get(danger.id, ()):
                if pattern.matches(query.tokens) and not self._taken_back(danger.id, tag, query):
                    return Alarm(danger, pattern.text, tag)
        return None

    def _taken_back(self, danger: str, tag: str, query: Query) -> bool:
        return any(p.matches(query.tokens) for p in self._unless.get((danger, tag), ()))


def compile_pattern(text: str, lexicon: Lexicon, language: str) -> Pattern | None:
    """Compile the text of a pattern; None when it holds no word."""
    items: list[Item] = []
    for group, star, single in ITEM.findall(text):
        words = [w.strip() for w in group.split("|")] if group else [single]
        keys: set[str] = set()
        prefixes: list[str] = []
        for word in words:
            if word.endswith("*") or star:
                prefixes.append(fold(word.rstrip("*")).strip())
                continue
            parts = tokens(word)
            if len(parts) == 1:
                keys |= lexicon.keys(parts[0], language)
            elif parts:
                # "geht's" folds into two words: both must follow each other.
                items += [Item(frozenset(lexicon.keys(p, language))) for p in parts[:-1]]
                keys |= lexicon.keys(parts[-1], language)
        found = tuple(p for p in prefixes if p)
        if keys or found:
            items.append(Item(frozenset(keys), found))
    return Pattern(text, tuple(items)) if items else None
