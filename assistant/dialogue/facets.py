"""Hearing facets: what a message says about the person ("ich habe Duldung", "bin Krankenschwester")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.knowledge.model import Facet, Knowledge
from assistant.language.normalize import tokens
from assistant.matching.concepts import Spotted
from assistant.matching.words import Query

SURE = 0.8
"""Strength from which a spotted concept counts as said."""
NEAR = 2
"""Words around a word in which its negation stands."""
PROFESSION = "profession"


class FacetReader:
    """Reads facets from messages; built once per edition of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        infos = knowledge.languages.values()
        self._before = {w for info in infos for n in info.negations for w in tokens(n)}
        self._after = {w for info in infos for n in info.negations_after for w in tokens(n)}
        said = [(key, line) for info in infos for key, lines in info.says.items() for line in lines]
        for facet in knowledge.facets.values():
            said += [(f"{facet.id}:{key}", w) for key, value in facet.values.items() for w in value.words]
        self._phrases: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        """What people say of themselves, by its first word: `facet:value` and the words."""
        for key, line in said:
            words = tokens(line)
            if words and (key, words) not in self._phrases.setdefault(words[0], []):
                self._phrases[words[0]].append((key, words))

    def heard(self, query: Query, spotted: Sequence[Spotted], entry: str | None = None) -> dict[str, str]:
        """Return what a message says about the person; a facet said in two ways is left out.

        `entry`: the entry that answers the message. A profession is the person's when the answer is
        about its recognition; "I need a doctor" says nothing about the person.
        """
        words = [token.word for token in query.tokens]
        named = {s.concept for s in spotted if s.strength >= SURE}
        phrases = self._phrases_in(words)
        found: dict[str, str] = {}
        for facet in self._knowledge.facets.values():
            if facet.id == PROFESSION:
                values = self._professions(facet, words, spotted, named, phrases, entry)
            else:
                values = self._told(facet, words, phrases)
                if not named & set(facet.unless):
                    values |= self._named(facet, words, spotted)
            if len(values) == 1:
                found[facet.id] = values.pop()
        return found

    def named(self, facet: str, query: Query, spotted: Sequence[Spotted]) -> set[str]:
        """Return the values of a facet that a message names at all: the answer to a question."""
        words = [token.word for token in query.tokens]
        if facet == PROFESSION:
            return _clearest([s for s in spotted if self._is_profession(s, words)], spotted)
        described = self._knowledge.facets[facet]
        answers = {k for k, v in described.values.items() if any(list(tokens(a)) == words for a in v.answers)}
        if answers:
            return answers
        told = self._told(described, words, self._phrases_in(words))
        return told | self._named(described, words, spotted)

    def _named(self, facet: Facet, words: Sequence[str], spotted: Sequence[Spotted]) -> set[str]:
        said = {s.concept for s in spotted if s.strength >= SURE and not self._denied(words, s.positions)}
        return {key for key, value in facet.values.items() if said & set(value.concepts)}

    def _told(self, facet: Facet, words: Sequence[str], phrases: Mapping[str, Sequence[range]]) -> set[str]:
        """Values for which the message holds a phrase people say of themselves."""
        return {
            key
            for key in facet.values
            if any(not self._denied(words, at) for at in phrases.get(f"{facet.id}:{key}", ()))
        }

    def _phrases_in(self, words: Sequence[str]) -> dict[str, list[range]]:
        """The phrases a message holds, by what they say, with the places of their words."""
        found: dict[str, list[range]] = {}
        for start, word in enumerate(words):
            for key, phrase in self._phrases.get(word, ()):
                if tuple(words[start : start + len(phrase)]) == phrase:
                    found.setdefault(key, []).append(range(start, start + len(phrase)))
        return found

    def _professions(
        self,
        facet: Facet,
        words: Sequence[str],
        spotted: Sequence[Spotted],
        named: set[str],
        phrases: Mapping[str, Sequence[range]],
        entry: str | None,
    ) -> set[str]:
        found: list[Spotted] = []
        for item in spotted:
            concept = self._knowledge.concepts[item.concept]
            if not self._is_profession(item, words):
                continue
            answered = concept.recognition is not None and concept.recognition.entry == entry
            if (
                answered
                or named & set(facet.together)
                or _introduced(phrases.get(PROFESSION, ()), item.positions)
            ):
                found.append(item)
        return _clearest(found, spotted)

    def _is_profession(self, item: Spotted, words: Sequence[str]) -> bool:
        return (
            item.kind == PROFESSION
            and item.strength >= SURE
            and not item.negated
            and not self._denied(words, item.positions)
        )

    def _denied(self, words: Sequence[str], positions: Sequence[int]) -> bool:
        first, last = min(positions), max(positions)
        before = words[max(0, first - NEAR) : first]
        after = words[last + 1 : last + 1 + NEAR]
        return not self._before.isdisjoint(before) or not self._after.isdisjoint(after)


def _clearest(found: Sequence[Spotted], spotted: Sequence[Spotted]) -> set[str]:
    """The concepts found; of several, those whose words mean nothing else ("лікарні": hospital, doctor)."""
    shared = [s for s in spotted if any(s.positions == f.positions and s.concept != f.concept for f in found)]
    taken = {s.positions for s in shared}
    clear = {f.concept for f in found if f.positions not in taken}
    return clear or {f.concept for f in found}


def _introduced(phrases: Iterable[range], positions: Sequence[int]) -> bool:
    """Whether "I am", "worked as" stands beside a word; "I need a" does not introduce anybody."""
    first, last = min(positions), max(positions)
    return any(at[-1] == first - 1 or at[0] == last + 1 for at in phrases)
