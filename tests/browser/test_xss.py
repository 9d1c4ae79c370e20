"""Words of people, of the knowledge base and of hosts are never markup: nothing of them runs or loads.

Two ways are looked at: the real pages with their Content-Security-Policy and Trusted Types, and the same HTML
without any policy. The first is what people get; the second says whether the escaping alone would hold.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, Page, Route
from yarl import URL

from assistant.app import build_assistant
from assistant.settings import Settings
from tests.browser.audit import load_checks
from tests.browser.chat import ASK, Chat, embedding, strict
from tests.browser.harness import Host, embeddable, in_thread, serving, visiting
from tests.browser.hostile import write_hostile_entries
from tests.browser.payloads import CANARY, PAYLOADS
from tests.conftest import NOON, SMALL

BATCH = 48
HEAR_HITS = (
    """Object.defineProperty(window, '__hit', {set: () => console.error(`hit at ${location.href}`)});"""
)
T = TypeVar("T")


def batches(items: Sequence[T], size: int = BATCH) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def served(folder: Path, host: Host, hostile: bool) -> Iterator[tuple[str, list[str]]]:
    """A server with the small knowledge base; hostile: with entries that hold all payloads, too."""
    shutil.copytree(SMALL, folder / "knowledge")
    (folder / "locales").mkdir()
    ids = write_hostile_entries(folder / "knowledge") if hostile else []
    settings = Settings(
        knowledge=folder / "knowledge",
        locales=folder / "locales",
        port=0,
        database=f"sqlite+aiosqlite:///{folder}/lotse.sqlite",
        secret="for tests only",
        cache=None,
    )
    assistant = build_assistant(settings, lambda: NOON)
    with in_thread(lambda: serving(assistant, embeddable(settings, host))) as address:
        yield address, ids


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[str]:
    """The address of a server with a small and honest knowledge base."""
    with served(tmp_path_factory.mktemp("honest"), host, hostile=False) as (address, _):
        yield address


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, host: Host) -> Iterator[tuple[str, list[str]]]:
    """The address of a server whose knowledge base holds every payload, and the ids of the entries."""
    with served(tmp_path_factory.mktemp("hostile"), host, hostile=True) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def tab(
    browser: Browser, honest: str, hostile: tuple[str, list[str]], host: Host, troubles: list[str]
) -> AsyncIterator[Page]:
    """A watched tab; a hit, a dialog, a request to somebody else fail the test."""
    async with visiting(browser, troubles, honest, hostile[0], host.origin) as page:
        await page.context.add_init_script(HEAR_HITS)
        yield page
    assert troubles == []


async def suspects(page: Page) -> list[str]:
    """What on the page a text has become that was taken as markup."""
    await load_checks(page)
    found: list[str] = await page.evaluate(f"checks.suspects(document, '{CANARY}')")
    return found


OWN_FILES = re.compile(r'<link rel="(?:icon|stylesheet)"[^<>]*>|<script [^<>]*src="/[^<>]*></script>')
"""What Lotse's own pages load; without a server of Lotse there is nothing to load."""


async def show_without_policy(page: Page, host: Host, documents: Sequence[str]) -> list[str]:
    """Show documents in frames without any policy, several in each; return what is suspicious in them."""
    found: list[str] = []
    await page.goto(host.url("<!doctype html><title>frames</title>"))
    await load_checks(page)
    joined = ["".join(OWN_FILES.sub("", document) for document in batch) for batch in batches(documents, 12)]
    for batch in batches(joined, 24):
        found += await page.evaluate(
            """async ([documents, canary]) => {
              const frames = documents.map((text) => {
                const frame = document.createElement('iframe');
                frame.srcdoc = text;
                const loaded = new Promise((done) => frame.addEventListener('load', done));
                document.body.append(frame);
                return [frame, loaded];
              });
              const late = new Promise((done) => setTimeout(done, 9000));
              await Promise.race([Promise.all(frames.map(([, loaded]) => loaded)), late]);
              const found = frames.flatMap(([frame]) => frame.contentDocument
                ? checks.suspects(frame.contentDocument, canary) : ['a page that went elsewhere']);
              frames.forEach(([frame]) => frame.remove());
              return found;
            }""",
            [list(batch), CANARY],
        )
    return found


def test_there_are_enough_payloads_and_none_twice() -> None:
    assert len(PAYLOADS) >= 300
    assert len(set(PAYLOADS)) == len(PAYLOADS)


async def test_payloads_that_are_not_escaped_are_noticed(browser: Browser, honest: str, host: Host) -> None:
    """Proof that the tests below would see an execution: the same payloads, as markup."""
    noticed: list[str] = []
    async with visiting(browser, noticed, honest, host.origin) as page:
        await page.context.add_init_script(HEAR_HITS)
        found = await show_without_policy(page, host, [f"<p title={text}>{text}" for text in PAYLOADS[:60]])
        await page.wait_for_timeout(300)
    assert sum("hit at" in line for line in noticed) >= 20
    assert sum(CANARY in line for line in noticed) >= 5
    assert len(found) >= 50


async def test_the_api_answers_with_json_that_no_browser_takes_for_a_page(honest: str) -> None:
    async with ClientSession(honest) as session:
        for number, text in enumerate(PAYLOADS):
            body: dict[str, Any] = {"text": text}
            # Then the same where only Lotse's own values are expected, and in fields nobody knows.
            strange: dict[str, Any] = [
                {"text": "Hilfe", "language": text[:35]}, {"choice": text[:100]},
                {"text": "Hilfe", "conversation": text[:64]}, {"text": "Hilfe", text: text},
                {"text": "Hilfe", "event": text}, {"text": {text: text}}, {"text": "Hilfe", "state": text},
            ][number % 7]  # fmt: skip
            for sent in (body, strange):
                async with session.post("/api/v1/ask", json=sent) as response:
                    _is_plain_json(response.status, response.headers, sent)
            query = urlencode({"language": text})
            for path in (f"/api/v1/texts?{query}", f"/api/v1/entries/{quote(text, safe='')}?{query}"):
                async with session.get(URL(path, encoded=True)) as response:
                    _is_plain_json(response.status, response.headers, text)


def _is_plain_json(status: int, headers: Any, sent: object) -> None:
    assert status in (200, 400, 404, 422, 429), (status, sent)
    assert headers["Content-Type"].startswith("application/json"), sent
    assert headers["X-Content-Type-Options"] == "nosniff", sent


def _header(text: str) -> dict[str, str]:
    """The payload as a header may carry it."""
    return {"Accept-Language": "".join(letter for letter in text if 31 < ord(letter) < 127)}


async def test_pages_escape_what_an_address_and_a_form_bring(tab: Page, honest: str, host: Host) -> None:
    documents: list[str] = []
    fields = ("q", "language", "choice", "conversation", "state", "beside", "at", "event", "utm", "position")
    async with ClientSession(honest) as session:
        for number, text in enumerate(PAYLOADS):
            others = [PAYLOADS[(number + place) % len(PAYLOADS)] for place in range(len(fields))]
            query = urlencode(dict(zip(fields, others, strict=True)))
            asked = urlencode({"q": text, "language": "de"})
            paths = (
                f"/?{asked}", f"/?{query}", f"/q/anerkennung?{query.replace('q=', 'x=', 1)}",
                f"/q/{quote(text, safe='')}", f"/{quote(text, safe='/:')}", f"/?{urlencode({text: text})}",
            )  # fmt: skip
            for path in paths:
                async with session.get(URL(honest + path, encoded=True), headers=_header(text)) as response:
                    assert response.status < 500, path
                    documents.append(await response.text())
            async with session.post("/", data={"q": text, "language": text, "choice": text}) as response:
                assert response.status < 500, text
                documents.append(await response.text())
    markup = list(dict.fromkeys(d for d in documents if "<html" in d))
    assert len(markup) >= 3 * len(PAYLOADS)
    assert await show_without_policy(tab, host, markup) == []


async def test_questions_by_address_are_shown_as_text(tab: Page, honest: str) -> None:
    """The real page with its policy, several payloads in one question."""
    for path in _joined("/?language=de&q="):
        await tab.goto(honest + path)
        assert await suspects(tab) == [], path
    value = await tab.locator("main input[name=q]").input_value()
    assert value and value in "  ".join(PAYLOADS), "the question stands in its field as it was written"


def _joined(start: str, longest: int = 290) -> list[str]:
    """Addresses with as many payloads as a question may hold."""
    found: list[str] = []
    words: list[str] = []
    for text in PAYLOADS:
        if words and len("  ".join([*words, text])) > longest:
            found.append(start + quote("  ".join(words), safe=""))
            words = []
        words.append(text)
    return [*found, start + quote("  ".join(words), safe="")]


@pytest.mark.parametrize(
    "path", [f"//{CANARY}/", f"//{CANARY}/q/x", f"/q/{CANARY}", f"/\\{CANARY}/", "/%2f%2fx"]
)
async def test_an_address_never_makes_links_to_another_place(tab: Page, honest: str, path: str) -> None:
    await tab.goto(honest + path)
    assert await suspects(tab) == []


async def test_a_form_is_answered_as_text(tab: Page, honest: str) -> None:
    for batch in batches(PAYLOADS, 60):
        await tab.goto(f"{honest}/?language=de")
        await tab.locator("main input[name=q]").fill("  ".join(batch)[:300])
        await tab.keyboard.press("Enter")
        await tab.locator("article").first.wait_for()
        assert await suspects(tab) == []


async def test_entries_that_hold_attacks_are_shown_as_text(
    tab: Page, hostile: tuple[str, list[str]], host: Host
) -> None:
    address, ids = hostile
    documents: list[str] = []
    async with ClientSession(address) as session:
        for entry in ids:
            async with session.get(f"/q/{entry}?language=de") as response:
                assert response.status == 200, entry
                documents.append(await response.text())
            async with session.get(f"/q/{entry}/qr.svg") as response:
                documents.append(await response.text())
    assert await show_without_policy(tab, host, documents) == []

    for path in ("/?language=de", "/?language=tr", *(f"/q/{entry}?language=de" for entry in ids[::8])):
        await tab.goto(address + path)
        assert await suspects(tab) == [], path
        blocks = await tab.locator("script[type='application/ld+json']").all_text_contents()
        for block in blocks:
            json.loads(block)


async def test_attacks_in_entries_are_text_in_the_widget(
    tab: Page, hostile: tuple[str, list[str]], host: Host
) -> None:
    address, ids = hostile
    async with ClientSession(address) as session:
        replies = []
        for entry in ids:
            async with session.get(f"/api/v1/entries/{entry}?language=de") as response:
                replies.append(await response.json())
    chat = Chat(tab)
    await tab.goto(host.url(embedding(address, "de"), strict(address)))
    await chat.open()
    shown = await ask_with_replies(chat, host, ["Hilfe"] * len(replies), replies)
    assert await suspects(tab) == []
    titles = {b["text"]["value"] for r in replies for b in r["blocks"] if b.get("role") == "title"}
    assert len(titles) > 50
    assert all(plain(title) in shown for title in titles)


async def test_questions_in_the_widget_are_shown_as_text(tab: Page, honest: str, host: Host) -> None:
    chat = Chat(tab)
    await tab.goto(host.url(embedding(honest, "de"), strict(honest)))
    await chat.open()
    async with ClientSession(honest) as session, session.get("/api/v1/entries/wohnung") as response:
        reply = await response.json()
    reply["blocks"] = reply["blocks"][:1]
    shown = await ask_with_replies(chat, host, PAYLOADS, [reply])
    for text in PAYLOADS:
        assert plain(text) in shown, text
    assert await suspects(tab) == []


async def ask_with_replies(
    chat: Chat, host: Host, questions: Sequence[str], replies: Sequence[dict[str, Any]]
) -> str:
    """Send questions by the form of the widget; replies are given in turn. Returns the text of the log."""
    given = iter(range(len(questions)))

    async def reply(route: Route) -> None:
        body = {"conversation": "c" * 22, "chosen": None, "state": "s"}
        body |= replies[next(given) % len(replies)]
        headers = {"Access-Control-Allow-Origin": host.origin}
        await route.fulfill(json=body, headers=headers)

    await chat.page.route(ASK, reply)
    missing = await chat.page.evaluate(
        """async (questions) => {
          const root = document.querySelector('lotse-chat').shadowRoot;
          const log = root.querySelector('[role=log]'), missing = [];
          for (const question of questions) {
            const input = root.querySelector('form input, form textarea');
            const before = log.childElementCount;
            input.value = question;
            input.dispatchEvent(new Event('input', {bubbles: true}));
            input.form.requestSubmit();
            const end = Date.now() + 5000;
            while (log.childElementCount < before + 2 && Date.now() < end)
              await new Promise((done) => setTimeout(done, 4));
            if (log.childElementCount < before + 2) { missing.push(question); break; }
          }
          return missing;
        }""",
        list(questions),
    )
    await chat.page.unroute(ASK, reply)
    assert missing == [], "each question is shown and answered"
    return plain(str(await chat.log.text_content()))


def plain(text: str) -> str:
    """The text without spaces: fields of one line trim them, a byte order mark and null bytes."""
    return re.sub(r"[\s\ufeff\0]", "", text)


def poisoned(value: Any, texts: Iterator[str]) -> Any:
    """The same JSON with payloads in place of all its texts; only types and levels stay as they are."""
    if isinstance(value, dict):
        kept = ("type", "state", "kind", "role", "decision")
        return {key: one if key in kept else poisoned(one, texts) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, texts) for one in value]
    return next(texts) if isinstance(value, str) else value


async def test_a_server_that_was_taken_over_cannot_run_anything_in_the_widget(
    tab: Page, honest: str, hostile: tuple[str, list[str]], host: Host
) -> None:
    """Payloads in every text, address, id, language and direction the API gives, also in the sentences."""
    address, ids = hostile
    texts = cycle(PAYLOADS)
    async with ClientSession(address) as session:
        async with session.get("/api/v1/texts?language=de") as response:
            sentences = await response.json()
        async with session.get("/api/v1/languages") as response:
            languages = await response.json()
        kinds = []
        for entry in (ids[0], ids[1], "anerkennung"):
            async with session.get(f"/api/v1/entries/{entry}?language=de") as response:
                kinds.append(await response.json())
    choices = [{"id": "x", "label": {"language": "de", "value": "x", "state": "source"}}] * 5
    replies = [
        {**poisoned({**kind, "choices": choices}, texts), "conversation": "c" * 22} for kind in kinds * 5
    ]

    async def poison(route: Route) -> None:
        whole = sentences if "/texts" in route.request.url else languages
        headers = {"Access-Control-Allow-Origin": host.origin}
        await route.fulfill(json=poisoned(whole, texts), headers=headers)

    await tab.context.route("**/api/v1/texts*", poison)
    await tab.context.route("**/api/v1/languages", poison)
    chat = Chat(tab)
    await tab.goto(host.url(embedding(address, "de"), strict(address)))
    await chat.open()
    await ask_with_replies(chat, host, ["Hilfe"] * len(replies), replies)
    await load_checks(tab)
    assert await tab.evaluate("checks.suspects(document)") == []


ATTRIBUTES = ("language", "color", "position", "launcher", "label", "height")


async def test_what_a_host_writes_into_attributes_is_no_markup(tab: Page, honest: str, host: Host) -> None:
    """Each payload in each attribute of `<lotse-chat>`."""
    chats = []
    for text in PAYLOADS:
        attributes = " ".join(f'{name}="{html.escape(text)}"' for name in ATTRIBUTES)
        chats.append(f"<lotse-chat inline {attributes}></lotse-chat>")
    for batch in batches(chats, 83):
        page = embedding(honest, "de").replace("</main>", "".join(["</main>", *batch]))
        await tab.goto(host.url(page, strict(honest)))
        await tab.wait_for_function(
            """(count) => {
              const chats = [...document.querySelectorAll('lotse-chat')];
              const said = (chat) => chat.shadowRoot?.querySelector('[role=log]')?.childElementCount;
              return chats.filter(said).length >= count;
            }""",
            arg=len(batch),
        )
        assert await suspects(tab) == []


async def test_what_a_host_writes_into_its_script_tag_and_address_is_no_markup(
    tab: Page, honest: str, host: Host
) -> None:
    texts = cycle(PAYLOADS)
    frames = []
    for _ in range(len(PAYLOADS) // len(ATTRIBUTES) + 1):
        values = [html.escape(next(texts)) for _ in ATTRIBUTES]
        language, *others = values
        named = {f"data-{name}": value for name, value in zip(ATTRIBUTES[1:], others, strict=True)}
        page = host.page(embedding(honest, language, **named), strict(honest))
        frames += [f'<iframe src="{page}#{quote(next(texts))}"></iframe>']
        frames += [f'<iframe src="{page}#q={quote(next(texts))}&amp;lang={quote(next(texts))}"></iframe>']
    for batch in batches(frames, 28):
        await tab.goto(host.url("<!doctype html><title>frames</title>" + "".join(batch)))
        await load_checks(tab)
        found = await tab.evaluate(
            """async (canary) => {
              const all = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument);
              const part = (d, name) => d.querySelector('lotse-chat')?.shadowRoot?.querySelector(name);
              const until = async (is) => {
                for (const end = Date.now() + 9000; Date.now() < end;) {
                  if (is()) return true;
                  await new Promise((done) => setTimeout(done, 20));
                }
                return false;
              };
              if (!await until(() => all.every((d) => part(d, '[part~=launcher]')))) return ['no launcher'];
              for (const d of all) d.querySelector('lotse-chat').open();
              if (!await until(() => all.every((d) => part(d, '[role=log]')?.childElementCount)))
                return ['no greeting'];
              return all.flatMap((d) => checks.suspects(d, canary));
            }""",
            CANARY,
        )
        assert found == []


async def test_the_languages_of_a_browser_are_no_markup(browser: Browser, honest: str) -> None:
    """Chromium sends what it is told to; the page shows the language Lotse speaks."""
    noticed: list[str] = []
    for text in ("<svg onload=__hit=1>", '"><script>__hit=1</script>'):
        async with visiting(browser, noticed, honest, extra_http_headers=_header(text)) as page:
            await page.context.add_init_script(HEAR_HITS)
            await page.goto(honest)
            assert await page.locator("html").get_attribute("lang") == "de"
            assert await suspects(page) == []
    assert noticed == []


async def test_trusted_types_and_a_policy_without_exceptions_are_on(honest: str) -> None:
    async with ClientSession(honest) as session:
        for path in ("/", "/q/anerkennung", "/nowhere", "/kiosk", "/embed"):
            async with session.get(path) as response:
                policy = response.headers["Content-Security-Policy"]
                assert "require-trusted-types-for 'script'" in policy, path
                assert "default-src 'none'" in policy, path
                assert "unsafe" not in policy, path
