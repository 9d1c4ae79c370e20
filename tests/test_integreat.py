"""Pages of the Integreat CMS become a knowledge base that answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.app import build_assistant, load_content
from assistant.cli import app
from assistant.coordination.integreat import (
    PIECE,
    Imported,
    import_integreat,
    in_step,
    phone_number,
    plain_text,
    spread,
    units,
)
from assistant.dialogue.state import Message
from assistant.errors import ImportFileError
from assistant.knowledge.loading import load_knowledge
from assistant.knowledge.model import Knowledge, Organization
from assistant.settings import Settings
from tests.conftest import ROOT

LONG = "Ein langer Satz über Bücher, die man in der Bibliothek ausleihen kann. " * 12


def page(number: int, path: str, title: str, content: str, parent: int = 0, **more: Any) -> dict[str, Any]:
    """A page as the CMS exports it."""
    return {
        "id": number, "url": f"https://cms.example.org{path}", "path": path, "title": title, "excerpt": "",
        "content": content, "parent": {"id": parent, "url": None, "path": None}, "order": number,
        "last_updated": "2026-03-04T10:00:00.000+01:00", "available_languages": [], "thumbnail": None,
        "organization": None, "hash": None,
    } | more  # fmt: skip


def translated(**pages: int) -> dict[str, Any]:
    """The field that names the translations of a page."""
    return {"available_languages": {tag: {"id": n, "url": "", "path": ""} for tag, n in pages.items()}}


GERMAN = [
    page(1, "/stadt/de/alltag/", "Alltag &amp; Freizeit", ""),
    page(
        2, "/stadt/de/alltag/bücherei/", "Bücherei",
        "<p>In der B&#252;cherei leihen Sie Bücher aus.</p><ul><li>Ausweis</li><li>Anmeldung</li></ul>"
        f"<p>{LONG}</p>",
        1, **translated(tr=22),
    ),
    page(
        3, "/stadt/de/beratung/", "Migrationsberatung",
        "<h3>Kontakt</h3><p>Beratung zu Aufenthalt<br>Frau Muster: "
        '<a href="tel:0341 12345678">0341 12345678</a>'
        '<a href="mailto:hilfe@example.org">Mail an das Team</a>'
        '<a href="https://www.google.com/maps/place/X">Musterstr. 3a, 04103 Leipzig</a>'
        '<a href="https://example.org/termin">Termin buchen</a></p><script>alert("nein")</script>',
    ),
    page(4, "/stadt/de/kurse/bücherei/", "Bücherei für Kinder", "<p>Vorlesen am Samstag.</p>"),
    page(5, "/stadt/de/مرحبا/", "Willkommen", "<p>Guten Tag in unserer Stadt.</p>"),
]  # fmt: skip
TURKISH = [
    page(
        22,
        "/stadt/tr/kütüphane/",
        "Kütüphane",
        "<p>Kütüphaneden kitap ödünç alın.</p>" * 8,
        **translated(de=2),
    ),
    page(23, "/stadt/tr/yeni/", "Yeni", "<p>Sadece Türkçe.</p>"),
]


def write(folder: Path, name: str, pages: object) -> Path:
    """Write an export."""
    path = folder / name
    path.write_text(json.dumps(pages), encoding="utf-8")
    return path


def run_import(folder: Path, **pages: object) -> Imported:
    """Import pages by language into `folder/base`."""
    files = [(tag, write(folder, f"{tag}.json", found)) for tag, found in pages.items()]
    return import_integreat(files, folder / "base", ROOT / "knowledge", ROOT / "locales")


@pytest.fixture
def imported(tmp_path: Path) -> Knowledge:
    """The knowledge base of the German pages."""
    run_import(tmp_path, de=GERMAN)
    return load_knowledge(tmp_path / "base")


def test_every_page_becomes_an_entry_with_a_valid_unique_id(imported: Knowledge) -> None:
    assert set(imported.entries) == {
        "alltag", "bucherei", "beratung", "bucherei-4", "mrhb", "integreat-stadt",
    }  # fmt: skip


def test_title_hierarchy_source_and_date_are_kept(imported: Knowledge) -> None:
    library = imported.entries["bucherei"]
    assert imported.entries["alltag"].title == "Alltag & Freizeit"
    assert library.broader == "alltag"
    assert library.assured_date.isoformat() == "2026-03-04"
    assert library.sources[0].url == "https://cms.example.org/stadt/de/alltag/bücherei/"


def test_lists_stay_lines_and_no_text_is_longer_than_the_matcher_reads(imported: Knowledge) -> None:
    library = imported.entries["bucherei"]
    assert library.summary == "In der Bücherei leihen Sie Bücher aus.\n- Ausweis\n- Anmeldung"
    assert all(len(text) <= PIECE for text in library.details)
    assert " ".join(library.details).split() == LONG.split()


def test_a_page_without_text_is_told_by_the_pages_below_it(imported: Knowledge) -> None:
    assert imported.entries["alltag"].summary == "Bücherei"


def test_marked_contacts_make_an_organization(imported: Knowledge) -> None:
    office = imported.entries["beratung"]
    assert isinstance(office, Organization)
    assert [phone.number for phone in office.phones] == ["+4934112345678"]
    assert [(mail.address, mail.description) for mail in office.emails] == [
        ("hilfe@example.org", "Mail an das Team")
    ]
    address = office.locations[0].address
    assert (address.street, address.postal_code, address.city) == ("Musterstr. 3a", "04103", "Leipzig")
    assert [(link.url, link.description) for link in office.links] == [
        ("https://example.org/termin", "Termin buchen")
    ]
    assert "nein" not in repr(office)


def test_the_imported_base_answers(tmp_path: Path, settings: Settings) -> None:
    run_import(tmp_path, de=GERMAN, tr=TURKISH)
    base = tmp_path / "base"
    assistant = build_assistant(replace(settings, knowledge=base, locales=base / "locales", cache=None))
    assert assistant.respond(Message("Wo kann ich Bücher ausleihen?")).ranking.entries[0] == "bucherei"
    turn = assistant.respond(Message("Nereden kitap ödünç alabilirim?"))
    assert turn.ranking.entries[0] == "bucherei"
    assert turn.reply.language == "tr"


def test_translations_are_joined_by_the_ids_the_pages_name(tmp_path: Path, settings: Settings) -> None:
    done = run_import(tmp_path, de=GERMAN, tr=TURKISH)
    assert (done.entries, done.translated, done.left_out) == (5, {"tr": 1}, {"tr": 1})
    base = tmp_path / "base"
    knowledge, translations = load_content(replace(settings, knowledge=base, locales=base / "locales"))
    library = knowledge.entries["bucherei"]
    assert translations.knowledge_text("tr", "bucherei:title", library.title).value == "Kütüphane"
    states = {
        translations.knowledge_text("tr", "bucherei:details", text).language for text in library.details
    }
    assert states == {"tr"}


def test_check_finds_no_error_in_what_the_command_wrote(tmp_path: Path) -> None:
    file, out = write(tmp_path, "pages.json", GERMAN), tmp_path / "base"
    runner = CliRunner()
    done = runner.invoke(app, ["import", "integreat", str(file), "--language", "de", "--out", str(out)])
    assert done.exit_code == 0, done.output
    checked = runner.invoke(app, ["--knowledge", str(out), "--locales", str(out / "locales"), "check"])
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ('{"pages": []}', "must be a list of pages"),
        ("[]", "holds no page"),
        ('[{"id": "x", "title": "A"}]', "page 1: `id`"),
    ],
)
def test_a_file_that_is_no_export_is_named_with_what_to_do(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "pages.json"
    path.write_text(content)
    with pytest.raises(ImportFileError, match=message) as caught:
        import_integreat([("de", path)], tmp_path / "base", ROOT / "knowledge", ROOT / "locales")
    assert str(path) in str(caught.value)
    assert not (tmp_path / "base").exists()


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    run_import(tmp_path, de=GERMAN)
    with pytest.raises(ImportFileError, match="choose another --out"):
        run_import(tmp_path, de=GERMAN)


@pytest.mark.parametrize(("language", "message"), [("Deutsch", "no language"), ("de", "given once")])
def test_wrong_languages_are_refused(tmp_path: Path, language: str, message: str) -> None:
    path = write(tmp_path, "pages.json", GERMAN)
    with pytest.raises(ImportFileError, match=message):
        import_integreat([("de", path), (language, path)], tmp_path / "base", ROOT, ROOT)


def test_phone_numbers_are_written_alike_and_impossible_ones_left_out() -> None:
    assert phone_number("0341 / 123-4567") == "+493411234567"
    assert phone_number("+43 1 5131513") == "+4315131513"
    assert phone_number("116 117") == "116117"
    assert phone_number("09217877655502012345") is None
    assert phone_number("Zentrale") is None


def test_long_lines_are_cut_at_ends_of_sentences() -> None:
    parts = units([LONG, "x" * 700])
    assert all(len(part) <= PIECE for part in parts)
    assert parts[0].endswith("kann.")
    assert "".join(parts).replace(" ", "") == (LONG + "x" * 700).replace(" ", "")


def test_spreading_leaves_no_text_empty_and_keeps_the_order() -> None:
    parts = [f"Zeile {n}" for n in range(10)]
    for count in range(1, 11):
        found = spread(parts, count)
        assert len(found) == count
        assert "\n".join(found).split("\n") == parts
    assert spread(["a" * 200, "b", "c"], 3) == ["a" * 200, "b", "c"]


def test_versions_of_a_page_are_cut_into_the_same_number_of_texts() -> None:
    found = in_step({"de": ["a" * 200] * 4, "en": ["b" * 150] * 4})
    assert {tag: len(texts) for tag, texts in found.items()} == {"de": 4, "en": 4}
    found = in_step({"de": ["a" * 200] * 4, "en": ["b" * 150] * 6})
    assert len(found["de"]) == len(found["en"])


def test_markup_becomes_plain_text() -> None:
    assert plain_text("Arbeit &amp; <b>Beruf</b>") == "Arbeit & Beruf"


def test_texts_without_labels_are_found_by_stems(tmp_path: Path, settings: Settings) -> None:
    run_import(tmp_path, de=GERMAN)
    base = tmp_path / "base"
    assistant = build_assistant(replace(settings, knowledge=base, locales=base / "locales", cache=None))
    lexicon = assistant.matcher.lexicon
    assert lexicon.token("samstags").counted == lexicon.token("samstag").counted == "samstag"


def test_a_base_with_labels_counts_words_as_they_are(small_settings: Settings) -> None:
    lexicon = build_assistant(small_settings).matcher.lexicon
    assert lexicon.token("wohnungen").counted == "wohnungen"
