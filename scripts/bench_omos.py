"""Finding the right page of a city: Lotse's index on OMoS-QA, `make bench-omos OMOS=path`.

OMoS-QA (Kleinle, Prange, Friedrich 2024; CC BY 4.0) holds questions about pages of the Integreat app of three
regions in five languages. Get it with `git clone https://github.com/digitalfabrik/integreat-qa-dataset` and
name that folder. Only questions whose answer stands in their page count; each is asked among the pages of its
region in its language. The pages become an Integreat export, the export a knowledge base
(`lotse import integreat`), and its index ranks them: no weights, labels or example questions.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from measuring import percentile, timed
from rich.console import Console
from rich.progress import track
from rich.table import Table

LANGUAGES = {"de": "german", "en": "english", "ar": "arabic", "fr": "french", "uk": None}
"""Languages with their Snowball stemmer; there is none for Ukrainian."""
AIM = {"de": 89.8, "en": 86.9, "ar": 81.3, "fr": 83.8, "uk": 83.5}
"""Share among three to get ahead of, in percent."""
SPLITS = ("train", "dev", "test")
console = Console(width=max(Console().width, 130))

Ranker = Callable[[str], list[str]]
"""Returns all page ids, best first."""


@dataclass(frozen=True)
class Page:
    """A page: its title is the first line of its text."""

    id: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((self.title, *self.lines))


@dataclass(frozen=True)
class City:
    """The pages of one region in one language, and (question, page id) pairs."""

    name: str
    language: str
    pages: tuple[Page, ...]
    questions: tuple[tuple[str, str], ...]


def load_cities(folder: Path, language: str, asked: Sequence[str] = SPLITS) -> list[City]:
    """Return the regions of the data set in one language: all pages, the questions of some splits."""
    pages: dict[str, dict[str, Page]] = {}
    questions: dict[str, list[tuple[str, str]]] = {}
    for split in SPLITS:
        path = folder / "dataset" / "languages" / language / "splits" / f"{split}_{language}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            page, city = str(row["pageId"]), row["city"]
            title, *lines = row["context"].split("\n")
            pages.setdefault(city, {}).setdefault(page, Page(page, title.strip(), tuple(lines)))
            if row["answers"] and split in asked:
                questions.setdefault(city, []).append((row["question"], page))
    return [
        City(city, language, tuple(found.values()), tuple(questions[city])) for city, found in pages.items()
    ]


# --- methods ------------------------------------------------------------------------------------------------


def build_lotse(city: City) -> Ranker:
    """Import the pages and rank by the index alone."""
    from assistant.app import load_content
    from assistant.coordination.integreat import import_integreat
    from assistant.matching.matcher import build_matcher
    from assistant.settings import load_settings

    settings = load_settings()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages.json").write_text(json.dumps(as_export(city)))
        files = [(city.language, folder / "pages.json")]
        import_integreat(files, folder / "base", settings.knowledge, settings.locales)
        content = load_content(
            replace(settings, knowledge=folder / "base", locales=folder / "base" / "locales")
        )
    matcher = build_matcher(*content)
    ranker, pages = matcher.ranker, {f"page-{page.id}": page.id for page in city.pages}

    def rank(text: str) -> list[str]:
        query = matcher.lexicon.query(text)
        features = ranker.features(query, matcher.spotter.spot(query))
        order = (-ranker.index.scores(features.for_index())).argsort(kind="stable")
        ids = (ranker.index.ids[n] for n in order)
        return [pages[entry] for entry in ids if entry in pages]

    return rank


def as_export(city: City) -> list[dict[str, Any]]:
    """Return the pages as the Integreat CMS would export them."""
    return [
        {
            "id": int(page.id), "title": escape(page.title), "path": f"/{city.name}/page-{page.id}/",
            "content": "".join(f"<p>{escape(line)}</p>" for line in page.lines),
            "last_updated": "2024-01-01T00:00:00+01:00", "parent": {"id": 0}, "available_languages": {},
        }
        for page in city.pages
    ]  # fmt: skip


def build_bm25(city: City) -> Ranker:
    """BM25 over stemmed words."""
    import bm25s
    import Stemmer

    name = LANGUAGES[city.language]
    stem = Stemmer.Stemmer(name).stemWords if name else list

    def words(text: str) -> list[str]:
        found: list[str] = stem(re.findall(r"\w+", text.lower()))
        return found

    index = bm25s.BM25()
    index.index([words(page.text) for page in city.pages], show_progress=False)
    return lambda text: _ranked(city, index.get_scores(words(text)))


def build_tfidf(city: City) -> Ranker:
    """TF-IDF of character 3-5-grams inside words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    table = vectorizer.fit_transform(page.text for page in city.pages)
    return lambda text: _ranked(city, (table @ vectorizer.transform([text]).T).toarray().ravel())


def _ranked(city: City, scores: Any) -> list[str]:
    return [city.pages[n].id for n in (-scores).argsort(kind="stable")]


METHODS: dict[str, Callable[[City], Ranker]] = {
    "Lotse's index": build_lotse,
    "BM25 (bm25s), stems": build_bm25,
    "TF-IDF char_wb 3-5": build_tfidf,
}


# --- figures ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """How well pages were found: shares in percent, mean reciprocal rank, milliseconds."""

    questions: int
    first: float
    among_three: float
    mrr: float
    p50: float
    p99: float


def measure(method: Callable[[City], Ranker], cities: Sequence[City]) -> Figures:
    """Return the figures of one method over the regions of one language."""
    places: list[int] = []
    spent: list[float] = []
    for city in cities:
        ranked, times = timed(method(city), [text for text, _ in city.questions])
        spent += times
        places += [order.index(page) + 1 for order, (_, page) in zip(ranked, city.questions, strict=True)]
    count = len(places)
    return Figures(
        count,
        100 * sum(place == 1 for place in places) / count,
        100 * sum(place <= 3 for place in places) / count,
        sum(1 / place for place in places) / count,
        percentile(spent, 0.5),
        percentile(spent, 0.99),
    )


def show(results: Mapping[str, Mapping[str, Figures]]) -> None:
    """Print first / among three / MRR by method and language."""
    table = Table(caption="first / among three (percent) / mean reciprocal rank")
    table.add_column("method")
    for language in LANGUAGES:
        table.add_column(f"{language} (aim {AIM[language]})")
    table.add_column("ms p50", justify="right")
    for method, found in results.items():
        cells = [f"{f.first:.1f} / {f.among_three:.1f} / {f.mrr:.3f}" for f in found.values()]
        table.add_row(method, *cells, f"{max(f.p50 for f in found.values()):.2f}")
    console.print(table)


def main() -> None:
    """Measure all methods in all languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="checkout of integreat-qa-dataset")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--splits", nargs="+", default=SPLITS, choices=SPLITS, help="which questions")
    parser.add_argument("--only", default="", help="methods whose name contains this")
    given = parser.parse_args()
    methods = {name: build for name, build in METHODS.items() if given.only.lower() in name.lower()}
    results: dict[str, dict[str, Figures]] = {name: {} for name in methods}
    for language in track(LANGUAGES, "asking", console=console):
        cities = load_cities(given.folder, language, given.splits)
        for name, build in methods.items():
            results[name][language] = measure(build, cities)
    show(results)
    if given.json:
        data = {name: {tag: f.__dict__ for tag, f in found.items()} for name, found in results.items()}
        given.json.write_text(json.dumps(data, indent=2))


if __name__ == "__main__":
    main()
