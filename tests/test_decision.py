"""What is decided: answers, choices, menus of an area, silence on other topics."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.dialogue.state import Message
from assistant.pipeline import Assistant


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("brauche arbeit", "bewerbung-jobsuche"),
        ("дитина", "kita-platz-leipzig"),
        ("iş", "bewerbung-jobsuche"),
        ("my kids", "schule-anmelden-daz"),
    ],
)
def test_a_message_that_names_an_area_and_no_more_gets_its_menu(
    assistant: Assistant, text: str, offered: str
) -> None:
    decision = assistant.respond(Message(text)).decision
    assert decision.name in ("answer", "choose")
    assert offered in decision.entries[:3]


@pytest.mark.parametrize(
    "text",
    [
        "Wie ist der Wechselkurs vom Dollar?",
        "Gesichtserkennung am Handy geht nicht",
        "French course in Paris",
        "who won the football match yesterday",
        "рецепт борщу",
        "bugün hava nasıl olacak",
    ],
)
def test_other_topics_get_no_answer(assistant: Assistant, text: str) -> None:
    assert assistant.respond(Message(text)).decision.name != "answer"


def test_who_may_be_in_danger_is_offered_the_number_first(assistant: Assistant) -> None:
    ranker = assistant.matcher.ranker
    deaf = replace(ranker, weights=replace(ranker.weights, danger=2.0))  # nothing learned raises an alarm
    assistant = replace(assistant, matcher=replace(assistant.matcher, ranker=deaf))
    turn = assistant.respond(Message("grandma chokin on food going blue"))
    assert turn.decision.name != "crisis"
    assert turn.reply.choices[0].id == "e:notruf-112"
