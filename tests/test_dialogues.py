"""Whole conversations as data: messages and buttons in, what Lotse answers out.

A file in tests/dialogues holds a list of dialogues: `name`, `turns`, and where the person chose one
`language`. A turn is `say` (words), `press` (the id of a button) or `tap` (the number of a button shown);
`minutes` passes time before it, `chat` names another chat. `expect`: `language`, `decision`, `entry`,
`station`, `blocks` and `choices` (all of these are there), `no_blocks`, `no_choices`, `known` (facets),
`text` (words in the answer).
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml

from assistant.answers.reply import Block, Paragraph, Reply
from assistant.dialogue.state import Conversation, Message
from assistant.language.translations import Text
from assistant.pipeline import Assistant
from assistant.rendering.plain import render_plain
from assistant.rendering.telegram import CALLBACK_LIMIT, MESSAGE_LIMIT, render_telegram
from tests.conftest import NOON, ROOT

FILES = sorted((ROOT / "tests" / "dialogues").glob("paths-*.yaml"))
LANGUAGES = ("ar", "de", "en", "fa", "ru", "tr", "uk")
STEPS = int(os.environ.get("LOTSE_WALK_STEPS", "150"))
"""Steps of the random walk over buttons in each language; `make walk` takes 10,000."""


def dialogues() -> Iterator[Any]:
    """All dialogues, each as a test of its own."""
    for file in FILES:
        for dialogue in yaml.load(file.read_text(), Loader=yaml.BaseLoader):
            yield pytest.param(dialogue, id=f"{file.stem}: {dialogue['name']}")


def kind(block: Block) -> str:
    """What a dialogue calls a block: the role of a text, the type of anything else."""
    return block.role if isinstance(block, Paragraph) else block.type


@pytest.mark.parametrize("dialogue", list(dialogues()))
def test_dialogue(assistant: Assistant, dialogue: dict[str, Any]) -> None:
    chats: dict[str, Conversation] = {}
    shown: dict[str, Reply] = {}
    clock = NOON
    for turn in dialogue["turns"]:
        clock += dt.timedelta(minutes=int(turn.get("minutes", 0)))
        now = at_time(assistant, clock)
        chat = turn.get("chat", "")
        before = chats.get(chat, Conversation(dialogue.get("language")))
        choice = turn.get("press")
        if "tap" in turn:
            choice = shown[chat].choices[int(turn["tap"]) - 1].id
        answered = now.respond(Message(turn.get("say", ""), choice), before)
        chats[chat], shown[chat] = answered.conversation, answered.reply
        compare(answered.reply, answered.conversation, turn.get("expect", {}), turn)


def at_time(assistant: Assistant, clock: dt.datetime) -> Assistant:
    """The assistant at another time."""
    return replace(assistant, composer=replace(assistant.composer, now=lambda: clock), now=lambda: clock)


def compare(reply: Reply, conversation: Conversation, expected: dict[str, Any], turn: Any) -> None:
    """Compare an answer with what a dialogue expects of it."""
    for field in ("language", "decision", "entry", "station"):
        if field in expected:
            assert (getattr(reply, field) or "none") == expected[field], (field, turn)
    kinds, choices = [kind(b) for b in reply.blocks], [c.id for c in reply.choices]
    assert set(expected.get("blocks", ())) <= set(kinds), (kinds, turn)
    assert not set(expected.get("no_blocks", ())) & set(kinds), (kinds, turn)
    assert set(expected.get("choices", ())) <= set(choices), (choices, turn)
    assert not set(expected.get("no_choices", ())) & set(choices), (choices, turn)
    if "known" in expected:
        assert dict(conversation.situation.known) == (expected["known"] or {}), turn
    for words in expected.get("text", ()):
        assert words in render_plain(reply), turn


def test_there_are_enough_dialogues_in_every_language() -> None:
    found = [d for file in FILES for d in yaml.load(file.read_text(), Loader=yaml.BaseLoader)]
    assert len(found) >= 80
    spoken = {t["expect"]["language"] for d in found for t in d["turns"] if "language" in t.get("expect", {})}
    assert spoken >= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_random_walk_over_buttons_never_meets_a_wall(assistant: Assistant, language: str) -> None:
    """Whatever is tapped: no exception, no dead end, no other language, nothing Telegram refuses."""
    chance = random.Random(f"walk {language}")
    conversation = Conversation(language)
    choices: list[str] = ["start"]
    old: list[str] = []
    for step in range(STEPS):
        choice = chance.choice(old) if old and chance.random() < 0.1 else chance.choice(choices)
        turn = assistant.respond(Message(choice=choice), conversation)
        reply, conversation = turn.reply, turn.conversation
        at = (language, step, choice, reply.entry, reply.station)
        assert reply.language == language, at
        assert reply.blocks, at
        assert all(said.language in (language, "de", "en", "und") for said in texts(reply)), at
        assert all(
            c.label.language == language or c.id.startswith("p:who-can-help:") for c in reply.choices
        ), at
        assert len({c.id for c in reply.choices}) == len(reply.choices), at
        assert all(len(c.id.encode()) <= CALLBACK_LIMIT and c.label.value for c in reply.choices), at
        for message in render_telegram(reply):
            assert 0 < len(message.html) <= MESSAGE_LIMIT * 2, at
            assert len(message.buttons) <= 100, at
        if reply.station is not None:
            assert any(c.id == "person" for c in reply.choices), at
        assert reply.choices or any(kind(b) == "contact" for b in reply.blocks), at
        old = [*old[-50:], *choices]
        ways = [c.id for c in reply.choices]
        choices = ways if ways and chance.random() > 0.02 else ["start", *(f"p:{p}" for p in PATHS)]


PATHS = ("recognition", "german-course", "who-can-help")


def texts(reply: Reply) -> Iterator[Text]:
    """The running texts and titles of a reply."""
    for block in reply.blocks:
        if isinstance(block, Paragraph):
            yield block.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_profession_leads_to_its_office(assistant: Assistant, language: str) -> None:
    """The path of every profession ends at an answer, with documents, costs and a body on the way."""
    for concept in assistant.knowledge.concepts.values():
        if concept.kind != "profession":
            continue
        press = f"p:recognition:beruf:{concept.id}"
        conversation = Conversation(language)
        stations = []
        for _ in range(12):
            turn = assistant.respond(Message(choice=press), conversation)
            conversation = turn.conversation
            if turn.reply.station is None:
                break
            stations.append(turn.reply.station.partition(":")[2])
            ids = [c.id for c in turn.reply.choices]
            onward = [
                i for i in ids if i.endswith((":next", ":gelernt:anderes-land", ":bescheid:noch-nicht"))
            ]
            press = onward[0]
        assert stations == [
            "pflicht", "gelernt", "stelle", "unterlagen", "kosten", "ablauf", "beratung", "bescheid",
        ], concept.id  # fmt: skip
        assert turn.reply.decision == "answer", concept.id
        if language != "de":
            continue
        pressed = assistant.respond(Message(choice=f"p:recognition:beruf:{concept.id}"))
        duty = "reglementiert. Um" if concept.recognition and concept.recognition.regulated else "nicht regl"
        assert duty in render_plain(pressed.reply), concept.id
