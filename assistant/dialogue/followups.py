"""Follow-ups: short messages that only mean something after an answer ("where is it?", "how much?").

Recognised by the concepts people ask with, by words of their own (languages/<tag>/followups.yaml) and
by nothing else in the message: whatever names a topic of its own is a new question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Literal, get_args

from assistant.knowledge.model import FollowUpWords, Knowledge, Term
from assistant.language.names import LanguageNames, language_names
from assistant.language.normalize import tokens
from assistant.matching.concepts import Spotted
from assistant.matching.words import Query

Part = Literal["where", "hours", "phone", "cost", "duration", "documents", "steps"]
Wish = Literal["more", "back", "german", "card", "share", "person"]
Kind = Literal["part", "wish", "profession", "language", "term"]

LONGEST = 8
"""Words a follow-up may have."""
SURE = 0.7
"""Strength from which an asking concept counts."""
NAMED = 0.8
"""Strength from which another concept makes the message a question of its own."""
PART_OF: dict[str, Part] = {
    "q-where": "where", "q-nearby": "where", "q-hours": "hours", "q-when": "hours", "q-phone": "phone",
    "q-cost": "cost", "q-how-much": "cost", "q-free": "cost", "q-how-long": "duration",
    "q-waiting": "duration", "q-documents": "documents", "q-prove": "documents", "q-howto": "steps",
    "q-apply": "steps", "q-register": "steps", "q-first-step": "steps",
}  # fmt: skip
_PARTS: tuple[Part, ...] = get_args(Part)
_WISHES: tuple[Wish, ...] = get_args(Wish)
MEANING, CHANGE_LANGUAGE = "q-what-is", "t-language"
OWN_TOPIC = ("topic", "profession", "office", "person", "place", "country", "foreign")
RECOGNITION = "recognition"


@dataclass(frozen=True)
class FollowUp:
    """What a follow-up wants; `value`: the part, wish, profession, language tag (or none) or term."""

    kind: Kind
    value: str


@dataclass(frozen=True)
class _Read:
    """A short message: its folded words, where its asking concepts stand, and where fillers are."""

    words: tuple[str, ...]
    spotted: tuple[Spotted, ...]
    fillers: frozenset[int]

    def is_covered(self, positions: Iterable[int]) -> bool:
        """Whether nothing is said beside some words: the rest is filler and names no topic."""
        covered = frozenset(positions)
        if not covered:
            return False
        return self.rest(covered) <= self.fillers and not self.names_a_topic(covered)

    def rest(self, covered: frozenset[int]) -> frozenset[int]:
        """The positions of all other words."""
        return frozenset(range(len(self.words))) - covered

    def named_by(self, concepts: Sequence[str], strength: float) -> frozenset[int]:
        """Where some concepts are named."""
        found = (s for s in self.spotted if s.concept in concepts and s.strength >= strength)
        return frozenset(p for s in found for p in s.positions)

    def names_a_topic(self, covered: frozenset[int]) -> bool:
        """Whether a topic is surely named beside some words, in a word that is more than filler."""
        return any(
            s.kind in OWN_TOPIC and s.strength >= NAMED and not covered | self.fillers >= set(s.positions)
            for s in self.spotted
        )


@dataclass(frozen=True)
class FollowUps:
    """Recognises follow-ups with the words of a knowledge base."""

    knowledge: Knowledge

    def read(self, query: Query, spotted: Sequence[Spotted], recent: str | None) -> FollowUp | None:
        """Return what a message wants of the entry answered last (`recent`), or None.

        Without a recent entry only a wish for a language, a person or the meaning of a word counts.
        """
        words = tuple(token.word for token in query.tokens)
        if not words or len(words) > LONGEST:
            return None
        fillers = frozenset(p for p, word in enumerate(words) if word in self._fillers or len(word) == 1)
        message = _Read(words, tuple(spotted), fillers)
        return (
            self._language(message, recent)
            or self._term(message)
            or (self._profession(message, recent) if recent else None)
            or self._wish(message, recent)
            or (self._part(message) if recent else None)
        )

    def _language(self, message: _Read, recent: str | None) -> FollowUp | None:
        """A language named and nothing else; "German" alone or wanted is a topic, not a wish."""
        named = self._names.named(message.words)
        if named is None:
            asked = message.named_by((CHANGE_LANGUAGE,), SURE)
            return FollowUp("language", "") if message.is_covered(asked) else None
        tag, position = named
        rest = message.rest(frozenset((position,)))
        if not rest <= message.fillers:
            return None
        if tag == self.knowledge.base.source_language:
            wanted = any(message.words[p] in self._wanting for p in rest)
            if wanted or (recent is None and not rest):
                return None
        return FollowUp("language", tag)

    def _term(self, message: _Read) -> FollowUp | None:
        """The meaning of an office word."""
        asked = message.named_by((MEANING,), SURE) | _found(message.words, self._phrases("meaning"))
        if not asked:
            return None
        by_word = ((term, _found(message.words, phrases)) for term, phrases in self._terms)
        by_concept = ((term, message.named_by(term.concepts, NAMED)) for term, _ in self._terms)
        for term, named in chain(by_word, by_concept):
            if named and message.rest(named | asked) <= message.fillers:
                return FollowUp("term", term.id)
        return None

    def _profession(self, message: _Read, recent: str | None) -> FollowUp | None:
        """Another profession, when the last answer was about recognition."""
        if recent is None or not self._is_recognition(recent):
            return None
        for spotted in message.spotted:
            concept = self.knowledge.concepts.get(spotted.concept)
            if concept is None or concept.recognition is None or spotted.strength < NAMED:
                continue
            if message.is_covered(spotted.positions):
                return FollowUp("profession", concept.id)
        for profession, phrases in self._professions:
            if message.is_covered(_found(message.words, phrases)):
                return FollowUp("profession", profession)
        return None

    def _wish(self, message: _Read, recent: str | None) -> FollowUp | None:
        for wish in _WISHES if recent else ("person",):
            if message.is_covered(_found(message.words, self._phrases(wish))):
                return FollowUp("wish", wish)
        return None

    def _part(self, message: _Read) -> FollowUp | None:
        """A part of the last entry; a message's own words come before its concepts."""
        for part in _PARTS:
            if message.is_covered(_found(message.words, self._phrases(part))):
                return FollowUp("part", part)
        asked = [s for s in message.spotted if s.concept in PART_OF and s.strength >= SURE]
        if not message.is_covered(p for s in asked for p in s.positions):
            return None
        best = max(asked, key=lambda s: (len(s.positions), s.strength, s.concept))
        return FollowUp("part", PART_OF[best.concept])

    # --- the words of the knowledge base ------------------------------------------------------------------

    def _is_recognition(self, entry_id: str) -> bool:
        """Whether an entry explains recognition: a profession leads to it, or it or a broader one does."""
        if entry_id in self._recognition_entries:
            return True
        entry = self.knowledge.entries.get(entry_id)
        while entry is not None:
            if RECOGNITION in entry.about.core:
                return True
            entry = self.knowledge.entries.get(entry.broader) if entry.broader else None
        return False

    def _phrases(self, name: str) -> Sequence[tuple[str, ...]]:
        return self._by_name[name]

    @cached_property
    def _names(self) -> LanguageNames:
        languages = self.knowledge.languages
        more = tuple((name, tag) for tag, info in languages.items() for name in info.also_called)
        # "more" is also what some call Mossi.
        single = {phrase[0] for phrases in self._by_name.values() for phrase in phrases if len(phrase) == 1}
        return language_names(tuple(languages), more).without(single | self._fillers)

    @cached_property
    def _recognition_entries(self) -> frozenset[str]:
        paths = (c.recognition for c in self.knowledge.concepts.values() if c.recognition)
        return frozenset(path.entry for path in paths)

    @cached_property
    def _fillers(self) -> frozenset[str]:
        every = self.knowledge.follow_ups.values()
        return frozenset(w for own in every for text in own.fillers for w in tokens(text)) | self._wanting

    @cached_property
    def _wanting(self) -> frozenset[str]:
        every = self.knowledge.follow_ups.values()
        return frozenset(w for own in every for text in own.wanting for w in tokens(text))

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[str, ...]]]:
        """The folded phrases of each list, of all languages, longest first."""
        others = ("fillers", "wanting", "professions")
        names = [name for name in FollowUpWords.model_fields if name not in others]
        every = self.knowledge.follow_ups.values()
        return {name: _folded(t for own in every for t in getattr(own, name)) for name in names}

    @cached_property
    def _terms(self) -> list[tuple[Term, list[tuple[str, ...]]]]:
        return [(term, _folded((term.word, *term.also))) for term in self.knowledge.glossary.values()]

    @cached_property
    def _professions(self) -> list[tuple[str, list[tuple[str, ...]]]]:
        words: dict[str, list[str]] = {}
        for own in self.knowledge.follow_ups.values():
            for profession, texts in own.professions.items():
                words.setdefault(profession, []).extend(texts)
        return [(profession, _folded(texts)) for profession, texts in words.items()]


def _folded(texts: Iterable[str]) -> list[tuple[str, ...]]:
    return sorted({tokens(text) for text in texts} - {()}, key=lambda words: (-len(words), words))


def _found(words: Sequence[str], phrases: Iterable[tuple[str, ...]]) -> frozenset[int]:
    """The positions of the longest phrase that stands in a message as it is."""
    said = tuple(words)
    for phrase in phrases:
        if phrase[0] not in said:  # nearly always; the rest is for the few that begin like a message
            continue
        for start in range(len(said) - len(phrase) + 1):
            if said[start : start + len(phrase)] == phrase:
                return frozenset(range(start, start + len(phrase)))
    return frozenset()
