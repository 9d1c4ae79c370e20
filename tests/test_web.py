"""The web API and pages, on the real application."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from assistant.channels.desk import Desk
from assistant.channels.texts import WIDGET
from assistant.channels.web.memory import Conversations
from assistant.channels.web.server import build_app
from assistant.dialogue.state import Conversation
from assistant.settings import Settings

Client = TestClient[Any, Any]


@pytest.fixture
async def client(desk: Desk, settings: Settings, aiohttp_client: Any) -> AsyncIterator[Client]:
    own = replace(settings, origins=("https://stadt.example",))
    yield await aiohttp_client(build_app(desk, own))


async def ask(client: Client, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/ask", json=body)
    assert response.status == 200
    result: dict[str, Any] = await response.json()
    return result


def in_german(desk: Desk, msgid: str) -> str:
    return desk.assistant.translations.message("de", msgid).value


async def test_a_question_gets_a_reply(client: Client) -> None:
    reply = await ask(client, text="Wie lasse ich mein Pflege-Diplom anerkennen?")
    assert reply["decision"] == "answer"
    assert reply["entry"] == "pflegefachkraft"
    assert {"title", "summary"} <= {b.get("role") for b in reply["blocks"]}
    assert reply["conversation"]


async def test_an_arabic_question_is_answered_from_right_to_left(client: Client) -> None:
    reply = await ask(client, text="بدي اعرف كيف اعادل شهادة التمريض")
    assert (reply["language"], reply["direction"]) == ("ar", "rtl")


async def test_a_choice_is_pressed_by_its_id(client: Client) -> None:
    first = await ask(client, text="kurs", language="de")
    choice = first["choices"][0]["id"]
    second = await ask(client, choice=choice, conversation=first["conversation"], language="de")
    assert second["decision"] == "answer"
    assert second["conversation"] == first["conversation"]


async def test_an_old_choice_renews_the_menu(client: Client) -> None:
    reply = await ask(client, choice="e:gibt-es-nicht-mehr")
    assert reply["choices"]


async def test_danger_brings_the_numbers_first(client: Client) -> None:
    reply = await ask(client, text="Hilfe mein Mann schlägt mich")
    assert reply["decision"] == "crisis"
    contacts = [b for b in reply["blocks"] if b["type"] == "contact"]
    assert contacts[0]["phones"][0]["href"] == "tel:110"


async def test_a_long_message_is_cut_with_a_notice(client: Client) -> None:
    reply = await ask(client, text="Deutschkurs " * 60)
    assert reply["blocks"][0] == {
        "type": "notice", "kind": "shortened", "text": reply["blocks"][0]["text"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"null", b'"text"', b"{}", b'{"text": 1}', b'{"text": null}',
        b'{"text": ""}', b'{"text": "  "}', b'{"text": "a", "extra": 1}', b'{"language": 5, "text": "a"}',
        b"[" * 3000, b"\xff\xfe", b'{"text": "a", "conversation": []}',
    ],
)  # fmt: skip
async def test_wrong_bodies_get_a_clear_message(client: Client, body: bytes) -> None:
    response = await client.post("/api/v1/ask", data=body)
    assert response.status == 400
    assert "JSON" in (await response.json())["error"]["message"]


async def test_a_large_body_is_refused(client: Client, desk: Desk) -> None:
    response = await client.post("/api/v1/ask", json={"text": "a" * 40_000})
    assert response.status == 413
    assert (await response.json())["error"]["message"] == in_german(desk, WIDGET["long"])


@pytest.mark.parametrize(
    "text",
    [
        "🙂🙂🙂",
        "\u202e\u2066",
        "\x00",
        "   .",
        "a" * 2000,
        "\ud83d" * 3,
        "<script>alert(1)</script>",
        "{{7*7}}",
        "'; DROP TABLE x",
    ],
)
async def test_strange_messages_are_answered_politely(client: Client, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    response = await client.post("/api/v1/ask", data=body)
    assert response.status == 200
    assert (await response.json())["decision"] in ("fallback", "choose")


async def test_one_entry_in_a_language(client: Client) -> None:
    response = await client.get("/api/v1/entries/jobcenter-leipzig?language=uk")
    assert (await response.json())["language"] == "uk"
    assert (await client.get("/api/v1/entries/nichts")).status == 404


@pytest.mark.parametrize("entry", ["dsm-sachsen", "kausa-servicestelle-leipzig"])
async def test_internal_entries_are_never_shown(client: Client, entry: str) -> None:
    assert (await client.get(f"/api/v1/entries/{entry}")).status == 404
    assert (await client.get(f"/q/{entry}")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/widget.js",
        "/",
        "/api/v1/languages",
        "/api/v1/texts?language=fa",
        "/static/design/tokens.css",
    ],
)
async def test_every_route_answers(client: Client, path: str) -> None:
    response = await client.get(path)
    assert response.status == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../server.py", "/q/../../etc/passwd", "/q/%2e%2e%2fx", "/nichts"])
async def test_other_paths_lead_to_a_helpful_page(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_pages_work_without_javascript(client: Client) -> None:
    response = await client.get("/?q=потрібен+курс+німецької+з+дитсадком")
    text = await response.text()
    assert response.status == 200
    assert '<html lang="uk" dir="ltr">' in text
    assert 'class="reply' in text


async def test_pages_escape_what_people_write(client: Client) -> None:
    text = await (await client.get("/", params={"q": '"><script>alert(1)</script>'})).text()
    assert "<script>alert" not in text


async def test_every_entry_has_a_page_in_every_language(client: Client, desk: Desk) -> None:
    for language in desk.assistant.languages:
        for entry in desk.assistant.knowledge.public_entries():
            reply = desk.assistant.composer.answer(language, entry, (entry.id,), 1.0)
            assert reply.blocks
    response = await client.get("/q/pflegefachkraft?language=ar")
    text = await response.text()
    assert 'dir="rtl"' in text
    assert "Content-Security-Policy" in response.headers


async def test_only_listed_origins_may_use_the_api(client: Client) -> None:
    for origin, allowed in [
        ("https://stadt.example", True), ("https://stadt.example.evil", False), ("null", False),
        ("https://evil.example", False), ("http://stadt.example", False),
    ]:  # fmt: skip
        response = await client.options("/api/v1/ask", headers={"Origin": origin})
        assert (response.headers.get("Access-Control-Allow-Origin") == origin) == allowed
        assert "Access-Control-Allow-Credentials" not in response.headers


async def test_no_cookie_is_ever_set(client: Client) -> None:
    for path in ("/", "/q/pflegefachkraft", "/widget.js"):
        assert "Set-Cookie" not in (await client.get(path)).headers


async def test_a_deleted_conversation_is_gone(client: Client) -> None:
    key = (await ask(client, text="Jobcenter"))["conversation"]
    assert (await client.delete(f"/api/v1/conversations/{key}")).status == 204
    assert (await ask(client, text="Jobcenter", conversation=key))["conversation"] != key


async def test_metrics_hold_no_words(client: Client) -> None:
    await ask(client, text="Marker-Wort Jobcenter")
    text = await (await client.get("/metrics")).text()
    assert 'lotse_answers_total{channel="web"' in text
    assert "Marker" not in text


async def test_unready_is_said_and_answers_go_on(client: Client, desk: Desk) -> None:
    desk.store.is_ready = False
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["database"] is False
    assert (await ask(client, text="Jobcenter"))["decision"]


def test_conversations_expire() -> None:
    now = 0.0
    kept = Conversations(lambda: now)
    key, _ = kept.load(None)
    kept.save(key, Conversation("tr"))
    assert kept.load(key)[1].language == "tr"
    now = 4000.0
    assert kept.load(key)[0] != key


async def test_the_api_walks_a_path(client: Client) -> None:
    first = await ask(client, text="بدي اعادل شهادة تمريض ومعي Duldung")
    assert "p:recognition" in [c["id"] for c in first["choices"]]
    then = await ask(client, choice="p:recognition", conversation=first["conversation"])
    assert (then["language"], then["station"]) == ("ar", "recognition:pflicht")


async def test_an_answer_has_a_qr_code_of_its_address(client: Client) -> None:
    response = await client.get("/q/kindergeld/qr.svg", params={"language": "ar"})
    assert response.status == 200
    assert response.content_type == "image/svg+xml"
    text = await response.text()
    assert "<path" in text
    assert "/q/kindergeld?language=ar" in text
    assert (await client.get("/q/gibt-es-nicht/qr.svg")).status == 404


async def test_an_answer_without_dates_has_no_calendar(client: Client) -> None:
    assert (await client.get("/q/kindergeld/calendar.ics")).status == 404


async def test_a_follow_up_belongs_to_its_conversation(client: Client) -> None:
    first = await ask(client, text="بدي اعرف كيف اعادل شهادة التمريض")
    second = await ask(client, text="كم يكلف", conversation=first["conversation"])
    assert second["entry"] == first["entry"]
    assert "facts" in {b["type"] for b in second["blocks"]}
    other = await ask(client, text="كم يكلف")
    assert other["entry"] != first["entry"]


async def test_tools_of_an_answer_keep_its_language(client: Client) -> None:
    first = await ask(client, text="بدي اعرف كيف اعادل شهادة التمريض")
    assert [t["id"].partition(":")[0] for t in first["tools"]] == ["de", "card", "share"]
    card = await ask(client, choice=first["tools"][1]["id"], conversation=first["conversation"])
    assert card["language"] == "ar"
    assert card["blocks"][0]["sentence"]["language"] == "de"


async def test_a_wish_for_a_language_is_remembered(client: Client) -> None:
    first = await ask(client, text="Wie lasse ich mein Pflege-Diplom anerkennen?", language="de")
    second = await ask(client, text="auf türkisch bitte", language="de", conversation=first["conversation"])
    assert (second["language"], second["chosen"], second["entry"]) == ("tr", "tr", first["entry"])


async def test_a_position_is_taken_with_a_question(client: Client) -> None:
    reply = await ask(client, text="Jobcenter Leipzig", position={"latitude": 51.34, "longitude": 12.37})
    assert reply["entry"] == "jobcenter-leipzig"
