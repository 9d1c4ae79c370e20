"""Words, concepts and decisions, on the small knowledge folder."""

import threading
from functools import partial
from pathlib import Path

import pytest

from assistant.knowledge.loading import load_knowledge
from assistant.language.normalize import tokens
from assistant.language.romanize import sound_key, sound_keys
from assistant.language.stem import StemRules, WordStemmer
from assistant.language.translations import Translations
from assistant.matching.crisis import CrisisWatch
from assistant.matching.matcher import Matcher, build_matcher
from assistant.matching.words import split_compound
from assistant.parallel import in_parallel


@pytest.fixture
def matcher(small: Path) -> Matcher:
    knowledge = load_knowledge(small)
    return build_matcher(knowledge, Translations("de", {}, {}, {"de": (), "tr": ("de",)}))


def concepts(matcher: Matcher, text: str) -> set[str]:
    return {s.concept for s in matcher.spotter.spot(matcher.lexicon.query(text)) if not s.negated}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anerkennung", {"recognition"}),
        ("anerkenung", {"recognition"}),
        ("meinen Abschluss bitte anerkennen", {"recognition"}),
        ("Bäckerinnen", {"j-baker"}),
        ("Wohnungsberatung", {"flat", "advice"}),
        ("FIRINCI", {"j-baker"}),
        ("ganz etwas anderes", set()),
    ],
)
def test_concepts_are_found_in_all_their_forms(matcher: Matcher, text: str, expected: set[str]) -> None:
    assert concepts(matcher, text) == expected


def test_a_negated_concept_is_marked(matcher: Matcher) -> None:
    spotted = matcher.spotter.spot(matcher.lexicon.query("nicht Wohnung sondern Beratung"))
    assert {(s.concept, s.negated) for s in spotted} == {("flat", True), ("advice", False)}


@pytest.mark.parametrize(
    ("word", "parts"),
    [("wohnungsberatung", ["wohnung", "beratung"]), ("wohnung", []), ("wohnungen", [])],
)
def test_compounds_split_into_known_words(word: str, parts: list[str]) -> None:
    assert split_compound(word, {"wohnung", "beratung"}.__contains__) == parts


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("Hilfe es brennt", True),
        ("unsere Wohnung brennt", True),
        ("Haus ist ganz oben brennt", True),
        ("brennt die Sonne", False),
        ("suche Wohnung", False),
        ("Wohnung mit Kamin", False),
    ],
)
def test_dangers_are_recognised_by_their_patterns(matcher: Matcher, text: str, alarm: bool) -> None:
    watch: CrisisWatch = matcher.crisis
    assert (watch.look(matcher.lexicon.query(text)) is not None) == alarm


def test_without_weights_the_index_alone_ranks(matcher: Matcher) -> None:
    ranking = matcher.ranker.rank(matcher.lexicon.query("Ich suche eine Wohnung"))
    assert ranking.entries[0] == "wohnung"


def test_short_words_are_never_corrected(matcher: Matcher) -> None:
    assert matcher.lexicon.token("ev").corrected == "ev"
    assert matcher.lexicon.token("evx").known is False


def test_the_same_message_gets_the_same_ranking(matcher: Matcher) -> None:
    query = matcher.lexicon.query("wer hilft beim anerkennen")
    assert matcher.ranker.rank(query) == matcher.ranker.rank(query)


def test_jobs_run_side_by_side_or_one_after_the_other_with_the_same_results() -> None:
    finished: list[int] = []
    jobs = [partial(pow, 2, n) for n in range(5)]
    assert in_parallel(*jobs, done=finished.append) == [1, 2, 4, 8, 16]
    assert finished == [1, 2, 3, 4, 5]
    thread = threading.Thread(target=(stop := threading.Event()).wait)
    thread.start()
    assert in_parallel(*jobs) == [1, 2, 4, 8, 16]
    stop.set()
    thread.join()


def test_letters_that_sound_alike_are_one_in_tigrinya_and_pashto() -> None:
    assert tokens("ፀሓይ ሠላም") == tokens("ጸሃይ ሰላም")
    assert tokens("ښوونکی ډاکټر") == tokens("شوونکي داکتر")


def test_somali_words_are_found_with_single_and_double_vowels() -> None:
    stemmer = WordStemmer(StemRules(suffixes=("da", "ka"), squeeze="aeiou"))
    assert set(stemmer.stems("shaqoo")) & set(stemmer.stems("shaqooka"))
    assert "shaqo" in stemmer.stems("shaqoo")


@pytest.mark.parametrize(
    ("typed", "original"),
    [("robota", "робота"), ("khochu", "хочу"), ("ho4u", "хочу"), ("pereklad", "переклад")],
)
def test_latin_typed_words_sound_like_their_originals(typed: str, original: str) -> None:
    assert sound_key(original) in sound_keys(typed)
