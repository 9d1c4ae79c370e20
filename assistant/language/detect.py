"""Which language a message is in: needed for the language of the reply, never to exclude entries.

Naive Bayes over whole words and character 1-3-grams, trained on the texts of the knowledge base
itself (labels, questions, translations), only among the languages of the message's script. Words of
other scripts typed in Latin letters are learned from their romanized form (matching.md, section 1).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anyascii import anyascii

from assistant.language.normalize import clean, script_of, tokens

MIN_WORDS = 3
WORD_WEIGHT = 2.0


@dataclass(frozen=True)
class Detected:
    """The most likely language; `margin` is the log-odds per word over the next one."""

    language: str | None
    margin: float
    words: int

    def is_clear(self) -> bool:
        """Whether the message alone decides the language of the reply."""
        return self.language is not None and (
            self.margin > 1.0 or (self.words >= MIN_WORDS and self.margin > 0.15)
        )


@dataclass(frozen=True)
class _Model:
    words: Mapping[str, float]
    grams: Mapping[str, float]
    unseen_word: float
    unseen_gram: float


class Detector:
    """Tells languages apart."""

    def __init__(self, texts: Mapping[str, Iterable[str]], romanized: Iterable[str] = ()) -> None:
        """`texts`: texts of each language; `romanized`: languages also typed in Latin letters."""
        self._models: dict[str, dict[str, _Model]] = {}
        self._memory: dict[tuple[str, str], tuple[float, ...]] = {}
        romanized = set(romanized)
        for tag, samples in texts.items():
            by_script: dict[str, list[str]] = {}
            for sample in samples:
                for word in _words(sample):
                    script = script_of(word)
                    by_script.setdefault(script, []).append(word)
                    if tag in romanized and script != "Latin":
                        by_script.setdefault("Latin", []).append(anyascii(word).lower())
            most = max((len(w) for w in by_script.values()), default=0)
            for script, words in by_script.items():
                if len(words) > 0.02 * most and script != "Other":
                    self._models.setdefault(script, {})[tag] = _model(words)

    def _word_scores(self, script: str, word: str) -> tuple[float, ...]:
        """The score of a word in each language of a script; remembered."""
        key = (script, word)
        found = self._memory.get(key)
        if found is None:
            if len(self._memory) > 50_000:
                self._memory.clear()
            grams = _grams(word)
            found = tuple(_score(model, word, grams) for model in self._models[script].values())
            self._memory[key] = found
        return found

    def detect(self, text: str, prior: str | None = None) -> Detected:
        """Return the language of a message; `prior` (the chosen language) breaks near ties."""
        words = [w for w in _words(text) if not w.isdigit()]
        scripts = Counter(script_of(w) for w in words)
        scripts.pop("Other", None)
        if not scripts:
            return Detected(None, 0.0, 0)
        # A few Latin office words do not make an Arabic message German.
        foreign = [s for s in scripts if s != "Latin"]
        script = max(foreign, key=lambda s: scripts[s]) if foreign else "Latin"
        models = self._models.get(script, {})
        if foreign and scripts[script] * 3 < scripts["Latin"] and "Latin" in self._models:
            script, models = "Latin", self._models["Latin"]
        own = [w for w in words if script_of(w) == script]
        if not models:
            return Detected(None, 0.0, len(own))
        scores = dict.fromkeys(models, 0.0)
        for word in own:
            for tag, score in zip(models, self._word_scores(script, word), strict=True):
                scores[tag] += score
        if prior in scores:
            scores[prior] += 1.0
        ordered = sorted(scores, key=lambda tag: -scores[tag])
        if len(ordered) == 1:
            return Detected(ordered[0], 10.0, len(own))
        margin = (scores[ordered[0]] - scores[ordered[1]]) / max(len(own), 1)
        return Detected(ordered[0], margin, len(own))


def _words(text: str) -> Iterable[str]:
    """Words with their marks: Vietnamese and Turkish marks tell languages apart."""
    marked = "".join(c if c.isalnum() or c in "'’ʼ" or ord(c) > 0x300 else " " for c in clean(text))
    return marked.lower().split() if not text.isascii() else tokens(text)


def _model(words: list[str]) -> _Model:
    counts = Counter(words)
    gram_counts: Counter[str] = Counter()
    for word, count in counts.items():
        for gram in _grams(word):
            gram_counts[gram] += min(count, 20)
    word_total = sum(counts.values()) + 20_000
    gram_total = sum(gram_counts.values()) + 5_000
    return _Model(
        {w: math.log((c + 0.5) / word_total) for w, c in counts.items()},
        {g: math.log((c + 0.5) / gram_total) for g, c in gram_counts.items()},
        math.log(0.5 / word_total),
        math.log(0.5 / gram_total),
    )


def _score(model: _Model, word: str, grams: list[str]) -> float:
    seen = sum(model.grams.get(g, model.unseen_gram) for g in grams) / len(grams)
    return WORD_WEIGHT * 0.3 * model.words.get(word, model.unseen_word) + 2 * seen


def _grams(word: str) -> list[str]:
    marked = f"_{word}_"
    return [marked[i : i + n] for n in (1, 2, 3) for i in range(len(marked) - n + 1)]
