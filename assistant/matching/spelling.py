"""Spelling: bring an unknown long word to the word of the knowledge base it most likely is.

Optimal string alignment distance 1, or 2 for words of more than 8 letters (matching.md, section 3:
this wins back all but half a point of what typos cost). Short words are never corrected (F8).
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.language.normalize import script_of

SHORTEST = 5
LONG = 8


class Speller:
    """Corrects words against a vocabulary."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_shape: dict[tuple[str, int], list[str]] = {}
        for word in sorted(words):
            if len(word) >= SHORTEST - 1 and not word.isdigit():
                self._by_shape.setdefault((script_of(word), len(word)), []).append(word)

    def correct(self, word: str) -> str | None:
        """Return the nearest known word, or None when none is near enough."""
        if len(word) < SHORTEST:
            return None
        reach = 2 if len(word) > LONG else 1
        script = script_of(word)
        best: tuple[int, int, str] | None = None
        for length in range(len(word) - reach, len(word) + reach + 1):
            choices = self._by_shape.get((script, length))
            if not choices:
                continue
            found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=reach)
            if found is None:
                continue
            rank = (int(found[1]), int(found[0][0] != word[0]), found[0])
            if best is None or rank < best:
                best = rank
        return best[2] if best else None
