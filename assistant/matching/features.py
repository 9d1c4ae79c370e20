"""Features: what of a message is compared with the knowledge base.

Words (`w:`), stems (`s:`), pairs of neighbouring words (`b:`), character 4-grams inside words (`g:`),
concepts (`c:`), broader concepts (`u:`), negated concepts (`n:`) and pairs of concepts (`p:`).
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.matching.concepts import Spotted, Spotter
from assistant.matching.words import Query

GRAM = 4
MAX_PAIRED = 8
"""Concepts of one message that are paired; more would only be noise."""


def text_features(query: Query) -> dict[str, float]:
    """Return words, stems, bigrams and 4-grams of a message with their counts."""
    found: dict[str, float] = {}
    previous = ""
    for token in query.tokens:
        word = token.corrected
        _add(found, f"w:{word}")
        for gram in grams(word):
            _add(found, f"g:{gram}")
        if previous:
            _add(found, f"b:{previous}_{word}")
        previous = word
    return found


def grams(word: str) -> Iterable[str]:
    """Return the 4-grams of a word with its borders marked, each once."""
    marked = f"_{word}_"
    if len(marked) <= GRAM:
        return (marked,)
    return dict.fromkeys(marked[i : i + GRAM] for i in range(len(marked) - GRAM + 1))


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


def _add(found: dict[str, float], feature: str) -> None:
    found[feature] = found.get(feature, 0.0) + 1.0
