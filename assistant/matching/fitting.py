"""Fitting the weights from the example questions; needs the `fit` extra (numpy, scipy).

Softmax regression with L2 penalty over concepts, pairs of concepts and words of all languages
together; deterministic. What the index adds, the temperature and the thresholds of the decision are
chosen on questions that the fitted part has not seen (cross-validation).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse as sparse

from assistant.knowledge.model import Knowledge
from assistant.language.translations import Translations
from assistant.matching.index import Index, build_index
from assistant.matching.inputs import inputs_hash
from assistant.matching.matcher import FeatureReader, Matcher, documents, texts_by_language
from assistant.matching.ranking import Features, present_concepts
from assistant.matching.weights import FOREIGN, Weights, weights_of

FOLDS = 3
PENALTY = 0.006
ITERATIONS = 55
FOREIGN_COUNTS = 0.5
"""How much a foreign message counts: there are many more of them than questions of one entry."""
SMALLEST_WEIGHT = 0.35
RAREST = 2
"""Messages a feature must stand in to get weights."""
WANTED_PRECISION = 0.985
Array = Any
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class FittingQuestion:
    """An example question as features; `entry` is `foreign` for what Lotse does not answer."""

    text: str
    language: str
    entry: str
    features: Features


def fit_weights(
    knowledge: Knowledge,
    translations: Translations,
    matcher: Matcher,
    progress: Progress = lambda step, share: None,
) -> Weights:
    """Return weights fitted from all example questions of a knowledge base."""
    questions = fitting_questions(knowledge, FeatureReader(matcher.lexicon, matcher.spotter))
    classes = list(matcher.ranker.index.ids)
    unseen = _unseen_scores(knowledge, translations, matcher, questions, classes, progress)
    settings = choose_settings(unseen, [q.entry for q in questions], classes)
    progress("final weights", 0.9)
    linear = _Linear(questions, classes, matcher.ranker.index)
    fitted = weights_of(linear.readable())
    return replace(settings, classes=fitted.classes, table=fitted.table, inputs=inputs_hash(knowledge))


def fitting_questions(knowledge: Knowledge, reader: FeatureReader) -> list[FittingQuestion]:
    """Return the example questions and foreign messages of all languages as features."""
    found = []
    for tag, vocabulary in knowledge.vocabularies.items():
        for entry_id, questions in vocabulary.questions.items():
            if entry_id in knowledge.entries and knowledge.entries[entry_id].is_public():
                for text in questions.all():
                    found.append(FittingQuestion(text, tag, entry_id, reader.read(text)))
        for text in vocabulary.foreign:
            found.append(FittingQuestion(text, tag, FOREIGN, reader.read(text)))
    return found


@dataclass(frozen=True)
class Unseen:
    """Scores of every question from parts that had not seen it: rows questions, columns classes."""

    linear: Array
    overlap: Array
    doubt: Array


def _unseen_scores(
    knowledge: Knowledge,
    translations: Translations,
    matcher: Matcher,
    questions: Sequence[FittingQuestion],
    classes: Sequence[str],
    progress: Progress,
) -> Unseen:
    reader = FeatureReader(matcher.lexicon, matcher.spotter)
    texts = texts_by_language(knowledge, translations)
    shape = (len(questions), len(classes))
    unseen = Unseen(np.zeros(shape), np.zeros(shape), _doubts(matcher, questions))
    for fold in range(FOLDS):
        progress(f"part {fold + 1} of {FOLDS}", fold / FOLDS * 0.9)
        inside = [q for q in questions if fold_of(q.text) != fold]
        rows = [r for r, q in enumerate(questions) if fold_of(q.text) == fold]
        held = [questions[r] for r in rows]
        unseen.linear[rows] = _Linear(inside, classes, matcher.ranker.index).scores(held)
        bags = documents(matcher.ranker.entries, texts, [(q.entry, q.features) for q in inside], reader)
        unseen.overlap[rows] = overlap_scores(build_index(bags), held, classes)
    return unseen


def _doubts(matcher: Matcher, questions: Sequence[FittingQuestion]) -> Array:
    rules = matcher.ranker.rules
    return np.array([rules.doubts(present_concepts(q.features.concepts)) for q in questions])


def fold_of(text: str) -> int:
    """Return the part of cross-validation a question belongs to, always the same."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % FOLDS


def overlap_scores(index: Index, questions: Iterable[FittingQuestion], classes: Sequence[str]) -> Array:
    """Return the index scores of questions as a matrix."""
    rows = list(questions)
    found = np.zeros((len(rows), len(classes)))
    for row, question in enumerate(rows):
        found[row] = index.scores(question.features.for_index())
    return found


class _Linear:
    """Softmax regression over sparse features."""

    def __init__(self, questions: Sequence[FittingQuestion], classes: Sequence[str], index: Index) -> None:
        self._classes = classes
        self._index = index
        counts = Counter(f for q in questions for f in q.features.for_weights(index))
        self._vocabulary = {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= RAREST))}
        column = {name: i for i, name in enumerate(classes)}
        wanted = np.array([column[q.entry] for q in questions])
        counted = np.array(
            [FOREIGN_COUNTS if q.entry == FOREIGN else 1.0 for q in questions], dtype=np.float32
        )
        self._weights = _softmax_regression(self._matrix(questions), wanted, counted, len(classes))

    def scores(self, questions: Sequence[FittingQuestion]) -> Array:
        return self._matrix(questions) @ self._weights

    def readable(self) -> dict[str, dict[str, float]]:
        """Return the weights worth keeping, by feature and class."""
        found: dict[str, dict[str, float]] = {}
        for feature, row in self._vocabulary.items():
            kept = {
                self._classes[int(c)]: float(self._weights[row, c])
                for c in np.flatnonzero(np.abs(self._weights[row]) >= SMALLEST_WEIGHT)
            }
            if kept:
                found[feature] = kept
        return found

    def _matrix(self, questions: Sequence[FittingQuestion]) -> Array:
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for row, question in enumerate(questions):
            for feature, value in question.features.for_weights(self._index).items():
                column = self._vocabulary.get(feature)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(value)
        shape = (len(questions), len(self._vocabulary))
        return sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float32)


def _softmax_regression(features: Array, wanted: Array, counted: Array, classes: int) -> Array:
    count, width = features.shape
    transposed = features.T.tocsr()
    rows = np.arange(count)

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(width, classes).astype(np.float32)
        scores = features @ weights
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(axis=1, keepdims=True)
        likelihood = (counted * (scores[rows, wanted] - np.log(sums[:, 0]))).sum()
        chances = powers / sums
        chances[rows, wanted] -= 1.0
        chances *= counted[:, None]
        gradient = transposed @ chances + PENALTY * weights
        penalty = 0.5 * PENALTY * float(flat @ flat)
        return -float(likelihood) + penalty, gradient.ravel().astype(np.float64)

    best = scipy.optimize.minimize(
        loss, np.zeros(width * classes), jac=True, method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "maxcor": 5},
    )  # fmt: skip
    return best.x.reshape(width, classes)


def choose_settings(unseen: Unseen, wanted: Sequence[str], classes: Sequence[str]) -> Weights:
    """Return the overlap weight, temperature and thresholds that are best on unseen questions."""
    column = {name: i for i, name in enumerate(classes)}
    right = np.array([column[name] for name in wanted])
    rows = np.arange(len(right))
    best: tuple[float, ...] = (-np.inf,)
    for overlap in (3.0, 6.0, 10.0, 15.0, 20.0, 30.0):
        for doubted in (0.0, 0.3, 0.6, 1.0, 1.5):
            scores = unseen.linear + overlap * unseen.overlap - doubted * unseen.doubt
            for temperature in (0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 2.5):
                chances = _chances(scores, temperature)
                likelihood = float(np.log(chances[rows, right] + 1e-12).mean())
                best = max(best, (likelihood, overlap, doubted, temperature))
    _, overlap, doubted, temperature = best
    scores = unseen.linear + overlap * unseen.overlap - doubted * unseen.doubt
    chances = _chances(scores, temperature)
    answer, choose = _thresholds(chances, right, column[FOREIGN])
    return Weights(overlap=overlap, doubt=doubted, temperature=temperature, answer=answer, choose=choose)


def _thresholds(chances: Array, right: Array, foreign: int) -> tuple[float, float]:
    """Where to answer: at the wanted precision. Where to choose: above most foreign messages."""
    inside = np.delete(chances, foreign, axis=1)
    top = inside.max(axis=1)
    first = inside.argmax(axis=1)
    correct = first == right
    answer = 0.9
    for threshold in np.arange(0.3, 0.95, 0.01):
        taken = top >= threshold
        if taken.any() and correct[taken].mean() >= WANTED_PRECISION:
            answer = float(threshold)
            break
    others = right == foreign
    three = np.sort(inside, axis=1)[:, -3:].sum(axis=1)
    choose = 0.5
    if others.any():
        choose = float(np.quantile(three[others], 0.93))
    return round(answer, 2), round(min(max(choose, 0.15), 0.6), 2)


def _chances(scores: Array, temperature: float) -> Array:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
