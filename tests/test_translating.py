"""Catalogs keep in step with their sources, and a translator's work comes back whole."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polib
import pytest

from assistant.coordination import content_checks, translating
from assistant.coordination.content_checks import check_translations, lost_terms, numbers
from assistant.coordination.translating import Wanted
from assistant.errors import CatalogError
from assistant.knowledge.loading import load_knowledge
from assistant.language.translations import catalog_path, load_catalog, load_translations, plural_index
from assistant.settings import PACKAGE
from tests.conftest import ROOT

LOCALES = ROOT / "locales"
LANGUAGES = sorted(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/messages.po"))
KNOWN_LOSSES = 1  # easy German says "die Stelle" for the ZAB once
PLACEHOLDER = re.compile(r"\{\w+\}")


def test_a_changed_source_text_makes_its_translation_outdated(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.po"
    translating.update_catalog(path, "tr", [Wanted("a:title", "Wohnung finden")])
    file = polib.pofile(str(path))
    file[0].msgstr = "Ev bulmak"
    file.save()
    status = translating.update_catalog(path, "tr", [Wanted("a:title", "Wohnung suchen")])
    assert (status.outdated, status.missing) == (1, 0)
    (entry,) = polib.pofile(str(path))
    assert (entry.msgstr, entry.previous_msgid, entry.fuzzy) == ("Ev bulmak", "Wohnung finden", True)
    assert load_catalog(path).texts[("a:title", "Wohnung suchen")] == (("Ev bulmak",), "outdated")


def test_a_new_text_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.po"
    status = translating.update_catalog(path, "tr", [Wanted("a:title", "Neu")])
    assert (status.total, status.missing, status.done) == (1, 1, 0)


def test_an_outdated_translation_is_shown_with_its_state(small: Path, tmp_path: Path) -> None:
    locales = tmp_path / "locales"
    path = catalog_path(locales, "tr", "knowledge")
    wanted = translating.wanted_knowledge(load_knowledge(small))
    translating.update_catalog(path, "tr", wanted)
    file = polib.pofile(str(path))
    for entry in file:
        if entry.msgctxt == "wohnung:title":
            entry.msgstr, entry.flags = "Ev bulmak", ["fuzzy"]
    file.save()
    found = load_translations(locales, "de", {"tr": ("de",), "de": ()})
    assert found.knowledge_text("tr", "wohnung:title", "Wohnung finden").state == "outdated"
    missing = found.knowledge_text("tr", "wohnung:summary", "So finden Sie eine Wohnung.")
    assert (missing.language, missing.state) == ("de", "source")


def test_a_translators_file_makes_the_round_trip(tmp_path: Path) -> None:
    locales = tmp_path / "locales"
    translating.update_catalog(catalog_path(locales, "uk", "messages"), "uk", [Wanted("", "Send")])
    translating.update_catalog(
        catalog_path(locales, "uk", "knowledge"),
        "uk",
        [Wanted("a:title", "Wohnung"), Wanted("a:steps", "Los")],
    )
    exported = tmp_path / "uk.po"
    assert translating.export_catalog(locales, "uk", exported) == 3
    file = polib.pofile(str(exported))
    assert all(entry.comment for entry in file), "each text has a note for the translator"
    for entry in file:
        if entry.msgid != "Los":
            entry.msgstr = f"<{entry.msgid}>"
    file.save()
    changed, confirmed = translating.import_catalog(locales, "uk", exported, "Olena", dt.date(2026, 11, 21))
    assert (changed, confirmed) == (2, 2)
    catalog = load_catalog(catalog_path(locales, "uk", "knowledge"))
    assert catalog.texts[("a:title", "Wohnung")] == (("<Wohnung>",), "reviewed")
    assert ("a:steps", "Los") not in catalog.texts


def test_a_broken_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_text('msgid "open\nmsgstr')
    with pytest.raises(CatalogError, match=r"messages\.po"):
        load_catalog(path)


def test_every_language_has_its_catalogs() -> None:
    knowledge = load_knowledge(ROOT / "knowledge")
    for language, domain in translating.catalogs_of(knowledge):
        assert catalog_path(LOCALES, language, domain).is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_assistant_is_translated(language: str) -> None:
    file = polib.pofile(str(catalog_path(LOCALES, language, "messages")))
    wanted = {w.msgid for w in translating.wanted_messages(PACKAGE)}
    assert wanted == {entry.msgid for entry in file}, "run `lotse translate update`"
    missing = [e.msgid for e in file if not (e.msgstr or all(e.msgstr_plural.values() or [""]))]
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    for entry in polib.pofile(str(catalog_path(LOCALES, language, "messages"))):
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(entry.msgid)), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete(language: str) -> None:
    file = polib.pofile(str(catalog_path(LOCALES, language, "messages")))
    for entry in file:
        if entry.msgid_plural:
            assert len(entry.msgstr_plural) == translating.plural_count(file.metadata["Plural-Forms"])
            assert all(entry.msgstr_plural.values())


@pytest.mark.parametrize(
    ("language", "counts"),
    [("ar", {0: 0, 1: 1, 2: 2, 5: 3, 12: 4, 100: 5}), ("uk", {1: 0, 3: 1, 5: 2, 21: 0})],
)
def test_plural_rules_pick_the_right_form(language: str, counts: dict[int, int]) -> None:
    rule = load_catalog(catalog_path(LOCALES, language, "messages")).plural
    assert {count: plural_index(rule, count) for count in counts} == counts


def test_numbers_and_placeholders_survive_translation() -> None:
    """Amounts, phone numbers and paragraphs must be the same in every language."""
    found = list(check_translations(LOCALES, load_knowledge(ROOT / "knowledge")))
    assert not [str(p) for p in found if "placeholder" in p.message]
    assert not [str(p) for p in found if "numbers" in p.message]


@pytest.mark.parametrize(
    ("source", "translation", "same"),
    [
        ("1.200 € in 30 Tagen", "30 days, 1,200 €", True),
        ("110 anrufen", "اتصل ١١٠", True),
        ("§ 24 seit 2022", "§ 25 since 2022", False),
        ("bis 600 €", "up to 60 €", False),
    ],
)
def test_lost_numbers_are_seen(source: str, translation: str, same: bool) -> None:
    assert (numbers(source) == numbers(translation)) == same


def test_german_short_names_survive_translation() -> None:
    assert lost_terms("Antrag bei IHK FOSA und BAMF", "Başvuru: IHK FOSA") == ["BAMF"]
    found = list(check_translations(LOCALES, load_knowledge(ROOT / "knowledge")))
    assert len([p for p in found if "got lost" in p.message]) <= KNOWN_LOSSES


@pytest.mark.parametrize(
    ("language", "numbers"), [("vi", ["10", "2025"]), ("fr", ["2025"]), ("ar", ["2025"])]
)
def test_months_count_as_numbers_where_a_language_writes_them_so(language: str, numbers: list[str]) -> None:
    text = content_checks.months_as_written("Seit Oktober 2025", language)
    assert content_checks.numbers(text) == numbers


@pytest.mark.parametrize(
    ("language", "expected"), [("vi", "3 tuần"), ("ru", "3 недели"), ("pl", "3 tygodnie"), ("ar", "3 أسابيع")]
)
def test_three_weeks_are_said_in_the_plural_of_the_language(language: str, expected: str) -> None:
    translations = load_translations(LOCALES, "de", {language: ()})
    found = translations.plural(language, "{count} week", "{count} weeks", 3)
    assert (found.language, found.value) == (language, expected)


def test_a_new_catalog_knows_the_plurals_of_its_language(tmp_path: Path) -> None:
    wanted = [translating.Wanted("", "{count} day", "{count} days")]
    translating.update_catalog(tmp_path / "lt.po", "lt", wanted)
    (entry,) = polib.pofile(str(tmp_path / "lt.po"))
    assert len(entry.msgstr_plural) == 3
