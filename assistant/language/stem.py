"""Stems: which written forms count as the same word, by language.

A word has several candidate stems per language (with and without clitics and endings), because a
wrong cut must not lose the word. Which rules a language has is data (`language.yaml`): a Snowball
algorithm, lists of prefixes and suffixes, or both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import Stemmer

from assistant.tables import Memory


@dataclass(frozen=True)
class StemRules:
    """How one language inflects.

    `snowball` names an algorithm of the Snowball project. `squeeze`: letters that are written single
    or double (Somali: shaqo, shaqoo).
    """

    snowball: str | None = None
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    shortest: int = 3
    squeeze: str = ""


@dataclass
class WordStemmer:
    """Candidate stems of words in one language; remembers what it has seen."""

    rules: StemRules

    def __post_init__(self) -> None:
        self._snowball = Stemmer.Stemmer(self.rules.snowball, 0) if self.rules.snowball else None
        letters = self.rules.squeeze
        self._doubled = re.compile(f"([{re.escape(letters)}])\\1") if letters else None
        self._prefixes = _by_length(self.rules.prefixes)
        self._suffixes = _by_length(self.rules.suffixes)
        self._memory = Memory(self._find, 200_000)

    def __getstate__(self) -> dict[str, object]:
        return {"rules": self.rules}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self.__post_init__()

    def stems(self, word: str) -> tuple[str, ...]:
        """Return the candidate stems of a folded word, the word itself left out."""
        return self._memory[word]

    def stem(self, word: str) -> str:
        """Return the one stem of a folded word: Snowball's, else the shortest candidate."""
        if self._snowball is not None:
            found: str = self._snowball.stemWord(word)
            return found
        return min((word, *self.stems(word)), key=len)

    def _find(self, word: str) -> tuple[str, ...]:
        if len(word) < self.rules.shortest or word.isdigit():
            return ()
        found: dict[str, None] = {}
        bare = [word, *self._without_prefix(word)]
        if self._doubled is not None:
            bare = [self._doubled.sub(r"\1", form) for form in bare]
        for form in bare:
            if form != word:
                found[form] = None
            if self._snowball is not None:
                found[self._snowball.stemWord(form)] = None
            for short in self._without_suffix(form):
                found[short] = None
        found.pop(word, None)
        return tuple(stem for stem in found if len(stem) >= self.rules.shortest)

    def _without_prefix(self, word: str) -> list[str]:
        return [
            word[length:]
            for length, prefixes in self._prefixes.items()
            if word[:length] in prefixes and len(word) - length >= self.rules.shortest
        ]

    def _without_suffix(self, word: str) -> list[str]:
        """The stems left by the longest suffix that fits, and once more by the next."""
        stems: list[str] = []
        for _ in range(2):
            for length, suffixes in self._suffixes.items():
                if word[-length:] in suffixes and len(word) - length >= self.rules.shortest:
                    word = word[:-length]
                    stems.append(word)
                    break
            else:
                break
        return stems


def _by_length(affixes: tuple[str, ...]) -> dict[int, frozenset[str]]:
    """Affixes by their length, longest first."""
    lengths = sorted({len(affix) for affix in affixes}, reverse=True)
    return {n: frozenset(affix for affix in affixes if len(affix) == n) for n in lengths if n}
