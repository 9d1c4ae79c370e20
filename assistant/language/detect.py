"""Which language a message is in: needed for the language of the reply, never to exclude entries.

Naive Bayes over whole words and character 1-3-grams, trained on the texts of the knowledge base
itself (labels, questions, translations), only among the languages of the message's script. Words of
other scripts typed in Latin letters are learned from their romanized form (matching.md, section 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from anyascii import anyascii

from assistant.language.normalize import clean, script_of, tokens
from assistant.tables import Memory, Names, Numbers

MIN_WORDS = 3
WORD_WEIGHT = 2.0
TYPED_COUNTS = 10
"""How often a message counts that people of another script typed in Latin letters: they are few, and
show the vowels and spellings that no romanization rule gives."""


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


class _Model:
    """How likely words and 1-3-grams are in each language of one script (columns: languages)."""

    def __init__(self, words: Mapping[str, Counter[str]]) -> None:
        self.tags = tuple(words)
        counts = list(words.values())
        pieces = [_gram_counts(found) for found in counts]
        self._words, self._word_scores = _scores(counts, 20_000)
        self._grams, self._gram_scores = _scores(pieces, 5_000)

    def score(self, word: str) -> Numbers:
        """Return the score of a word in each language."""
        rows = [self._grams.number(gram) for gram in _grams(word)]
        seen: Numbers = self._gram_scores[rows].mean(axis=0)
        whole: Numbers = self._word_scores[self._words.number(word)]
        score: Numbers = WORD_WEIGHT * 0.3 * whole + 2 * seen
        return score


class Detector:
    """Tells languages apart."""

    def __init__(self, texts: Mapping[str, Iterable[str]], romanized: Iterable[str] = ()) -> None:
        """`texts`: texts of each language; `romanized`: languages also typed in Latin letters."""
        by_script: dict[str, dict[str, Counter[str]]] = {}
        romanized = set(romanized)
        for tag, samples in texts.items():
            written: dict[str, Counter[str]] = {}
            for sample in samples:
                words = _words(sample)
                scripts = [script_of(word) for word in words]
                typed = TYPED_COUNTS if tag in romanized and set(scripts) <= {"Latin", "Other"} else 1
                for word, script in zip(words, scripts, strict=True):
                    written.setdefault(script, Counter())[word] += typed
            if tag in romanized:
                latin = written.setdefault("Latin", Counter())
                for script in written.keys() - {"Latin", "Other"}:
                    for word, count in written[script].items():
                        latin[anyascii(word).lower()] += count
            most = max((counts.total() for counts in written.values()), default=0)
            for script, counts in written.items():
                if counts.total() > 0.02 * most and script != "Other":
                    by_script.setdefault(script, {})[tag] = counts
        self._models = {script: _Model(found) for script, found in by_script.items()}
        self._memory = Memory(self._score, 20_000)

    def _score(self, key: tuple[str, str]) -> Numbers:
        """The score of a word in each language of a script, given as (script, word)."""
        script, word = key
        return self._models[script].score(word)

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
        if foreign and scripts[script] * 3 < scripts["Latin"] and "Latin" in self._models:
            script = "Latin"
        own = [w for w in words if script_of(w) == script]
        model = self._models.get(script)
        if model is None:
            return Detected(None, 0.0, len(own))
        scores = sum((self._memory[script, word] for word in own), np.zeros(len(model.tags)))
        if prior in model.tags:
            scores[model.tags.index(prior)] += 1.0
        order = np.argsort(-scores, kind="stable")
        best = model.tags[order[0]]
        if len(order) == 1:
            return Detected(best, 10.0, len(own))
        margin = float(scores[order[0]] - scores[order[1]]) / max(len(own), 1)
        return Detected(best, margin, len(own))


def _words(text: str) -> Sequence[str]:
    """Words with their marks: Vietnamese and Turkish marks tell languages apart."""
    marked = "".join(c if c.isalnum() or c in "'’ʼ" or ord(c) > 0x300 else " " for c in clean(text))
    return marked.lower().split() if not text.isascii() else tokens(text)


def _gram_counts(words: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, count in words.items():
        for gram in _grams(word):
            found[gram] += min(count, 20)
    return found


def _scores(counts: Sequence[Counter[str]], smoothing: int) -> tuple[Names, Numbers]:
    """The logarithm of how frequent each name is in each language; the last row is for unknown names."""
    names = Names(set().union(*counts))
    found = np.full((len(names) + 1, len(counts)), 0.5)
    for column, own in enumerate(counts):
        found[names.all_numbers(own), column] += list(own.values())
    totals = np.array([sum(own.values()) + smoothing for own in counts])
    return names, np.log(found / totals).astype(np.float32)


def _grams(word: str) -> list[str]:
    marked = f"_{word}_"
    return [marked[i : i + n] for n in (1, 2, 3) for i in range(len(marked) - n + 1)]
