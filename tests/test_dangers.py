"""Cries for help are heard, ordinary messages raise no alarm; messages by language in dangers/."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.dialogue.state import Message
from assistant.matching.decision import Decision
from assistant.pipeline import Assistant

FOLDER = Path(__file__).parent / "dangers"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "recorded")
RECORDED = yaml.safe_load((FOLDER / "recorded.yaml").read_text())["languages"]


def decided(assistant: Assistant, text: str) -> Decision:
    return assistant.respond(Message(text)).decision


def test_every_language_has_danger_messages(assistant: Assistant) -> None:
    own = {tag for tag, info in assistant.knowledge.languages.items() if info.variant_of is None}
    assert set(LANGUAGES) == own == set(RECORDED)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_cries_for_help_are_heard(assistant: Assistant, tag: str) -> None:
    messages = yaml.safe_load((FOLDER / f"{tag}.yaml").read_text())["alarm"]
    assert len(messages) >= 30
    missed = [text for text in messages if decided(assistant, text).name != "crisis"]
    assert len(missed) <= RECORDED[tag]["missed"], missed


@pytest.mark.parametrize("tag", LANGUAGES)
def test_messages_that_share_words_with_dangers_raise_no_alarm(assistant: Assistant, tag: str) -> None:
    messages = yaml.safe_load((FOLDER / f"{tag}.yaml").read_text())["harmless"]
    assert len(messages) >= 30
    alarms = [text for text in messages if decided(assistant, text).name == "crisis"]
    assert len(alarms) <= RECORDED[tag]["false_alarms"], alarms


@pytest.mark.parametrize(
    "text",
    [
        "hiiiilfe mein kind atmet nicht",
        "Ich wohne seit drei Jahren in Leipzig und arbeite in einer Bäckerei. " * 6
        + "mein kind atmet nicht mehr hilfe",
    ],
)
def test_drawn_out_letters_and_long_stories_do_not_hide_a_danger(assistant: Assistant, text: str) -> None:
    assert decided(assistant, text).name == "crisis"


def test_a_single_word_is_no_cry_for_help(assistant: Assistant) -> None:
    assert decided(assistant, "mein Kind").name != "crisis"


def test_an_alarm_also_offers_what_else_may_be_meant(assistant: Assistant) -> None:
    reply = assistant.respond(
        Message("sie haben mir den pass weggenommen und zwingen mich zu arbeiten")
    ).reply
    assert reply.decision == "crisis"
    assert reply.blocks and all(choice.id.startswith("e:") for choice in reply.choices)
