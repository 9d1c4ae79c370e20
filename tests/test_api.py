"""The API as a widget on a bad line uses it, and as somebody with bad intentions does."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient

from assistant.channels.desk import Desk
from assistant.channels.web import memory, server
from assistant.channels.web.answered import Answered
from assistant.channels.web.deleted import DeletedKeys
from assistant.channels.web.keys import CONVERSATIONS, LIMITS
from assistant.channels.web.limits import Buckets
from assistant.channels.web.memory import Conversations
from assistant.dialogue.state import Conversation
from assistant.errors import SettingsError
from assistant.settings import Settings, load_settings
from assistant.storage.sealing import Sealer

Client = TestClient[Any, Any]
ORIGIN = "https://stadt.example"
NURSE = "Wie lasse ich mein Pflege-Diplom anerkennen?"
ID = "kR3_x-91bQzT7wPa"


@pytest.fixture
async def client(desk: Desk, settings: Settings, aiohttp_client: Any) -> AsyncIterator[Client]:
    own = replace(settings, origins=(ORIGIN,), public_url="https://lotse.example")
    yield await aiohttp_client(server.build_app(desk, own))


@pytest.fixture
async def restarted(desk: Desk, settings: Settings, aiohttp_client: Any) -> AsyncIterator[Client]:
    """Another process with the same secret, or the same one after a restart."""
    yield await aiohttp_client(server.build_app(desk, settings))


async def ask(client: Client, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/ask", json=body)
    assert response.status == 200, await response.text()
    result: dict[str, Any] = await response.json()
    return result


def thread(reply: dict[str, Any]) -> dict[str, str]:
    """What a client sends back with its next message."""
    return {"conversation": reply["conversation"], "state": reply["state"]}


# --- conversations that survive -------------------------------------------------------------------------


async def test_a_conversation_goes_on_after_a_restart(client: Client, restarted: Client) -> None:
    first = await ask(client, text=NURSE, language="de")
    second = await ask(restarted, text="wie viel kostet das", language="de", **thread(first))
    assert second["entry"] == "pflegefachkraft"
    assert second["conversation"] == first["conversation"]


async def test_without_its_state_a_conversation_is_forgotten_by_a_restart(
    client: Client, restarted: Client
) -> None:
    first = await ask(client, text=NURSE, language="de")
    second = await ask(restarted, text="wie viel kostet das", conversation=first["conversation"])
    assert second["conversation"] != first["conversation"]
    assert second["entry"] != "pflegefachkraft"


async def test_the_newest_turn_counts(client: Client, restarted: Client) -> None:
    """Two processes take turns; each believes the newest copy, never an old one over its own memory."""
    first = await ask(client, text=NURSE, language="de")
    second = await ask(restarted, text="Kindergeld", language="de", **thread(first))
    third = await ask(client, text="wie viel", language="de", **thread(second))
    assert third["entry"] == "kindergeld"
    stale = await ask(client, text="wie viel", language="de", **thread(first))
    assert stale["entry"] == "kindergeld"


@pytest.mark.parametrize("damage", ["flipped", "other secret", "other conversation", "old", "nonsense"])
async def test_a_state_that_is_not_ours_is_ignored(client: Client, damage: str) -> None:
    kept = client.app[CONVERSATIONS]  # type: ignore[union-attr]
    now = kept.clock()
    key, known = "a-key-nobody-knows", Conversation("tr", "kindergeld")
    sealer = Sealer("for tests only", memory.PURPOSE)
    if damage == "other secret":
        sealer = Sealer("another", memory.PURPOSE)
    if damage == "old":
        now -= memory.KEPT_SECONDS + 10
    other = Conversations(lambda: now, sealer)
    state = other.save("another-key" if damage == "other conversation" else key, known)
    if damage == "flipped":
        state = ("A" if state[0] != "A" else "B") + state[1:]
    if damage == "nonsense":
        state = "no sealed text"
    reply = await ask(client, text="Jobcenter", conversation=key, state=state)
    assert reply["conversation"] != key
    assert reply["chosen"] is None
    good = Conversations(kept.clock, Sealer("for tests only", memory.PURPOSE)).save(key, known)
    assert (await ask(client, text="Jobcenter", conversation=key, state=good))["chosen"] == "tr"


async def test_a_deleted_conversation_is_not_revived_by_its_state(client: Client) -> None:
    first = await ask(client, text=NURSE, language="de", message=ID)
    assert (await client.delete(f"/api/v1/conversations/{first['conversation']}")).status == 204
    second = await ask(client, text="wie viel kostet das", language="de", **thread(first))
    assert second["conversation"] != first["conversation"]
    assert second["entry"] != "pflegefachkraft"


def test_processes_share_what_was_deleted() -> None:
    deleted = DeletedKeys(3600)
    sealer = Sealer("secret", memory.PURPOSE)
    one, two = (Conversations(lambda: 1000.0, sealer, deleted) for _ in range(2))
    state = one.save("key", Conversation("tr"))
    assert two.load("key", state)[0] == "key"
    one.forget("key")
    assert two.load("key", state)[0] != "key"


def test_deleted_keys_are_remembered_for_an_hour() -> None:
    deleted = DeletedKeys(3600)
    for number in range(2000):
        deleted.add(f"key {number}", 1000.0)
    assert all(deleted.holds(f"key {number}", 1000.0) for number in range(2000))
    assert not any(deleted.holds(f"other {number}", 1000.0) for number in range(2000))
    assert not deleted.holds("key 1", 1000.0 + 3601)


async def test_the_server_keeps_nothing_of_a_state(client: Client, desk: Desk) -> None:
    reply = await ask(client, text=NURSE)
    assert "pflegefachkraft" not in reply["state"]
    assert reply["conversation"] not in reply["state"]


# --- messages sent twice ----------------------------------------------------------------------------------


async def counted(client: Client) -> float:
    text = await (await client.get("/metrics")).text()
    lines = [line for line in text.splitlines() if line.startswith('lotse_answers_total{channel="web"')]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


async def test_a_message_sent_twice_is_answered_and_counted_once(client: Client) -> None:
    start = (await ask(client, text="Hallo"))["conversation"]
    before = await counted(client)
    first = await ask(client, text=NURSE, conversation=start, message=ID)
    again = await ask(client, text=NURSE, conversation=start, message=ID)
    assert again == first
    assert await counted(client) == before + 1


async def test_a_first_message_whose_answer_got_lost_finds_its_conversation(client: Client) -> None:
    first = await ask(client, text=NURSE, message=ID)
    again = await ask(client, text=NURSE, message=ID)
    assert again["conversation"] == first["conversation"]


async def test_the_same_id_with_other_words_is_another_message(client: Client) -> None:
    first = await ask(client, text=NURSE, message=ID)
    other = await ask(client, text="Kindergeld", message=ID)
    assert other["entry"] == "kindergeld"
    assert other["conversation"] != first["conversation"]


async def test_an_answer_kept_for_a_second_sending_goes_with_its_conversation(client: Client) -> None:
    first = await ask(client, text=NURSE, message=ID)
    await client.delete(f"/api/v1/conversations/{first['conversation']}")
    again = await ask(client, text=NURSE, message=ID)
    assert again["conversation"] != first["conversation"]


def test_answers_are_kept_for_an_hour_and_not_more_than_there_is_room() -> None:
    now = 1000.0
    kept = Answered(lambda: now)
    for number in range(5000):
        kept.keep(f"message {number}", ("Kindergeld",), "key", b"answer")
    assert kept.find("message 0", ("Kindergeld",)) is None
    assert kept.find("message 4999", ("Kindergeld",)) is not None
    now += 3601
    kept.keep("message", ("Kindergeld",), "key", b"answer")
    assert kept.find("message 4999", ("Kindergeld",)) is None
    assert len(kept._kept) == 1


@pytest.mark.parametrize("message", ["short", "with spaces in it....", "x" * 65, 'a"b' * 8])
async def test_a_message_id_is_random_text(client: Client, message: str) -> None:
    response = await client.post("/api/v1/ask", json={"text": "Hallo", "message": message})
    assert response.status == 400
    assert "message" in (await response.json())["error"]["message"]


# --- feedback ---------------------------------------------------------------------------------------------


async def test_feedback_is_counted_by_day_entry_language_and_what(client: Client, desk: Desk) -> None:
    for body in (
        {"entry": "kindergeld", "language": "ar", "helpful": True},
        {"entry": "kindergeld", "language": "ar", "helpful": True},
        {"entry": "kindergeld", "language": "fa-AF", "helpful": False},
        {"entry": "jobcenter-leipzig", "language": "de", "wrong": "hours"},
    ):
        assert (await client.post("/api/v1/feedback", json=body)).status == 204
    await desk.flush()
    assert await desk.store.load_feedback(1) == [
        ("kindergeld", "ar", "helpful", 2),
        ("jobcenter-leipzig", "de", "wrong-hours", 1),
        ("kindergeld", "fa", "unhelpful", 1),
    ]
    assert 'lotse_feedback_total{what="wrong-hours"} 1.0' in await (await client.get("/metrics")).text()


BAD_FEEDBACK = [
    ({"entry": "gibt-es-nicht", "language": "de", "helpful": True}, 404),
    ({"entry": "dsm-sachsen", "language": "de", "helpful": True}, 404),
    ({"entry": "kindergeld", "language": "xx", "helpful": True}, 400),
    ({"entry": "kindergeld", "language": "de"}, 400),
    ({"entry": "kindergeld", "language": "de", "helpful": True, "wrong": "phone"}, 400),
    ({"entry": "kindergeld", "language": "de", "wrong": "everything"}, 400),
    ({"entry": "kindergeld", "language": "de", "helpful": "yes"}, 400),
    ({"entry": "kindergeld", "language": "de", "helpful": True, "text": "words"}, 400),
]  # fmt: skip


async def test_feedback_takes_no_words(client: Client) -> None:
    for body, status in BAD_FEEDBACK:
        assert (await client.post("/api/v1/feedback", json=body)).status == status


# --- limits -----------------------------------------------------------------------------------------------


async def test_who_asks_too_fast_is_asked_to_wait_in_the_own_language(client: Client) -> None:
    first = await ask(client, text="کورس زبان آلمانی", language="fa")
    for _ in range(30):
        response = await client.post(
            "/api/v1/ask", json={"text": "سلام", "language": "fa", "conversation": first["conversation"]}
        )
        if response.status != 200:
            break
    assert response.status == 429
    assert int(response.headers["Retry-After"]) in (1, 2)
    error = (await response.json())["error"]
    assert (error["status"], error["language"]) == (429, "fa")
    assert any("\u0600" <= letter <= "\u06ff" for letter in error["message"])
    other = await ask(client, text="Kindergeld")
    assert other["decision"] == "answer"
    assert "lotse_requests_limited_total 1.0" in await (await client.get("/metrics")).text()


async def test_people_who_load_pages_too_fast_get_a_page(client: Client) -> None:
    limits = client.app[LIMITS]  # type: ignore[union-attr]
    limits.addresses = Buckets(burst=2, rate=0.01)
    statuses = [(await client.get("/q/kindergeld?language=tr")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = await client.get("/q/kindergeld?language=tr", headers={"Accept": "text/html"})
    assert response.content_type == "text/html"
    assert int(response.headers["Retry-After"]) >= 1
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/static/icon.svg")).status == 200


# --- other origins ----------------------------------------------------------------------------------------


async def test_the_listed_origin_may_ask_delete_and_read_when_to_come_back(client: Client) -> None:
    for path, method in (
        ("/api/v1/ask", "POST"), ("/api/v1/feedback", "POST"), ("/api/v1/conversations/x", "DELETE"),
        ("/api/v1/texts", "GET"),
    ):  # fmt: skip
        headers = {
            "Origin": ORIGIN, "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type",
        }  # fmt: skip
        response = await client.options(path, headers=headers)
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert method in response.headers["Access-Control-Allow-Methods"].split(", ")
        assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"
    response = await client.post("/api/v1/ask", json={"text": "Hallo"}, headers={"Origin": ORIGIN})
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


LOOK_ALIKES = [
    "null", "", "https://stadt.example.evil", "https://evil-stadt.example", "https://sub.stadt.example",
    "http://stadt.example", "https://stadt.example:444", "https://STADT.example", "https://stadt.example/",
    "https://stadt.example, https://evil.example", "https://stadt.example.", "https://stadt.exampl",
    "https://stadt.example\t", "*", "https://stadt.example@evil.example",
]  # fmt: skip


async def test_look_alikes_of_the_listed_origin_get_nothing(client: Client) -> None:
    for origin in LOOK_ALIKES:
        for response in (
            await client.options("/api/v1/ask", headers={"Origin": origin}),
            await client.get("/api/v1/languages", headers={"Origin": origin}),
        ):
            names = {name for name in response.headers if name.startswith("Access-Control")}
            # White space around a header's value does not belong to it (RFC 9110).
            assert not names or origin.strip() == ORIGIN
            assert "Origin" in response.headers["Vary"]


async def test_credentials_are_never_allowed(client: Client) -> None:
    for path in ("/api/v1/languages", "/widget.js", "/", "/static/icon.svg", "/nichts"):
        response = await client.get(path, headers={"Origin": ORIGIN, "Cookie": "a=b"})
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Set-Cookie" not in response.headers


async def test_pages_are_not_shared_with_other_origins(client: Client) -> None:
    for path in ("/", "/q/kindergeld", "/metrics", "/healthz"):
        response = await client.get(path, headers={"Origin": ORIGIN})
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_only_embed_may_be_framed_by_listed_origins(client: Client) -> None:
    def ancestors(response: Any) -> str:
        policy = str(response.headers["Content-Security-Policy"])
        return policy.partition("frame-ancestors ")[2].partition(";")[0]

    embed = await client.get("/embed?language=ar")
    assert ancestors(embed) == f"'self' {ORIGIN}"
    assert "X-Frame-Options" not in embed.headers
    assert '<html lang="ar" dir="rtl">' in await embed.text()
    for path in ("/", "/q/kindergeld", "/nichts"):
        assert ancestors(await client.get(path)) == "'self'"
    assert ancestors(await client.get("/api/v1/languages")) == "'none'"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Stadt.Example/", "https://stadt.example"),
        ("https://stadt.example:443", "https://stadt.example"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(given: str, kept: str) -> None:
    assert load_settings({"LOTSE_ORIGINS": given}).origins == (kept,)


@pytest.mark.parametrize(
    "given", ["*", "null", "stadt.example", "https://*.example", "https://a.example/path", "https://a:b"]
)
def test_an_origin_that_browsers_never_send_is_a_wrong_setting(given: str) -> None:
    with pytest.raises(SettingsError, match="LOTSE_ORIGINS"):
        load_settings({"LOTSE_ORIGINS": given})


def test_proxies_and_limits_are_settings() -> None:
    found = load_settings({"LOTSE_PROXIES": "127.0.0.1, 10.0.0.0/8", "LOTSE_RATE": "off"})
    assert [str(network) for network in found.proxies] == ["127.0.0.1/32", "10.0.0.0/8"]
    assert not found.rate
    for name, value in (("LOTSE_PROXIES", "proxy"), ("LOTSE_RATE", "fast")):
        with pytest.raises(SettingsError, match=name):
            load_settings({name: value})


# --- headers ----------------------------------------------------------------------------------------------


EVERYWHERE = [
    ("/", 200), ("/embed", 200), ("/q/kindergeld", 200), ("/nichts", 404), ("/api/v1/nichts", 404),
    ("/api/v1/ask", 405), ("/api/v1/languages", 200), ("/static/icon.svg", 200), ("/widget.js", 200),
    ("/healthz", 200), ("/metrics", 200), ("/q/kindergeld/qr.svg", 200), ("/static/../api.py", 404),
    ("/static/%2e%2e/api.py", 404), ("/static//etc/passwd", 404), ("/static/.hidden", 404),
]  # fmt: skip


async def test_every_response_is_protected(client: Client) -> None:
    for path, status in EVERYWHERE:
        response = await client.get(path)
        assert response.status == status
        headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert headers["Cache-Control"]
        assert headers["Server"] == "Lotse"


async def test_without_https_there_is_no_hsts(restarted: Client) -> None:
    assert "Strict-Transport-Security" not in (await restarted.get("/")).headers


async def test_answers_are_never_kept_by_caches(client: Client) -> None:
    response = await client.post("/api/v1/ask", json={"text": "Hallo"})
    assert response.headers["Cache-Control"] == "no-store"
    assert (await client.get("/?q=Kindergeld")).headers["Cache-Control"] == "no-store"


async def test_what_seldom_changes_is_sent_once(client: Client) -> None:
    for path in ("/api/v1/languages", "/openapi.json", "/api/v1/texts?language=ar"):
        first = await client.get(path)
        assert first.headers["Cache-Control"].startswith("public, max-age=")
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")
    other = await client.get("/api/v1/texts?language=uk", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status == 200


async def test_static_files_last_only_under_the_version_they_have(client: Client) -> None:
    from assistant.channels.web.keys import ASSETS

    version = client.app[ASSETS].version()  # type: ignore[union-attr]
    lasting = await client.get(f"/static/{version}/icon.svg")
    assert lasting.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for path in ("/static/icon.svg", f"/static/{'0' * 12}/icon.svg", "/static/icon.svg?v=old"):
        response = await client.get(path)
        assert response.status == 200
        assert "immutable" not in response.headers["Cache-Control"]
    known = await client.get("/static/icon.svg", headers={"If-None-Match": lasting.headers["ETag"]})
    assert known.status == 304


async def test_long_json_and_scripts_travel_compressed(client: Client) -> None:
    for path in ("/api/v1/texts", "/widget.js", "/openapi.json"):
        small = await client.get(path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in small.headers["Vary"]
        plain = await client.get(path, headers={"Accept-Encoding": "gzip;q=0, br"})
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(await small.read()) == await plain.read()
    assert "Content-Encoding" not in (await client.get("/healthz")).headers


async def test_head_says_what_get_would(client: Client) -> None:
    for path in ("/", "/widget.js", "/api/v1/texts", "/q/kindergeld", "/healthz", "/nichts"):
        head, get = await client.head(path), await client.get(path)
        assert head.status == get.status
        assert await head.read() == b""
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


# --- what is logged and counted ---------------------------------------------------------------------------

MARKERS = {
    "text": "Markerwort Kindergeld", "language": "marker-tag", "conversation": "marker-key",
    "state": "marker-state", "choice": None, "message": "marker-message-id-0001",
}  # fmt: skip


async def test_neither_log_nor_metrics_hold_words_addresses_or_agents(
    desk: Desk, settings: Settings, aiohttp_client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client: Client = await aiohttp_client(server.build_app(desk, replace(settings, log="debug")))
    caplog.set_level(logging.DEBUG)
    headers = {
        "User-Agent": "marker-agent", "Referer": "https://marker.example/", "X-Forwarded-For": "203.0.113.77",
        "Accept-Language": "marker", "Origin": "https://marker.example", "Cookie": "marker=1",
        "X-Marker": "marker",
    }  # fmt: skip
    with structlog.testing.capture_logs() as lines:
        await client.post("/api/v1/ask", json=MARKERS, headers=headers)
        await client.post("/api/v1/ask", json={**MARKERS, "marker": 1}, headers=headers)
        await client.post("/api/v1/feedback", json={"entry": "marker"}, headers=headers)
        await client.delete("/api/v1/conversations/marker-key", headers=headers)
        for path in (
            "/marker?marker=marker",
            "/q/marker",
            "/?q=marker",
            "/api/v1/entries/marker?language=marker",
        ):
            await client.get(path, headers=headers)
        kept, client.app[CONVERSATIONS].load = client.app[CONVERSATIONS].load, None  # type: ignore[union-attr]
        assert (await client.post("/api/v1/ask", json=MARKERS, headers=headers)).status == 500
        client.app[CONVERSATIONS].load = kept  # type: ignore[union-attr]
    metrics = await (await client.get("/metrics")).text()
    # The test server writes an access log of its own; Lotse's has none (server.run_web).
    logged = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    written = json.dumps([lines, logged]) + metrics
    assert "marker" not in written.lower()
    assert "203.0.113.77" not in written
    assert "127.0.0.1" not in written
    requests = [line for line in lines if line["event"] == "request"]
    assert {frozenset(line) for line in requests} == {
        frozenset({"event", "log_level", "route", "status", "milliseconds"})
    }
    assert {(line["route"], line["status"]) for line in requests} >= {
        ("/api/v1/ask", 200), ("/api/v1/ask", 400), ("/api/v1/ask", 500), ("other", 404), ("/q/{id}", 404),
        ("/api/v1/conversations/{key}", 204),
    }  # fmt: skip
    assert [line["error"] for line in lines if line["log_level"] == "error"] == ["TypeError"]
    assert 'lotse_requests_total{route="other",status="404"} 1.0' in metrics


async def test_metrics_tell_the_state_of_the_knowledge(client: Client, desk: Desk) -> None:
    text = await (await client.get("/metrics")).text()
    entries = sum(1 for _ in desk.assistant.knowledge.public_entries())
    assert f"lotse_knowledge_entries {entries}.0" in text
    assert "lotse_database_ready 1.0" in text
    assert "process_resident_memory_bytes" in text


# --- bad intentions ---------------------------------------------------------------------------------------


EVIL_TEXTS = [
    "a" * 2000, "a\u0301" * 1000, "\u0301" * 2000, "(" * 2000, "((a+)+)+" * 200, "Deutschkurs" * 180,
    "\u202e" * 2000, "a " * 1000, "9" * 2000, "ﷺ" * 2000, "٣" * 2000, "ß" * 2000, "🧑\u200d🧒" * 500,
    "\n" * 1999 + "a",
    "x" * 28 + "!", "%s%n" * 500, "\ufeff" * 2000, "e" * 300 + "@" * 300, "İ" * 2000,
]  # fmt: skip


async def test_evil_texts_are_answered_like_others(client: Client) -> None:
    for text in EVIL_TEXTS:
        response = await client.post("/api/v1/ask", json={"text": text})
        assert response.status == 200
        assert (await response.json())["decision"] in ("fallback", "choose", "answer")


BAD_BODIES = [
    (b'{"text": "' + b"a" * 40_000 + b'"}', 413),
    (b'{"text": "' + "\u0301".encode() * 100_000 + b'"}', 413),
    (b'{"text": "' + b"a" * 2001 + b'"}', 400),
    (b"[" * 16_000, 400),
    (b'{"text":' * 1900 + b"1" + b"}" * 1900, 400),
    (b'{"text": "a", "position": {"latitude": NaN, "longitude": 1}}', 400),
    (b'{"text": "a", "position": {"latitude": 1e999, "longitude": 1}}', 400),
    (b'{"text": "a", "position": {"latitude": 91, "longitude": 1}}', 400),
    (b'{"text": "a", "position": [51, 12]}', 400),
    (b'{"text": "a", "state": 5}', 400),
    (b'{"text": "a", "state": "' + b"x" * 4001 + b'"}', 400),
    (b'{"text": "a", "x\\ny": 1}', 400),
    (b'{"text": "a", "text": 5}', 400),
    (b'\xef\xbb\xbf{"text": "Kindergeld"}', 400),
    (b'{"text": "a"} trailing', 400),
    ('{"text": "a"}'.encode("utf-16"), 400),
]  # fmt: skip


async def test_bad_bodies_are_refused_in_words(client: Client) -> None:
    for body, status in BAD_BODIES:
        response = await client.post("/api/v1/ask", data=body)
        assert response.status == status
        error = (await response.json())["error"]
        assert error["status"] == status
        assert error["message"]


async def test_a_compressed_bomb_is_refused(client: Client) -> None:
    bomb = gzip.compress(b'{"text": "' + b"a" * 10_000_000 + b'"}')
    response = await client.post("/api/v1/ask", data=bomb, headers={"Content-Encoding": "gzip"})
    assert response.status in (400, 413)


STRANGE_HEADERS = [
    {"Accept-Language": "x" * 5000}, {"Accept-Language": ",".join(["de;q=0.1"] * 800)},
    {"Accept-Language": "\u00ff\u00fe"}, {"Accept-Encoding": "gzip;q=x, *;q=0,,;"},
    {"X-Forwarded-For": "1.1.1.1," * 500}, {"If-None-Match": '"' * 1000}, {"Content-Type": "x" * 1000},
    {"Accept": "text/html;" * 500}, {"Range": "bytes=5-1"}, {"Expect": "nonsense"},
    {"Origin": "\u00ff" * 100},
]  # fmt: skip


async def test_strange_headers_never_break_anything(client: Client) -> None:
    for headers in STRANGE_HEADERS:
        for path in ("/", "/api/v1/texts", "/static/icon.svg", "/nichts"):
            assert (await client.get(path, headers=headers)).status < 500
        assert (await client.post("/api/v1/ask", data=b'{"text": "a"}', headers=headers)).status < 500


@pytest.mark.parametrize(
    "language", ["xx", "de-" + "a" * 32, "..", "-", "ar_", "zh-Hant-TW-x-private", "\u0661", "i"]
)
async def test_any_language_tag_is_taken(client: Client, language: str) -> None:
    assert (await ask(client, text="Kindergeld", language=language))["entry"] == "kindergeld"
    assert (await client.get("/api/v1/texts", params={"language": language})).status == 200


async def test_a_body_that_never_arrives_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.channels.web.api.BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b'POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"text": ')
    line = await asyncio.wait_for(reader.readline(), 5)
    assert b" 408 " in line
    writer.close()


async def test_a_connection_without_a_request_is_closed(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.3)
    async with server.run_web(desk, settings) as url:
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(sent)
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
