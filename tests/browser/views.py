"""What is looked at: every page, every view of the widget, in every language Lotse speaks."""

from __future__ import annotations

from typing import Any

import yaml

from assistant.pipeline import Assistant
from tests.browser.chat import Chat
from tests.conftest import ROOT

LANGUAGES = tuple(sorted(p.parent.name for p in (ROOT / "knowledge/languages").glob("*/language.yaml")))
THOROUGH = ("ar", "de", "ti", "vi")
"""Looked at in dark and forced colours too: right to left, the source, another script, many diacritics."""

PROCEDURE = "pflegefachkraft"
CONTACT = "jobcenter-leipzig"
PATH = "recognition"

MAIN_PAGES = (
    "/",
    f"/q/{PROCEDURE}",
    f"/q/{CONTACT}",
    f"/path/{PATH}",
    "/kiosk",
    "/languages",
)
"""Looked at in every language."""

MORE_PAGES = (
    f"/q/{PROCEDURE}?beside=de",
    f"/path/{PATH}?at=beruf",
    "/?q=Deutschkurs",
    "/?q=Hilfe+mein+Mann+schlägt+mich",
    "/?q=qwrtzqwrtz",
    "/a11y",
    "/privacy",
    "/embed",
    "/nowhere",
)
"""Looked at in the thorough languages."""


def dangers() -> dict[str, str]:
    """A cry for help in each language that has some."""
    texts: dict[str, str] = {}
    for path in (ROOT / "tests/dangers").glob("*.yaml"):
        known = yaml.safe_load(path.read_text())
        if path.stem in LANGUAGES and known["alarm"]:
            texts[path.stem] = known["alarm"][0]
    return texts


def address_of(path: str, language: str) -> str:
    """The path of a page in a language."""
    return f"{path}{'&' if '?' in path else '?'}language={language}"


async def hold_conversation(chat: Chat, language: str, assistant: Assistant) -> list[dict[str, Any]]:
    """Bring everything Lotse can say into one conversation; return the replies.

    A procedure with its German beside it, a contact, an event, choices, a person to talk to, a step of a
    path, and an emergency.
    """
    answer = await chat.choose(f"e:{PROCEDURE}")
    assert {"steps", "documents", "facts", "sources"} <= {block["type"] for block in answer["blocks"]}
    for tool in answer["tools"]:
        if tool["id"].startswith("de:"):
            count = await chat.messages.count()
            await chat.press(tool["label"]["value"])
            await chat.shows(count + 1)
    contact = await chat.choose(f"e:{CONTACT}")
    assert "contact" in {block["type"] for block in contact["blocks"]}
    events = [entry.id for entry in assistant.knowledge.public_entries() if entry.type == "event"]
    told = [await chat.choose(f"e:{event}") for event in events[:1]]
    choices = await chat.choose("e:gibt-es-nicht-mehr")
    assert choices["choices"]
    person = await chat.choose("person")
    path = await chat.choose(f"p:{PATH}")
    assert path["station"]
    danger = await chat.say(dangers().get(language, dangers()["de"]))
    assert danger["decision"] == "crisis"
    return [answer, contact, *told, choices, person, path, danger]


async def show_card(chat: Chat) -> None:
    """Open the German card to show at a counter."""
    answer = await chat.choose(f"e:{PROCEDURE}")
    count = await chat.messages.count()
    label = next(tool["label"]["value"] for tool in answer["tools"] if tool["id"].startswith("card:"))
    await chat.press(label)
    await chat.messages.nth(count).or_(chat.widget.locator("dialog[open]")).first.wait_for()
