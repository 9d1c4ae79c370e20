"""Conversations as data (tests/dialogues): what is said, what passes, and what must come back.

A turn says something (`say`) or presses a button (`press`), after some minutes (`wait`), in a chosen
language (`language_chosen`). Then: `entry`, `decision` and `language` are the reply's; `blocks` and
`choices` must be among its own, `without` must not; `shows` and `hides` are words of the reply;
`not_entry` and `not_decision` rule one out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.answers.handover import contacts_for
from assistant.answers.reply import Contact, Draft
from assistant.dialogue.followups import FollowUps
from assistant.dialogue.state import Conversation, Message
from assistant.pipeline import Assistant
from assistant.rendering.plain import render_plain
from tests.conftest import NOON

DIALOGUES = Path(__file__).parent / "dialogues"
FIELDS = {
    "say", "press", "wait", "language_chosen", "entry", "decision", "language", "blocks", "choices",
    "without", "shows", "hides", "not_entry", "not_decision",
}  # fmt: skip


@dataclass
class Clock:
    """A clock that stands still until time passes."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now


def dialogues() -> Iterator[Any]:
    for path in sorted(DIALOGUES.glob("followups-*.yaml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(
                dialogue["turns"], id=f"{path.stem.removeprefix('followups-')}: {dialogue['name']}"
            )


@pytest.mark.parametrize("turns", list(dialogues()))
def test_dialogue(assistant: Assistant, turns: list[dict[str, Any]]) -> None:
    clock = Clock()
    own = replace(assistant, now=clock, composer=replace(assistant.composer, now=clock))
    conversation = Conversation()
    for wanted in turns:
        assert not set(wanted) - FIELDS
        clock.now += dt.timedelta(minutes=wanted.get("wait", 0))
        message = Message(wanted.get("say", ""), wanted.get("press"), wanted.get("language_chosen"))
        turn = own.respond(message, conversation)
        conversation = turn.conversation
        check(wanted, turn.reply)


def check(wanted: dict[str, Any], reply: Any) -> None:
    """Compare a reply with what a turn of a dialogue wants."""
    for name in ("entry", "decision", "language"):
        assert getattr(reply, name) == wanted.get(name, getattr(reply, name)), (name, wanted)
        assert getattr(reply, name) != wanted.get(f"not_{name}", "-"), (name, wanted)
    blocks = {block.type for block in reply.blocks}
    assert set(wanted.get("blocks", ())) <= blocks, wanted
    assert not set(wanted.get("without", ())) & blocks, wanted
    assert set(wanted.get("choices", ())) <= {choice.id for choice in reply.choices}, wanted
    shown = render_plain(reply)
    assert wanted.get("shows", "") in shown, wanted
    assert wanted.get("hides", "\0") not in shown, wanted


def test_every_reply_can_be_shown_everywhere(assistant: Assistant) -> None:
    """Buttons stay within Telegram's limit, texts know their language."""
    from assistant.rendering.telegram import CALLBACK_LIMIT

    for entry in assistant.knowledge.public_entries():
        for kind in ("de", "card", "share"):
            reply = assistant.respond(Message(choice=f"{kind}:{entry.id}", language="ar")).reply
            assert reply.entry == entry.id
            for choice in (*reply.choices, *reply.tools):
                assert len(choice.id.encode()) <= CALLBACK_LIMIT


def test_no_test_question_is_taken_for_a_follow_up(assistant: Assistant) -> None:
    from assistant.coordination.evaluating import load_questions

    follow_ups = FollowUps(assistant.knowledge)
    for path in sorted((DIALOGUES.parent / "questions").glob("??.yaml")):
        for question in load_questions(path):
            query = assistant.matcher.lexicon.query(question.text)
            spotted = assistant.matcher.ranker.rank(query).spotted
            assert follow_ups.read(query, spotted, None) is None, question.text


def test_a_message_to_send_holds_nothing_the_person_wrote(assistant: Assistant) -> None:
    first = assistant.respond(Message("Mein Name ist Amira Haddad, wie bekomme ich Kindergeld?"))
    reply = assistant.respond(Message(choice="person"), first.conversation).reply
    (draft,) = [b for b in reply.blocks if isinstance(b, Draft)]
    assert "Kindergeld" in draft.text.value
    assert "Amira" not in draft.text.value
    assert draft.text.language == "de"


@pytest.mark.parametrize("language", ["ar", "de", "en", "fa", "ru", "tr", "uk"])
def test_two_or_three_people_for_every_topic(assistant: Assistant, language: str) -> None:
    for entry in assistant.knowledge.public_entries():
        found = contacts_for(assistant.knowledge, assistant.composer.in_turn, language, entry)
        assert 2 <= len(found) == len(set(found)) <= 3, entry.id
        assert all(assistant.knowledge.entries[i].is_public() for i in found)


def test_who_speaks_the_language_comes_first(assistant: Assistant) -> None:
    topic = assistant.knowledge.entries["arbeitsrechte-beratung"]
    found = contacts_for(assistant.knowledge, assistant.composer.in_turn, "ar", topic)
    assert found[0] == "gute-arbeit-in-leipzig"


def test_contacts_of_a_handover_are_cards(assistant: Assistant) -> None:
    reply = assistant.respond(Message(choice="person")).reply
    assert len([b for b in reply.blocks if isinstance(b, Contact)]) in (2, 3)
