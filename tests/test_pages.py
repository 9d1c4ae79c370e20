"""The pages: what people read, print and pass on, on the real application."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient

from assistant.channels.desk import Desk
from assistant.channels.texts import PAGE
from assistant.channels.web.pages.entries import rows
from assistant.channels.web.pages.topics import all_topics, icon_of
from assistant.channels.web.server import build_app
from assistant.knowledge.coverage import coverages
from assistant.knowledge.model import Operator
from assistant.language.tags import direction, endonym
from assistant.pipeline import Assistant
from assistant.rendering.structured_data import script_json, structured_data
from assistant.settings import Settings
from tests.conftest import NOON, ROOT

Client = TestClient[Any, Any]
SPRITE = ROOT / "assistant/channels/web/static/icons.svg"
PAGES = ("/", "/q/kindergeld", "/q/kindergeld/card", "/path/recognition", "/a11y", "/privacy", "/languages")
VOID = {"meta", "link", "input", "img", "use", "br", "hr"}


class Outline(HTMLParser):
    """What a screen reader walks through: headings in order, landmarks, links, and open tags at the end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.pictures: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self.links.append(found.get("href") or "")
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if tag == "use":
            self.pictures.add((found.get("href") or "").partition("#")[2])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, tag


@pytest.fixture
async def client(desk: Desk, settings: Settings, aiohttp_client: Any) -> AsyncIterator[Client]:
    yield await aiohttp_client(build_app(desk, settings))


@pytest.fixture
async def public(desk: Desk, settings: Settings, aiohttp_client: Any) -> AsyncIterator[Client]:
    """The application that knows where people reach it."""
    yield await aiohttp_client(build_app(desk, replace(settings, public_url="https://lotse.example")))


async def read(client: Client, path: str, **query: str) -> str:
    response = await client.get(path, params=query)
    assert response.status == 200, path
    return await response.text()


async def press(client: Client, path: str, **fields: str) -> str:
    response = await client.post(path, data=fields)
    assert response.status == 200
    return await response.text()


def conversation_in(text: str) -> str:
    (key,) = set(re.findall(r'name="conversation" value="([^"]+)"', text))
    return str(key)


# --- asking without JavaScript ----------------------------------------------------------------------------


async def test_a_question_can_be_passed_on_as_an_address(client: Client) -> None:
    text = await read(client, "/", q="Wie bekomme ich Kindergeld?", language="de")
    assert "Familienkasse" in text
    assert 'href="/q/kindergeld?language=de"' in text


async def test_a_path_is_walked_without_javascript(client: Client) -> None:
    text = await press(client, "/", choice="p:german-course", language="de")
    key = conversation_in(text)
    await press(client, "/", choice="p:german-course:aufenthalt:duldung", conversation=key, language="de")
    text = await press(client, "/", choice="p:german-course:niveau:B1", conversation=key, language="de")
    assert "Für: Duldung, B1" in text
    assert "/path/german-course?language=de&amp;at=ziel#ziel" in text


async def test_no_address_ever_holds_a_conversation(client: Client) -> None:
    text = await press(client, "/", choice="p:german-course", language="de")
    key = conversation_in(text)
    assert not [link for link in Outline(text).links if key in link]
    forms = re.findall(r"<form[^>]*>(?:(?!</form>).)*", text, re.S)
    assert all('method="post"' in form for form in forms if key in form)
    # A key that comes in an address is somebody else's, or a mistake: it is not taken up.
    other = await (await client.get("/", params={"choice": "person", "conversation": key})).text()
    assert key not in other


async def test_a_follow_up_is_asked_without_javascript(client: Client) -> None:
    key = conversation_in(await press(client, "/", q="Wie bekomme ich Kindergeld?", language="de"))
    text = await press(client, "/", q="wie viel", conversation=key, language="de")
    assert re.search(r"259\s€", text)


async def test_what_a_person_asked_is_kept_by_nobody(client: Client) -> None:
    for response in (
        await client.get("/", params={"q": "Jobcenter"}),
        await client.post("/", data={"q": "Jobcenter"}),
        await client.post("/kiosk", data={"q": "Jobcenter", "language": "de"}),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert 'content="noindex"' in await response.text()


@pytest.mark.parametrize("body", [b"", b"q=", b"choice=%00", b"q=%ff%fe", b"conversation=" + b"a" * 500])
async def test_strange_forms_are_answered_with_a_page(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post("/", data=body, headers=headers)
    assert response.status == 200
    assert "<h1" in await response.text()


# --- one page, in every language --------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/kiosk", "/nichts"])
async def test_every_page_is_in_order_in_every_language(client: Client, desk: Desk, path: str) -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', SPRITE.read_text()))
    for language in desk.assistant.languages:
        text = await (await client.get(path, params={"language": language})).text()
        found = Outline(text)
        assert f'<html lang="{language}" dir="{direction(language)}"' in text
        assert found.open == []
        assert found.headings.count(1) == 1, "one h1"
        assert found.headings[0] == 1
        steps = zip(found.headings, found.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), f"a level is left out: {found.headings}"
        assert found.tags.count("main") == 1
        assert len(found.ids) == len(set(found.ids))
        assert found.pictures <= drawn
        assert "style=" not in text and "onclick" not in text


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_leads_to_people_and_to_the_pages_about_lotse(client: Client, path: str) -> None:
    links = Outline(await read(client, path, language="tr")).links
    for target in (
        "/?language=tr#people",
        "/privacy?language=tr",
        "/a11y?language=tr",
        "/languages?language=tr",
    ):
        assert target in links, target
    assert links[0] == "#main", "the skip link comes first"


async def test_the_languages_are_named_by_themselves_without_flags(client: Client, desk: Desk) -> None:
    text = await read(client, "/", language="de")
    for language in desk.assistant.languages:
        assert f">{endonym(language)}</bdi>" in text
        assert f'hreflang="{language}" href="/?language={language}"' in text
    assert not re.search("[\U0001f1e6-\U0001f1ff]", text)


async def test_links_of_a_page_lead_somewhere(client: Client) -> None:
    for path in ("/", "/q/kindergeld", "/path/recognition"):
        for link in dict.fromkeys(Outline(await read(client, path, language="ar")).links):
            parts = urlsplit(link)
            if parts.scheme or not parts.path or (parts.path.startswith("/q/") and path == "/"):
                continue
            response = await client.get(link)
            assert response.status == 200, link


async def test_sentences_that_are_not_translated_say_which_language_they_are(
    client: Client, desk: Desk
) -> None:
    translations = desk.assistant.translations
    for language in ("ti", "ar"):
        text = await read(client, "/privacy", language=language)
        said = translations.message(language, PAGE["privacy_words"])
        marked = f'<span lang="{said.language}" dir="{said.direction}">'
        assert (marked in text) == (said.language != language)


async def test_all_topics_stand_in_alphabetical_order(desk: Desk) -> None:
    entries = list(desk.assistant.knowledge.public_entries())
    for language in desk.assistant.languages:
        groups = all_topics(desk.assistant, language)
        assert sum(group.count for group in groups) == len(entries)
        assert [g.name for g in groups] == ["procedures", "courses", "guides", "organizations", "events"]
    german = [t.title.value for g in all_topics(desk.assistant, "de") for _, row in g.letters for t in row]
    abc = [title for title in german if title.startswith(("A", "Ä", "B"))]
    assert any(title.startswith("Ä") for title in abc)
    procedures = [t for t in abc if t in {e.title for e in entries if e.type == "procedure"}]
    assert [t[0].replace("Ä", "A") for t in procedures] == sorted(t[0].replace("Ä", "A") for t in procedures)


def test_every_entry_has_a_picture_of_its_topic(assistant: Assistant) -> None:
    knowledge = assistant.knowledge
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', SPRITE.read_text()))
    assert {icon_of(knowledge, entry) for entry in knowledge.public_entries()} <= drawn
    assert set(knowledge.base.icons.values()) <= drawn
    assert icon_of(knowledge, knowledge.entries["wohnungssuche-miete"]) == "home"
    assert icon_of(knowledge, knowledge.entries["pflegefachkraft"]) == "recognition"


# --- an answer to read, print and pass on -----------------------------------------------------------------


async def test_an_answer_page_names_itself_in_all_languages(public: Client, desk: Desk) -> None:
    text = await read(public, "/q/kindergeld", language="ar")
    base = "https://lotse.example/q/kindergeld"
    assert f'<link rel="canonical" href="{base}?language=ar">' in text
    assert f'<link rel="alternate" hreflang="x-default" href="{base}">' in text
    for language in desk.assistant.languages:
        assert f'<link rel="alternate" hreflang="{language}" href="{base}?language={language}">' in text
    summary = desk.assistant.composer.text(
        "ar", desk.assistant.knowledge.entries["kindergeld"], "summary",
        desk.assistant.knowledge.entries["kindergeld"].summary,
    )  # fmt: skip
    assert f'<meta name="description" content="{summary.value}">' in text


async def test_paper_knows_where_it_came_from_and_when(public: Client) -> None:
    text = await read(public, "/q/kindergeld", language="de", paper="a5")
    assert '<html lang="de" dir="ltr" data-paper="a5">' in text
    assert "20. November 2026" in text
    assert "https://lotse.example/q/kindergeld?language=de" in text
    assert 'src="/q/kindergeld/qr.svg?language=de"' in text
    assert "data-paper" not in await read(public, "/q/kindergeld", paper="letter")


async def test_documents_can_be_ticked_off(client: Client, assistant: Assistant) -> None:
    entry: Any = assistant.knowledge.entries["kindergeld"]
    text = await read(client, "/q/kindergeld", language="de")
    assert text.count('type="checkbox"') == len(entry.documents)


async def test_phones_run_from_left_to_right_and_can_be_called(client: Client) -> None:
    text = await read(client, "/q/jobcenter-leipzig", language="ar")
    assert re.search(r'href="tel:\+49\d+">.*?<bdi dir="ltr">0341 91310705</bdi></a>', text)


async def test_german_stands_beside_each_part_of_an_answer(client: Client, assistant: Assistant) -> None:
    text = await read(client, "/q/kindergeld", language="ar", beside="de")
    assert text.count('class="german" lang="de" dir="ltr"') > 5
    entry = assistant.knowledge.entries["kindergeld"]
    assert entry.title in text
    assert "beside=de" in await read(client, "/q/kindergeld", language="ar")
    assert 'class="german"' not in await read(client, "/q/kindergeld", language="de", beside="de")


def test_german_beside_is_the_same_kind_of_part_everywhere(assistant: Assistant) -> None:
    for entry in assistant.knowledge.public_entries():
        for language in ("ar", "ti", "vi"):
            reply = assistant.composer.answer(language, entry, (entry.id,), 1.0)
            for row in rows(reply, assistant.composer.entry_blocks("de", entry)):
                assert row.german is None or row.german.type == row.block.type, entry.id


async def test_a_card_for_the_counter_is_german(client: Client, assistant: Assistant) -> None:
    text = await read(client, "/q/kindergeld/card", language="ti")
    phrase = assistant.knowledge.entries["kindergeld"].german_phrases[0]
    assert f'<blockquote class="card" lang="de" dir="ltr">{phrase}</blockquote>' in text
    assert (await client.get("/q/dsm-sachsen/card")).status == 404


async def test_a_path_is_a_page_with_german_beside(client: Client) -> None:
    text = await read(client, "/path/recognition", language="ar", at="gelernt")
    assert text.count('aria-current="step"') == 1
    assert "Wo haben Sie Ihren Beruf gelernt?" in text
    assert "أين تعلّمتم مهنتكم؟" in text
    german = await read(client, "/path/recognition", language="de")
    assert german.count("Wo haben Sie Ihren Beruf gelernt?") == 1


# --- schema.org -------------------------------------------------------------------------------------------


def data_of(assistant: Assistant, entry: str, language: str = "de") -> dict[str, Any]:
    return structured_data(
        assistant.knowledge, assistant.translations, language, assistant.knowledge.entries[entry], NOON, ""
    )


async def test_a_page_says_what_it_is_for_machines_too(public: Client) -> None:
    text = await read(public, "/q/kindergeld", language="uk")
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    data = json.loads(block)
    assert (data["@context"], data["inLanguage"]) == ("https://schema.org", "uk")
    assert data["url"] == "https://lotse.example/q/kindergeld?language=uk"
    assert data["mainEntity"]["@type"] == "GovernmentService"


def test_an_office_brings_phone_address_and_languages(assistant: Assistant) -> None:
    office = data_of(assistant, "jobcenter-leipzig")["mainEntity"]
    assert office["@type"] == "GovernmentOrganization"
    assert office["telephone"] == ["+4934191310705"]
    assert office["address"][0]["postalCode"] == "04159"


def test_every_entry_becomes_valid_json_without_gaps(assistant: Assistant) -> None:
    hours = 0
    for entry in assistant.knowledge.public_entries():
        text = script_json(data_of(assistant, entry.id, "ar"))
        assert ": null" not in text, "what is not known is left out"
        data = json.loads(text)
        assert data["lastReviewed"] == entry.assured_date.isoformat()
        for place in data.get("mainEntity", {}).get("location", []):
            if isinstance(place, dict):
                hours += len(place.get("openingHoursSpecification", []))
    assert hours, "hours that are sure are told"


def test_old_hours_are_not_told_to_machines(assistant: Assistant) -> None:
    for organization in assistant.knowledge.organizations():
        if organization.is_public() and all(s.as_of for s in organization.schedules):
            text = json.dumps(data_of(assistant, organization.id))
            assert "OpeningHoursSpecification" not in text


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028", "&lt;"])
def test_a_text_cannot_leave_its_data_block(evil: str) -> None:
    text = script_json({"name": evil})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["name"] == evil


# --- the information desk ---------------------------------------------------------------------------------


async def test_the_desk_begins_with_all_languages(client: Client, desk: Desk) -> None:
    text = await read(client, "/kiosk")
    for language in desk.assistant.languages:
        assert f'href="/kiosk?language={language}" lang="{language}"' in text


async def test_nothing_at_the_desk_leads_away(client: Client) -> None:
    first = await read(client, "/kiosk", language="ar")
    answer = await press(client, "/kiosk", choice="e:jobcenter-leipzig", language="ar")
    people = await press(client, "/kiosk", choice="person", language="ar")
    for text in (first, answer, people):
        assert Outline(text).links == []
        assert "widget.js" not in text
    assert "0341 91310705" in answer
    assert "/q/jobcenter-leipzig/qr.svg?language=ar" in answer


async def test_finishing_deletes_the_conversation(client: Client) -> None:
    text = await press(client, "/kiosk", q="Wie bekomme ich Kindergeld?", language="de")
    key = conversation_in(text)
    ended = await client.post("/kiosk/end", data={"conversation": key}, allow_redirects=False)
    assert (ended.status, ended.headers["Location"]) == (303, "/kiosk")
    again = await press(client, "/kiosk", q="wie viel", conversation=key, language="de")
    assert conversation_in(again) != key
    assert "259" not in again


async def test_a_new_question_at_the_desk_forgets_the_old_one(client: Client) -> None:
    key = conversation_in(await press(client, "/kiosk", q="Kindergeld", language="de"))
    fresh = await press(client, "/kiosk", conversation=key, language="de")
    assert key not in fresh
    assert 'name="q"' in fresh


@pytest.mark.parametrize(
    ("query", "limits"),
    [
        ("", ("60", "20")),
        ("?idle=5&warning=30", ("5", "30")),
        ("?idle=x&warning=-1", ("60", "20")),
        ("?idle=0", ("1", "20")),
    ],
)
async def test_the_desk_waits_as_long_as_it_is_told(
    client: Client, query: str, limits: tuple[str, str]
) -> None:
    text = await (await client.get("/kiosk" + query)).text()
    assert f'data-idle="{limits[0]}" data-warning="{limits[1]}"' in text


# --- what Lotse says of itself ----------------------------------------------------------------------------


async def test_who_is_responsible_is_said_or_said_to_be_missing(client: Client, desk: Desk) -> None:
    knowledge = desk.assistant.knowledge
    assert knowledge.base.operator is None
    nobody = desk.assistant.translations.message("de", PAGE["nobody"]).value
    assert nobody in await read(client, "/privacy", language="de")
    operator = Operator(name="Verein Beispiel e. V.", email="post@verein.example")
    base = knowledge.base.model_copy(update={"operator": operator})
    named = replace(desk.assistant, knowledge=knowledge.model_copy(update={"base": base}))
    before, desk.assistant = desk.assistant, named
    try:
        for path in ("/privacy", "/a11y"):
            text = await read(client, path, language="de")
            assert "Verein Beispiel e. V." in text
            assert 'href="mailto:post@verein.example"' in text
            assert nobody not in text
    finally:
        desk.assistant = before


def test_coverage_counts_what_is_there(assistant: Assistant) -> None:
    found = {c.tag: c for c in coverages(assistant.knowledge, assistant.translations)}
    assert list(found) == list(assistant.languages)
    assert found["de"].answers == 100
    assert found["en"].interface == 100
    assert found["ar"].answers == 100
    assert 0 < found["so"].answers < 100
    assert found["so"].state == "started"


def test_a_sentence_nobody_translated_counts_as_missing(assistant: Assistant) -> None:
    def german(*sentences: str) -> int:
        found = coverages(assistant.knowledge, assistant.translations, sentences)
        return next(c.interface for c in found if c.tag == "de")

    new = [f"A sentence nobody has translated yet, number {n}." for n in range(1000)]
    assert german(*new) < german()


async def test_the_table_of_languages_is_read_out_row_by_row(client: Client, desk: Desk) -> None:
    text = await read(client, "/languages", language="ar")
    assert text.count('role="rowheader"') == len(desk.assistant.languages)
    assert "العربية" in text


# --- when something goes wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar", "ti"])
async def test_a_wrong_address_still_helps(client: Client, language: str) -> None:
    assert (await client.get("/path/nichts")).status == 404
    response = await client.get("/gibt-es-nicht", params={"language": language})
    text = await response.text()
    assert response.status == 404
    assert 'action="/#answer"' in text
    assert 'href="tel:112"' in text and 'href="tel:110"' in text


async def test_pages_follow_new_knowledge(client: Client, desk: Desk) -> None:
    assert "Kindergeld und Kinderzuschlag" in await read(client, "/", language="de")
    knowledge = desk.assistant.knowledge
    entry = knowledge.entries["kindergeld"].model_copy(update={"title": "Ein neuer Titel"})
    changed = knowledge.model_copy(update={"entries": {**knowledge.entries, "kindergeld": entry}})
    composer = replace(desk.assistant.composer, knowledge=changed)
    before = desk.assistant
    desk.assistant = replace(before, knowledge=changed, composer=composer)
    try:
        assert "Ein neuer Titel" in await read(client, "/", language="de")
    finally:
        desk.assistant = before


async def test_an_event_without_a_date_ahead_has_no_calendar(client: Client, assistant: Assistant) -> None:
    (event,) = [e for e in assistant.knowledge.public_entries() if e.type == "event"]
    assert "calendar.ics" not in await read(client, f"/q/{event.id}", language="de")
