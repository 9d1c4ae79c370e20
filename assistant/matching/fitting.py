"""Fitting the weights from the example questions; needs the `fit` extra (numpy, scipy).

Softmax regression with L2 penalty over concepts, pairs of concepts and words of all languages
together; deterministic. What the index adds, the temperature and the thresholds of the decision are
chosen on questions that the fitted part has not seen (cross-validation).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import scipy.optimize
import scipy.sparse as sparse

from assistant.knowledge.model import Knowledge
from assistant.language.translations import Translations
from assistant.matching.index import Index, build_index
from assistant.matching.inputs import inputs_hash
from assistant.matching.matcher import (
    Bags,
    FeatureReader,
    Matcher,
    documents,
    examples,
    question_bags,
    text_bags,
    texts_by_language,
)
from assistant.matching.ranking import Features, present_concepts
from assistant.matching.weights import DANGER, FOREIGN, Weights, weights_of
from assistant.parallel import in_parallel

FOLDS = 3
PENALTY = 0.006
ITERATIONS = 55
FOREIGN_COUNTS = 0.5
"""How much a foreign message counts: there are many more of them than questions of one entry."""
SMALLEST_WEIGHT = 0.35
RAREST = 2
"""Messages a feature must stand in to get weights."""
WANTED_PRECISION = 0.985
FALSE_ALARMS = 0.005
"""Share of other messages that may reach the probability of a danger from which the alarm is raised."""
HARMLESS = "harmless"
"""Messages of which only so much is known: they tell of no danger."""
Array = Any
Progress = Callable[[int], None]
"""Told how many steps are done: one for each part and one for the weights."""


@dataclass(frozen=True)
class FittingQuestion:
    """An example question as features, with the class it belongs to: an entry, `foreign`, a danger.

    `HARMLESS` stands for any class but the dangers.
    """

    text: str
    language: str
    entry: str
    features: Features


def fit_weights(
    knowledge: Knowledge,
    translations: Translations,
    matcher: Matcher,
    progress: Progress = lambda done: None,
    settings: Weights | None = None,
) -> Weights:
    """Return weights fitted from all example questions of a knowledge base.

    `settings`: weights whose overlap, temperature and thresholds are kept; choosing them anew takes
    three times as long.
    """
    reader = FeatureReader(matcher.lexicon, matcher.spotter)
    questions = fitting_questions(knowledge, reader)
    classes = list(matcher.ranker.index.ids)
    written = text_bags(texts_by_language(knowledge, translations), reader)
    count = FOLDS if settings is None else 0
    folds = [partial(_fold, knowledge, matcher, written, questions, fold) for fold in range(count)]
    *parts, features = in_parallel(*folds, partial(_final, matcher, questions), done=progress)
    if settings is None:
        settings = _settings(knowledge, _unseen(parts, matcher, questions), questions, classes)
    fitted = weights_of(features)
    return replace(settings, classes=fitted.classes, table=fitted.table, inputs=inputs_hash(knowledge))


def _settings(
    knowledge: Knowledge, unseen: Unseen, questions: Sequence[FittingQuestion], classes: Sequence[str]
) -> Weights:
    numbers_to_call = {entry for danger in knowledge.dangers.values() for entry in danger.entries}
    calm = np.array([q.entry not in numbers_to_call and not q.entry.startswith(DANGER) for q in questions])
    return choose_settings(unseen, wanted_classes(questions, classes), classes, calm)


def fitting_questions(knowledge: Knowledge, reader: FeatureReader) -> list[FittingQuestion]:
    """Return the example questions and foreign messages of all languages as features."""
    found = [
        FittingQuestion(text, tag, name, reader.read(text))
        for tag, name, text in examples(knowledge, knowledge.vocabularies)
        if name not in knowledge.entries or knowledge.entries[name].is_public()
    ]
    for tag, vocabulary in knowledge.vocabularies.items():
        for text in vocabulary.harmless:
            found.append(FittingQuestion(text, tag, HARMLESS, reader.read(text)))
    return found


@dataclass(frozen=True)
class Unseen:
    """Scores of every question from parts that had not seen it: rows questions, columns classes."""

    linear: Array
    overlap: Array
    doubt: Array


def _fold(
    knowledge: Knowledge, matcher: Matcher, written: Bags, questions: Sequence[FittingQuestion], fold: int
) -> tuple[list[int], Array, Array]:
    """Rows of one part of the questions, and their linear and index scores fitted from the other parts."""
    classes = matcher.ranker.index.ids
    inside = [q for q in questions if fold_of(q.text) != fold]
    rows = [r for r, q in enumerate(questions) if fold_of(q.text) == fold]
    held = [questions[r] for r in rows]
    linear = _Linear(inside, classes, matcher.ranker.index).scores(held)
    seen = [(q.entry, q.features) for q in inside]
    bags = documents(matcher.ranker.entries, knowledge.dangers, written, question_bags(seen))
    return rows, linear, overlap_scores(build_index(bags), held, classes)


def _final(matcher: Matcher, questions: Sequence[FittingQuestion]) -> dict[str, dict[str, float]]:
    return _Linear(questions, matcher.ranker.index.ids, matcher.ranker.index).readable()


def _unseen(
    parts: Iterable[tuple[list[int], Array, Array]], matcher: Matcher, questions: Sequence[FittingQuestion]
) -> Unseen:
    shape = (len(questions), len(matcher.ranker.index.ids))
    unseen = Unseen(np.zeros(shape), np.zeros(shape), _doubts(matcher, questions))
    for rows, linear, overlap in parts:
        unseen.linear[rows], unseen.overlap[rows] = linear, overlap
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
        wanted = wanted_classes(questions, classes)
        counted = np.array(
            [FOREIGN_COUNTS if q.entry == FOREIGN else 1.0 for q in questions], dtype=np.float32
        )
        self._weights = _softmax_regression(self._matrix(questions), wanted, counted, len(classes))

    def scores(self, questions: Sequence[FittingQuestion]) -> Array:
        """Return the linear scores of questions: rows questions, columns classes."""
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


def wanted_classes(questions: Sequence[FittingQuestion], classes: Sequence[str]) -> Array:
    """Return which classes are right for each question: rows questions, columns classes, true or false."""
    column = {name: i for i, name in enumerate(classes)}
    found = np.zeros((len(questions), len(classes)), dtype=bool)
    no_danger = np.array([not name.startswith(DANGER) for name in classes])
    for row, question in enumerate(questions):
        if question.entry == HARMLESS:
            found[row] = no_danger
        else:
            found[row, column[question.entry]] = True
    return found


def _softmax_regression(features: Array, wanted: Array, counted: Array, classes: int) -> Array:
    """Weights that make the right classes likely; where several are right, their sum counts."""
    width = features.shape[1]
    transposed = features.T.tocsr()
    several = wanted.sum(axis=1) > 1
    one = wanted.argmax(axis=1)
    rows = np.arange(len(one))

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(width, classes).astype(np.float32)
        scores = features @ weights
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        chances = powers / powers.sum(axis=1, keepdims=True)
        right = chances[rows, one].copy()
        allowed = chances[several] * wanted[several]
        right[several] = allowed.sum(axis=1)
        likelihood = (counted * np.log(right + 1e-12)).sum()
        chances[several] -= allowed / (right[several, None] + 1e-12)
        chances[rows[~several], one[~several]] -= 1.0
        chances *= counted[:, None]
        gradient = transposed @ chances + PENALTY * weights
        penalty = 0.5 * PENALTY * float(flat @ flat)
        return -float(likelihood) + penalty, gradient.ravel().astype(np.float64)

    best = scipy.optimize.minimize(
        loss, np.zeros(width * classes), jac=True, method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "maxcor": 5},
    )  # fmt: skip
    return best.x.reshape(width, classes)


def choose_settings(unseen: Unseen, wanted: Array, classes: Sequence[str], calm: Array) -> Weights:
    """Return the overlap weight, temperature and thresholds that are best on unseen questions.

    `calm`: questions that have nothing to do with dangers; who asks for an emergency number may get it.
    """
    best: tuple[float, ...] = (-np.inf,)
    for overlap in (3.0, 6.0, 10.0, 15.0, 20.0, 30.0):
        for doubted in (0.0, 0.3, 0.6, 1.0, 1.5):
            scores = unseen.linear + overlap * unseen.overlap - doubted * unseen.doubt
            for temperature in (0.7, 0.85, 1.0, 1.25, 1.5, 2.0, 2.5):
                chances = _chances(scores, temperature)
                right = np.where(wanted, chances, 0.0).sum(axis=1)
                best = max(best, (float(np.log(right + 1e-12).mean()), overlap, doubted, temperature))
    _, overlap, doubted, temperature = best
    scores = unseen.linear + overlap * unseen.overlap - doubted * unseen.doubt
    chances = _chances(scores, temperature)
    certain = ~wanted[:, 0] | ~wanted[:, classes.index(FOREIGN)]  # "no danger" says nothing of entries
    answer, choose = _thresholds(chances[certain], wanted[certain], classes.index(FOREIGN))
    return Weights(
        overlap=overlap, doubt=doubted, temperature=temperature, answer=answer, choose=choose,
        danger=_danger_threshold(chances[calm], classes),
    )  # fmt: skip


def settings_from(
    knowledge: Knowledge, matcher: Matcher, questions: Iterable[tuple[str, Collection[str]]]
) -> Weights:
    """Return the weights of a matcher with settings chosen on questions it was not fitted from.

    `questions`: (text, entries that are right; none: Lotse should not answer). Questions of other
    writers choose better than a part of the example questions, whose style the weights know.
    """
    ranker, reader = matcher.ranker, FeatureReader(matcher.lexicon, matcher.spotter)
    classes = ranker.index.ids
    column = {name: i for i, name in enumerate(classes)}
    rows = [(reader.read(text), [column[e] for e in accept if e in column]) for text, accept in questions]
    numbers_to_call = {column[e] for d in knowledge.dangers.values() for e in d.entries if e in column}
    rows = [(f, right) for f, right in rows if not numbers_to_call & set(right)]
    wanted = np.zeros((len(rows), len(classes)), dtype=bool)
    for row, (_, right) in enumerate(rows):
        wanted[row, right or [column[FOREIGN]]] = True
    unseen = Unseen(
        np.array([ranker.linear(f.for_weights(ranker.index)) for f, _ in rows]),
        np.array([ranker.index.scores(f.for_index()) for f, _ in rows]),
        np.array([ranker.rules.doubts(present_concepts(f.concepts)) for f, _ in rows]),
    )
    chosen = choose_settings(unseen, wanted, classes, np.ones(len(rows), dtype=bool))
    fitted = ranker.weights
    return replace(chosen, classes=fitted.classes, table=fitted.table, inputs=fitted.inputs)


def _danger_threshold(chances: Array, classes: Sequence[str]) -> float:
    """The lowest probability of any danger that hardly any calm message reaches."""
    dangers = np.array([name.startswith(DANGER) for name in classes])
    others = np.sort(chances[:, dangers].sum(axis=1))
    if not len(others):
        return 0.5
    allowed = int(FALSE_ALARMS * len(others))
    return round(float(np.clip(others[-1 - allowed] + 0.01, 0.1, 0.9)), 2)


def _thresholds(chances: Array, wanted: Array, foreign: int) -> tuple[float, float]:
    """Where to answer: at the wanted precision. Where to choose: above most foreign messages."""
    inside = chances[:, :foreign]  # entries come first
    top = inside.max(axis=1)
    first = inside.argmax(axis=1)
    correct = wanted[np.arange(len(first)), first]
    answer = 0.9
    for threshold in np.arange(0.3, 0.95, 0.01):
        taken = top >= threshold
        if taken.any() and correct[taken].mean() >= WANTED_PRECISION:
            answer = float(threshold)
            break
    others = wanted[:, foreign]
    three = np.sort(inside, axis=1)[:, -3:].sum(axis=1)
    choose = 0.5
    if others.any():
        choose = float(np.quantile(three[others], 0.93))
    return round(answer, 2), round(min(max(choose, 0.15), 0.6), 2)


def _chances(scores: Array, temperature: float) -> Array:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
