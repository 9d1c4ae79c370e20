"""Spelling: bring an unknown long word to the word of the knowledge base it most likely is.

Optimal string alignment distance 1, or 2 for words of more than 8 letters (matching.md, section 3:
this wins back all but half a point of what typos cost). Short words are never corrected (F8).
Only words that begin or end alike are compared: an error leaves one end of a word whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
LONG = 8
SHORT_END, LONG_END = 2, 3
"""Letters at a word's beginning or end that must be the same, in words of up to `WIDE` letters and longer."""
WIDE = 6


class Speller:
    """Corrects words against a vocabulary."""

    def __init__(self, words: Iterable[str]) -> None:
        ends: dict[str, list[str]] = {}
        for word in sorted(words):
            if len(word) < SHORTEST - 1 or word.isdigit():
                continue
            if len(word) <= WIDE + 1:
                ends.setdefault(f"{word[:SHORT_END]}-", []).append(word)
                ends.setdefault(f"-{word[-SHORT_END:]}", []).append(word)
            if len(word) >= WIDE - 1:
                ends.setdefault(f"{word[:LONG_END]}-", []).append(word)
                ends.setdefault(f"-{word[-LONG_END:]}", []).append(word)
        # One string per group is a tenth of the memory of a list of strings.
        self._groups = {end: " ".join(group) for end, group in ends.items()}

    def correct(self, word: str) -> str | None:
        """Return the nearest known word, or None when none is near enough."""
        if len(word) < SHORTEST:
            return None
        reach = 2 if len(word) > LONG else 1
        end = SHORT_END if len(word) <= WIDE else LONG_END
        best: tuple[int, int, str] | None = None
        for key in (f"{word[:end]}-", f"-{word[-end:]}"):
            group = self._groups.get(key)
            if group is None:
                continue
            found = process.extractOne(word, group.split(" "), scorer=OSA.distance, score_cutoff=reach)
            if found is not None:
                rank = (int(found[1]), int(found[0][0] != word[0]), found[0])
                best = min(best or rank, rank)
                if best[0] <= 1 and key.endswith("-"):
                    break
        return best[2] if best else None
