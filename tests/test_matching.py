"""Words, concepts and decisions, on the small knowledge folder."""

from pathlib import Path

import pytest

from assistant.knowledge.loading import load_knowledge
from assistant.language.translations import Translations
from assistant.matching.crisis import CrisisWatch
from assistant.matching.matcher import Matcher, build_matcher
from assistant.matching.words import split_compound


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
