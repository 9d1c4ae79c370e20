"""Dangers: recognised by words before any ranking, and never by chance.

A pattern is a sequence of items: a word, a prefix `wor*`, or alternatives `(a|b|c)`. All items must
occur in this order with at most four other words between two of them. An `unless` pattern of the
same language, its words closer together, takes the alarm of that danger back ("my contract was killed").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, product

from assistant.knowledge.model import Danger, Knowledge
from assistant.knowledge.patterns import ITEM
from assistant.language.normalize import fold, script_of, tokens
from assistant.matching.ranking import Ranking
from assistant.matching.words import Query, Token

GAP = 4
UNLESS_GAP = 1
"""What takes an alarm back must stand close together: a missed cry for help is worse than a false alarm."""
LEARNED_WORDS = 3
"""Words from which a message can be like a cry for help; "my child" alone is not."""
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
    """Letters of a word that may have one more at its end; Arabic script writes fewer letters."""
    return 4 if script_of(word) == "Arabic" else 6


@dataclass(frozen=True)
class Heard:
    """The words of a message, each in all its spellings, and as sets: most patterns need no more."""

    spelled: Sequence[tuple[str, ...]]
    words: frozenset[str]
    """As a place takes them: as they are, and a long one without its last letter."""
    beginnings: frozenset[str]


def hear(tokens: Sequence[Token]) -> Heard:
    """Return the words of a message as patterns look at them."""
    spelled = [spellings(token) for token in tokens]
    every = {word for forms in spelled for word in forms}
    shorter = {word[:-1] for word in every if len(word) > _shortest_varied(word)}
    beginnings = {word[:end] for word in every for end in range(1, len(word) + 1)}
    return Heard(spelled, frozenset(every | shorter), frozenset(beginnings))


@dataclass(frozen=True)
class Item:
    """One place of a pattern: one of these words, or any word with one of these beginnings.

    Words are not stemmed: authors of danger words list the forms, and a stem would join "choked" with
    "applied" (подавився, подавати). Only a long word may have one more letter at its end.
    """

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """The words and beginnings this place takes."""
        return (*self.words, *self.prefixes)

    def is_in(self, heard: Heard) -> bool:
        """Whether any word of a message stands at this place."""
        return not (self.words.isdisjoint(heard.words) and heard.beginnings.isdisjoint(self.prefixes))

    def matches(self, spelled: tuple[str, ...]) -> bool:
        """Whether a word of a message, given in all its spellings, stands at this place."""
        for word in spelled:
            if word in self.words or word.startswith(self.prefixes):
                return True
            if word[:-1] in self.words and len(word) > _shortest_varied(word):
                return True
        return False


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern with the text it came from."""

    text: str
    items: tuple[Item, ...]
    gap: int

    def matches(self, heard: Heard) -> bool:
        """Whether the items occur in order, close together, in a message."""
        if not all(item.is_in(heard) for item in self.items):
            return False
        words = heard.spelled
        reached = list(range(len(words)))
        for item in self.items:
            ends = [i for i in reached if item.matches(words[i])]
            if not ends:
                return False
            following = (range(end + 1, min(end + self.gap + 2, len(words))) for end in ends)
            reached = sorted(set().union(*following))
        return True


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
    """Finds dangers in messages; patterns are looked up by their rarest item."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._by_word: dict[str, list[_Rule]] = {}
        self._by_prefix: dict[str, list[_Rule]] = {}
        self._unless: dict[tuple[str, str], list[Pattern]] = {}
        self._dangers = knowledge.dangers
        gravest_first = sorted(knowledge.dangers.values(), key=lambda d: (-d.priority, d.id))
        rules: list[_Rule] = []
        for rank, danger in enumerate(gravest_first):
            for tag, vocabulary in knowledge.vocabularies.items():
                words = vocabulary.crisis.get(danger.id)
                if words is None:
                    continue
                for pattern in chain.from_iterable(map(compile_patterns, words.patterns)):
                    rules.append(_Rule(rank, danger, tag, pattern))
                self._unless[(danger.id, tag)] = [*chain.from_iterable(map(_compile_unless, words.unless))]
        self._file(rules)

    def look(self, query: Query) -> Alarm | None:
        """Return the gravest danger a message names, or None."""
        heard = hear(query.tokens)
        found = [rule for rule in self._candidates(heard) if rule.pattern.matches(heard)]
        for rule in sorted(found, key=lambda r: (r.rank, r.language, r.pattern.text)):
            if not self._taken_back(rule, heard):
                return Alarm(rule.danger, rule.pattern.text, rule.language)
        return None

    def learned(self, query: Query, ranking: Ranking, threshold: float) -> Alarm | None:
        """Return the likeliest danger when it is likely enough that there is any, or None.

        Patterns cannot foresee every wording; the ranking has learned from whole messages.
        """
        if len(query.tokens) < LEARNED_WORDS or ranking.danger < threshold:
            return None
        danger = ranking.likeliest_danger()
        heard = hear(query.tokens)
        unless = (p for (name, _), own in self._unless.items() if name == danger for p in own)
        if any(pattern.matches(heard) for pattern in unless):
            return None
        return Alarm(self._dangers[danger], "learned from examples", "")

    def _file(self, rules: Sequence[_Rule]) -> None:
        """File each rule under the item that the fewest rules share, so that few are ever tried."""
        uses = Counter(name for rule in rules for item in rule.pattern.items for name in item.names())
        for rule in rules:
            rarest = min(rule.pattern.items, key=lambda item: sum(uses[name] for name in item.names()))
            for word in rarest.words:
                self._by_word.setdefault(word, []).append(rule)
                if len(word) >= _shortest_varied(word):
                    self._by_prefix.setdefault(word, []).append(rule)
            for prefix in rarest.prefixes:
                self._by_prefix.setdefault(prefix, []).append(rule)

    def _candidates(self, heard: Heard) -> list[_Rule]:
        found: dict[int, _Rule] = {}
        for filed, words in ((self._by_word, heard.words), (self._by_prefix, heard.beginnings)):
            for word in words & filed.keys():
                found |= {id(rule): rule for rule in filed[word]}
        return list(found.values())

    def _taken_back(self, rule: _Rule, heard: Heard) -> bool:
        unless = self._unless.get((rule.danger.id, rule.language), ())
        return any(pattern.matches(heard) for pattern in unless)


def _compile_unless(text: str) -> list[Pattern]:
    return compile_patterns(text, UNLESS_GAP)


def compile_patterns(text: str, gap: int = GAP) -> list[Pattern]:
    """Compile the text of a pattern; an alternative of several words makes a pattern of its own.

    `gap`: other words that may stand between two of its items.
    """
    choices: list[list[tuple[Item, ...]]] = []
    for group, star, single in ITEM.findall(text):
        alternatives = group.split("|") if group else [single]
        words: set[str] = set()
        prefixes: list[str] = []
        several: list[tuple[Item, ...]] = []
        for alternative in alternatives:
            items = [_item(word, bool(star)) for word in _written(alternative)]
            found = tuple(item for item in items if item is not None)
            if len(found) == 1:
                words |= found[0].words
                prefixes += found[0].prefixes
            elif found:
                several.append(found)
        if words or prefixes:
            several.insert(0, (Item(frozenset(words), tuple(prefixes)),))
        if several:
            choices.append(several)
    if not choices:
        return []
    return [Pattern(text, tuple(chain(*chosen)), gap) for chosen in product(*choices)]


def _written(alternative: str) -> list[str]:
    """The words of an alternative; "geht's" folds into two, a prefix keeps its star."""
    words: list[str] = []
    for word in alternative.split():
        words += [word] if word.endswith("*") else list(tokens(word))
    return words


def _item(word: str, star: bool) -> Item | None:
    if not star and not word.endswith("*"):
        return Item(frozenset((word,)))
    prefix = fold(word.rstrip("*")).strip()
    return Item(frozenset(), (prefix,)) if prefix else None
