"""Features: what of a message is compared with the knowledge base.

Words (`w:`), stems (`s:`), pairs of neighbouring words (`b:`), character 4-grams inside words (`g:`),
concepts (`c:`), broader concepts (`u:`), negated concepts (`n:`) and pairs of concepts (`p:`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from assistant.matching.concepts import Spotted, Spotter
from assistant.matching.words import REMEMBERED, Query

GRAM = 4
MAX_PAIRED = 8
"""Concepts of one message that are paired; more would only be noise."""


def text_features(query: Query) -> dict[str, float]:
    """Return words, stems, bigrams and 4-grams of a message with their counts."""
    found: dict[str, float] = {}
    previous = ""
    for token in query.tokens:
        word = token.counted
        for feature in _word_features(token.corrected, word):
            found[feature] = found.get(feature, 0.0) + 1.0
        if previous:
            pair = f"b:{previous}_{word}"
            found[pair] = found.get(pair, 0.0) + 1.0
        previous = word
    return found


@lru_cache(maxsize=REMEMBERED)
def _word_features(word: str, counted: str) -> tuple[str, ...]:
    """A word as it is counted, and its 4-grams with the word's borders marked, each once."""
    marked = f"_{word}_"
    grams = dict.fromkeys(f"g:{marked[i : i + GRAM]}" for i in range(max(len(marked) - GRAM, 0) + 1))
    return (f"w:{counted}", *grams)


def concept_features(spotted: Iterable[Spotted], spotter: Spotter) -> dict[str, float]:
    """Return concepts, their broader concepts and pairs, weighted by how surely they were found."""
    found: dict[str, float] = {}
    strengths: dict[str, float] = {}
    for item in spotted:
        name = f"n:{item.concept}" if item.negated else f"c:{item.concept}"
        found[name] = max(found.get(name, 0.0), item.strength)
        if not item.negated:
            strengths[item.concept] = max(strengths.get(item.concept, 0.0), item.strength)
    for concept in list(strengths):
        for broader in spotter.ancestors(concept):
            found.setdefault(f"u:{broader}", 0.7)
    paired = sorted(strengths, key=lambda c: (-strengths[c], c))[:MAX_PAIRED]
    paired.sort()
    for i, one in enumerate(paired):
        for other in paired[i + 1 :]:
            found[f"p:{one}+{other}"] = min(strengths[one], strengths[other])
    return found
