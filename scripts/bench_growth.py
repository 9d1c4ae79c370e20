"""What a question costs when the knowledge base grows: `make bench-growth`.

Entries are made from the real ones: each copy gets the titles, texts and example questions of an entry with
one word in three exchanged for a word that stands in another entry (seeded), so that words stay as frequent
and entries as long as real ones. Each size is built and asked in a process of its own, with all questions of
tests/questions. From `ONE_LANGUAGE` entries on, a copy brings the texts of one language only, from `SHORT` on
only four texts (title, summary and two more): the building would need too much memory else.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import in_own_process, memory, percentile, timed
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.app import load_content
from assistant.coordination.evaluating import load_questions, question_files
from assistant.knowledge.model import Entry, Knowledge
from assistant.matching.concepts import Spotter
from assistant.matching.features import text_features
from assistant.matching.index import Index, build_index, merge
from assistant.matching.matcher import CORE, FIELDS, QUESTION, FeatureReader, texts_by_language
from assistant.matching.ranking import Ranker, SiblingRules, columns_of, recognition_paths
from assistant.matching.weights import FILE, Weights, load_weights
from assistant.matching.words import Lexicon
from assistant.settings import load_settings

ROOT = Path(__file__).parent.parent
SIZES = (225, 1_000, 10_000, 100_000)
ONE_LANGUAGE, SHORT = 2_000, 20_000
FIRST = 4
"""Texts of a short copy."""
EXCHANGED = 1 / 3
SEED = 20261121
console = Console(width=max(Console().width, 110))

Text = tuple[str, float]
"""A text with its field weight."""


@dataclass(frozen=True)
class Source:
    """The real knowledge base, its texts by entry and language, and all words to exchange by language."""

    knowledge: Knowledge
    entries: tuple[Entry, ...]
    texts: Mapping[str, Mapping[str, list[Text]]]
    words: Mapping[str, list[str]]
    flat: Mapping[str, list[str]]


def read_source() -> tuple[Source, Weights]:
    """Return the real knowledge base ready for copying, and its weights."""
    settings = load_settings()
    knowledge, translations = load_content(settings)
    rows = texts_by_language(knowledge, translations)
    texts: dict[str, dict[str, list[Text]]] = {entry.id: {} for entry in knowledge.public_entries()}
    for tag, found in rows.items():
        for entry, field, text in found:
            texts[entry].setdefault(tag, []).append((text, FIELDS[field]))
    for tag, vocabulary in knowledge.vocabularies.items():
        for entry, questions in vocabulary.questions.items():
            if entry in texts:
                texts[entry].setdefault(tag, []).extend((text, QUESTION) for text in questions.all())
    words: dict[str, list[str]] = {tag: [] for tag in rows}
    for by_tag in texts.values():
        for tag, parts in by_tag.items():
            words[tag] += [word for text, _ in parts for word in text.split()]
    entries = tuple(e for e in knowledge.public_entries() if e.id in texts)
    flat = {tag: [text for _, _, text in found] for tag, found in rows.items()}
    return Source(knowledge, entries, texts, words, flat), load_weights(settings.knowledge / FILE)


def copies(source: Source, size: int) -> Iterator[tuple[str, Entry, Mapping[str, list[Text]]]]:
    """Return (origin, entry, texts) of `size` entries: the real ones first, then perturbed copies."""
    dice = random.Random(SEED)
    languages = sorted(source.words)
    for number in range(size):
        entry = source.entries[number % len(source.entries)]
        texts = source.texts[entry.id]
        if number < len(source.entries):
            yield entry.id, entry, texts
            continue
        kept = languages if size < ONE_LANGUAGE else [languages[number % len(languages)]]
        most = FIRST if size >= SHORT else None
        changed = {
            tag: _perturbed(texts[tag][:most], source.words[tag], dice) for tag in kept if tag in texts
        }
        yield entry.id, entry.model_copy(update={"id": f"{entry.id}-{number}"}), changed


def _perturbed(texts: Sequence[Text], words: Sequence[str], dice: random.Random) -> list[Text]:
    return [
        (" ".join(dice.choice(words) if dice.random() < EXCHANGED else word for word in text.split()), weight)
        for text, weight in texts
    ]


def _concepts(entry: Entry, texts: Mapping[str, list[Text]], reader: FeatureReader) -> dict[str, float]:
    """The concepts of an entry and of its example questions, as the index counts them; copies share them."""
    asked = (text for found in texts.values() for text, weight in found if weight == QUESTION)
    bags = [({f"c:{concept}": 1.0 for concept in entry.about.core}, CORE)]
    for text in asked:
        named = reader.read(text).concepts
        bags.append(({name: value for name, value in named.items() if name[0] == "c"}, QUESTION))
    return merge(bags)


def build_ranker(source: Source, weights: Weights, size: int) -> tuple[Lexicon, Ranker]:
    """Build lexicon and ranker of a grown knowledge base, as `build_matcher` does for the real one."""
    lexicon = Lexicon(source.knowledge, source.flat)
    spotter = Spotter(source.knowledge, lexicon)
    reader = FeatureReader(lexicon, spotter)
    concepts = {e.id: _concepts(e, source.texts[e.id], reader) for e in source.entries}
    grown: dict[str, Entry] = {}
    bags: dict[str, dict[str, float]] = {}
    for origin, entry, texts in copies(source, size):
        grown[entry.id] = entry
        parts = [
            (text_features(lexicon.query(text)), weight) for found in texts.values() for text, weight in found
        ]
        bags[entry.id] = merge([*parts, (concepts[origin], 1.0)])
    index: Index = build_index(bags)
    del bags
    ranker = Ranker(
        grown,
        spotter,
        index,
        weights,
        columns_of(weights, index.ids),
        SiblingRules(grown, index.ids),
        recognition_paths(source.knowledge, grown),
    )
    return lexicon, ranker


def measure(size: int) -> dict[str, Any]:
    """Return the figures of one size."""
    source, weights = read_source()
    files = question_files(ROOT / "tests" / "questions")
    questions = [q.text for file in files for q in load_questions(file)]
    started = time.perf_counter()
    lexicon, ranker = build_ranker(source, weights, size)
    build = time.perf_counter() - started
    timed(lambda text: ranker.rank(lexicon.query(text)), questions[::10])  # what is imported and mapped late
    _, spent = timed(lambda text: ranker.rank(lexicon.query(text)), questions)
    return {
        "entries": size,
        "p50": percentile(spent, 0.5),
        "p99": percentile(spent, 0.99),
        "build": build,
        "cells": len(ranker.index.matrix.cells),
    } | memory()


def show(results: Sequence[Mapping[str, float]]) -> None:
    """Print one row per size."""
    table = Table()
    for name in ("entries", "ms p50", "ms p99", "build s", "MB", "MB at most", "cells of the index"):
        table.add_column(name, justify="right")
    for found in results:
        table.add_row(
            f"{found['entries']:,}", f"{found['p50']:.2f}", f"{found['p99']:.2f}", f"{found['build']:,.0f}",
            f"{found['memory']:,.0f}", f"{found['memory_peak']:,.0f}", f"{found['cells']:,}",
        )  # fmt: skip
    console.print(table)


def plot(results: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw milliseconds per question over the number of entries, both on logarithmic axes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "lotse"  # the same figures give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.6))
    sizes = [found["entries"] for found in results]
    for key, label in (("p50", "p50"), ("p99", "p99")):
        axes.loglog(sizes, [found[key] for found in results], marker="o", label=label)
    axes.set_xlabel("entries")
    axes.set_ylabel("milliseconds per question")
    axes.set_ylim(bottom=0.1)
    axes.grid(True, which="major", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure all sizes, or one for the process that asks for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--plot", type=Path, help="SVG file to draw")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.size:
        print(json.dumps(measure(given.size)))
        return
    results = [
        in_own_process(__file__, "--size", str(size))
        for size in track(given.sizes, "measuring", console=console)
    ]
    show(results)
    if given.json:
        given.json.write_text(json.dumps(results, indent=2))
    if given.plot:
        plot(results, given.plot)


if __name__ == "__main__":
    main()
