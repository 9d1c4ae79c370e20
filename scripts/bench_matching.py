"""Lotse beside what one would pick instead, same knowledge base, same questions: `make bench-matching`.

Every method gets the same entries in all languages and the same questions (tests/questions), and runs in a
process of its own. Every method also knows the example messages Lotse does not answer, as one more
document ("foreign"); when that comes first, it does not answer. Lotse decides by itself when to answer. The
others get the one threshold on their score that serves them best (`best_threshold`, the same rule for
all), chosen on one half of the questions and measured on the other, both ways round.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import signal
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from measuring import in_own_process, memory, percentile, timed
from rich.console import Console
from rich.progress import track
from rich.table import Table

FOREIGN = "foreign"
SLOWEST = 5.0
"""Seconds a method may take for one question; then it has found nothing."""
SHOWN = 5
ROOT = Path(__file__).parent.parent
console = Console(width=max(Console().width, 150))

Ranked = list[tuple[str, float]]
"""Entries with their scores, best first."""
Ranker = Callable[[str], Ranked]
"""Ranks the entries for a question."""


@dataclass(frozen=True)
class Document:
    """All words of one entry in all languages."""

    entry: str
    titles: tuple[str, ...]
    questions: tuple[str, ...]
    texts: tuple[str, ...]

    def all(self) -> str:
        """Return everything as one text, title and questions included."""
        return "\n".join((*self.titles, *self.questions, *self.texts))

    def short(self) -> tuple[str, ...]:
        """Return what a message can be compared with as a whole."""
        return self.titles + self.questions


@dataclass(frozen=True)
class Corpus:
    """Everything a method may know; labels and example sentences by language are for templates."""

    documents: tuple[Document, ...]
    labels: Mapping[str, Mapping[str, list[str]]]
    sentences: Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Asked:
    """A test question and what a method said: entries with scores, and whether it would answer."""

    id: str
    accept: tuple[str, ...]
    ranked: tuple[tuple[str, float], ...]
    answers: bool | None = None

    @property
    def entries(self) -> list[str]:
        return [entry for entry, _ in self.ranked if entry != FOREIGN]

    @property
    def first(self) -> bool:
        return self.entries[:1] != [] and self.entries[0] in self.accept

    @property
    def among_three(self) -> bool:
        return any(entry in self.accept for entry in self.entries[:3])

    @property
    def score(self) -> float:
        """The score it would answer with; none when the foreign messages are nearer."""
        return self.ranked[0][1] if self.ranked and self.ranked[0][0] != FOREIGN else -math.inf

    def answered(self, threshold: float) -> bool:
        """Whether it answers directly: by its own decision, else by the threshold."""
        return self.answers if self.answers is not None else self.score >= threshold


# --- methods ------------------------------------------------------------------------------------------


def rapidfuzz_over(scorer: str) -> Callable[[Corpus], Ranker]:
    """Return the builder of: the entry with the most similar title or example question."""

    def build(corpus: Corpus) -> Ranker:
        from rapidfuzz import fuzz, process, utils

        pairs = [(utils.default_process(text), d.entry) for d in corpus.documents for text in d.short()]
        choices, owners = [text for text, _ in pairs], [entry for _, entry in pairs]

        def rank(text: str) -> Ranked:
            best: dict[str, float] = {}
            asked = [utils.default_process(text)]
            scores = process.cdist(asked, choices, scorer=getattr(fuzz, scorer))[0]
            for number in scores.argsort(kind="stable")[::-1]:
                best.setdefault(owners[number], float(scores[number]))
                if len(best) > SHOWN:
                    break
            return list(best.items())

        return rank

    return build


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"\w+", text.lower())


def build_bm25s(corpus: Corpus) -> Ranker:
    """BM25 over all text: one document per entry, words in small letters."""
    import bm25s

    index = bm25s.BM25()
    index.index([words(d.all()) for d in corpus.documents], show_progress=False)

    def rank(text: str) -> Ranked:
        scores = index.get_scores(words(text))
        return _best(corpus, scores)

    return rank


def build_tfidf(corpus: Corpus) -> Ranker:
    """TF-IDF of character 3-5-grams inside words, cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    table = vectorizer.fit_transform(d.all() for d in corpus.documents).tocsc()

    def rank(text: str) -> Ranked:
        return _best(corpus, (table @ vectorizer.transform([text]).T).toarray().ravel())

    return rank


def _best(corpus: Corpus, scores: Any) -> Ranked:
    order = (-scores).argsort(kind="stable")[: SHOWN + 1]
    return [(corpus.documents[n].entry, float(scores[n])) for n in order if scores[n] > 0]


def fts5(tokenizer: str, terms: Callable[[str], list[str]]) -> Callable[[Corpus], Ranker]:
    """Return the builder of an SQLite full text index; titles count five times, questions three times."""

    def build(corpus: Corpus) -> Ranker:
        base = sqlite3.connect(":memory:")
        base.execute(
            "CREATE VIRTUAL TABLE t USING fts5"
            f"(entry UNINDEXED, title, question, text, tokenize='{tokenizer}')"
        )
        rows = (
            (d.entry, "\n".join(d.titles), "\n".join(d.questions), "\n".join(d.texts))
            for d in corpus.documents
        )
        base.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        query = "SELECT entry, bm25(t, 0, 5, 3, 1) FROM t WHERE t MATCH ? ORDER BY 2 LIMIT ?"

        def rank(text: str) -> Ranked:
            wanted = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms(text)))
            found = base.execute(query, (wanted, SHOWN + 1)) if wanted else ()
            return [(entry, -score) for entry, score in found]

        return rank

    return build


def trigrams(text: str) -> list[str]:
    """Return the character trigrams inside the words of a text."""
    return [word[i : i + 3] for word in words(text) for i in range(len(word) - 2)]


def build_hassil(corpus: Corpus) -> Ranker:
    """One intent per entry: its titles and questions as sentence templates, known words as lists.

    In a template each label of a concept stands for all labels of that concept. Punctuation of a message is
    dropped by hassil itself. The language is not known, so the sentences of all languages are tried.
    """
    from hassil import Intents, recognize_best

    books = []
    for language, sentences in corpus.sentences.items():
        lists = {_slot(concept): found for concept, found in corpus.labels.get(language, {}).items()}
        templates = _Templates(lists)
        intents = {e: {"data": [{"sentences": [*map(templates.of, s)]}]} for e, s in sentences.items()}
        values = {name: {"values": [{"in": v, "out": v} for v in found]} for name, found in lists.items()}
        book = Intents.from_dict({"language": language, "intents": intents, "lists": values})
        recognize_best("-", book)  # else the first question pays for reading the templates
        books.append(book)

    def rank(text: str) -> Ranked:
        found = (recognize_best(text, book) for book in books)
        return [(result.intent.name, 1.0) for result in found if result is not None][: SHOWN + 1]

    return rank


def _slot(concept: str) -> str:
    return concept.replace("-", "_")


class _Templates:
    """Turns sentences into templates of hassil."""

    def __init__(self, lists: Mapping[str, list[str]]) -> None:
        self._slot_of = {value: name for name, values in [*lists.items()][::-1] for value in values}
        longest = sorted(self._slot_of, key=len, reverse=True)
        self._label = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)")

    def of(self, sentence: str) -> str:
        """Return a sentence with its known words replaced by the lists they are in."""
        plain = plain_words(sentence)
        return self._label.sub(lambda m: "{" + self._slot_of[m[0]] + "}", plain) if self._slot_of else plain


def plain_words(text: str) -> str:
    """Return a text without what means something in a template."""
    return " ".join(re.findall(r"[\w'’-]+", text.lower())) or "-"


METHODS: dict[str, Callable[[Corpus], Ranker]] = {
    "rapidfuzz WRatio": rapidfuzz_over("WRatio"),
    "rapidfuzz token_set_ratio": rapidfuzz_over("token_set_ratio"),
    "BM25 (bm25s)": build_bm25s,
    "TF-IDF char_wb 3-5 (scikit-learn)": build_tfidf,
    "SQLite FTS5 unicode61": fts5("unicode61 remove_diacritics 2", words),
    "SQLite FTS5 trigram": fts5("trigram", trigrams),
    "hassil": build_hassil,
}
LOTSE = "Lotse"


# --- one method, in a process of its own ------------------------------------------------------------------


def measure(method: str, folder: Path) -> dict[str, Any]:
    """Return everything one method said, how long it took and the memory it holds."""
    questions = json.loads((folder / "questions.json").read_text())
    started = time.perf_counter()
    if method == LOTSE:
        ask = _lotse(folder)
    else:
        data = json.loads((folder / "corpus.json").read_text())
        documents = tuple(Document(**{k: _frozen(v) for k, v in item.items()}) for item in data["documents"])
        corpus = Corpus(documents, data["labels"], data["sentences"])
        started = time.perf_counter()
        rank = METHODS[method](corpus)
        ask = lambda text: (_limited(rank, text), None)  # noqa: E731
    build = time.perf_counter() - started
    said, spent = timed(ask, [q["text"] for q in questions])
    asked = [
        Asked(q["id"], tuple(q["accept"]), tuple(ranked), answers)
        for q, (ranked, answers) in zip(questions, said, strict=True)
    ]
    slow = sum(ms > SLOWEST * 990 for ms in spent)
    return figures(asked) | {"build": build, "stopped": slow} | _times(spent) | memory()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _times(spent: Sequence[float]) -> dict[str, float]:
    return {"p50": percentile(spent, 0.5), "p99": percentile(spent, 0.99)}


def _lotse(folder: Path) -> Callable[[str], tuple[Ranked, bool | None]]:
    """The whole way of a message, composing the reply included; the cache is empty before."""
    from assistant.app import build_assistant
    from assistant.coordination.evaluating import ranked_entries
    from assistant.dialogue.state import Message
    from assistant.settings import load_settings

    assistant = build_assistant(replace(load_settings(), cache=folder / "cache"))

    def ask(text: str) -> tuple[Ranked, bool | None]:
        turn = assistant.respond(Message(text))
        ranked = [(entry, turn.decision.score) for entry in ranked_entries(turn)]
        return ranked, turn.reply.decision in ("answer", "crisis")

    return ask


class _TooSlowError(Exception):
    pass


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise _TooSlowError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limited(rank: Ranker, text: str) -> Ranked:
    try:
        with _alarm(SLOWEST):
            return rank(text)
    except _TooSlowError:
        return []


# --- figures ----------------------------------------------------------------------------------------------


def figures(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the shares of one method in percent; thresholds cross over the two halves."""
    halves: tuple[list[Asked], list[Asked]] = ([], [])
    for item in asked:
        halves[zlib.crc32(item.id.encode()) % 2].append(item)
    told: list[tuple[Asked, bool]] = []
    for learned, measured in (halves, halves[::-1]):
        threshold = best_threshold(learned)
        told += [(item, item.answered(threshold)) for item in measured]
    inside = [(item, answered) for item, answered in told if item.accept]
    outside = [answered for item, answered in told if not item.accept]
    return {
        "first": _percent([item.first for item, _ in inside]),
        "among_three": _percent([item.among_three for item, _ in inside]),
        "answered_right": _percent([a and item.first for item, a in inside]),
        "answered_wrong": _percent([a and not item.first for item, a in inside]),
        "foreign_answered": _percent(outside),
        "in_scope": len(inside),
        "foreign": len(outside),
    }


def _percent(marks: Sequence[bool]) -> float:
    return 100 * sum(marks) / (len(marks) or 1)


def best_threshold(asked: Sequence[Asked]) -> float:
    """Return the score from which answering directly pays most.

    A right answer counts +1, a wrong one and an answer to a foreign message -1, silence 0: the rule is
    the same for all methods.
    """
    ordered = sorted(asked, key=lambda item: -item.score)
    best, total, threshold = 0, 0, math.inf
    for number, item in enumerate(ordered):
        if item.score == -math.inf:
            break
        total += 1 if item.first else -1
        last = number + 1 == len(ordered) or ordered[number + 1].score < item.score
        if last and total > best:
            best, threshold = total, item.score
    return threshold


# --- what all methods get -----------------------------------------------------------------------------------


def write_inputs(folder: Path) -> None:
    """Write the texts of the knowledge base and the test questions as plain JSON into a folder."""
    from assistant.app import load_content
    from assistant.coordination.evaluating import load_questions, question_files
    from assistant.matching.matcher import texts_by_language
    from assistant.settings import load_settings

    knowledge, translations = load_content(load_settings())
    titles: dict[str, list[str]] = {entry.id: [] for entry in knowledge.public_entries()}
    titles[FOREIGN] = []
    texts: dict[str, list[str]] = {entry: [] for entry in titles}
    asked: dict[str, list[str]] = {entry: [] for entry in titles}
    sentences: dict[str, dict[str, list[str]]] = {}
    for tag, rows in texts_by_language(knowledge, translations).items():
        for entry, field, text in rows:
            (titles if field == "title" else texts)[entry].append(text)
            if field == "title":
                sentences.setdefault(tag, {}).setdefault(entry, []).append(text)
    for tag, vocabulary in knowledge.vocabularies.items():
        examples = {e: q.all() for e, q in vocabulary.questions.items()} | {FOREIGN: vocabulary.foreign}
        for entry, found in examples.items():
            if entry in asked:
                asked[entry] += found
                sentences.setdefault(tag, {}).setdefault(entry, []).extend(found)
    documents = [
        asdict(Document(entry, tuple(titles[entry]), tuple(asked[entry]), tuple(texts[entry])))
        for entry in titles
    ]
    labels = {
        tag: {c: list(dict.fromkeys(map(plain_words, item.all()))) for c, item in v.labels.items()}
        for tag, v in knowledge.vocabularies.items()
    }
    corpus = {"documents": documents, "labels": labels, "sentences": sentences}
    (folder / "corpus.json").write_text(json.dumps(corpus, ensure_ascii=False))
    questions = [q for f in question_files(ROOT / "tests" / "questions") for q in load_questions(f)]
    (folder / "questions.json").write_text(json.dumps([asdict(q) for q in questions], ensure_ascii=False))


COLUMNS = {
    "first": ("first right", ".1f"),
    "among_three": ("among 3", ".1f"),
    "answered_right": ("answered right", ".1f"),
    "answered_wrong": ("answered wrong", ".1f"),
    "foreign_answered": ("foreign answered", ".1f"),
    "p50": ("ms p50", ",.2f"),
    "p99": ("ms p99", ",.2f"),
    "build": ("build s", ",.1f"),
    "memory": ("MB", ",.0f"),
    "memory_peak": ("MB at most", ",.0f"),
}


def show(results: Mapping[str, Mapping[str, float]]) -> None:
    """Print one row per method."""
    some = next(iter(results.values()))
    table = Table(
        caption=f"percent of {some['in_scope']} questions in scope and {some['foreign']} foreign ones"
    )
    table.add_column("method")
    for name, _ in COLUMNS.values():
        table.add_column(name, justify="right")
    for method, found in results.items():
        table.add_row(method, *(format(found[key], form) for key, (_, form) in COLUMNS.items()))
    console.print(table)


def main() -> None:
    """Measure every method, or one for the process that asks for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--only", default="", help="methods whose name contains this")
    parser.add_argument("--method", help=argparse.SUPPRESS)
    parser.add_argument("--inputs", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.method:
        print(json.dumps(measure(given.method, given.inputs)))
        return
    names = [name for name in (LOTSE, *METHODS) if given.only.lower() in name.lower()]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(Path(folder))
        for name in track(names, "measuring", console=console):
            results[name] = in_own_process(__file__, "--method", name, "--inputs", folder)
    show(results)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
