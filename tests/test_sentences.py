"""Several questions in one message: the first is answered, the others are offered."""

from __future__ import annotations

import pytest

from assistant.dialogue.state import Message
from assistant.language.sentences import questions_of
from assistant.pipeline import Assistant


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Wo ist das Jobcenter? Was kostet der Kurs?", 2),
        ("وين الجوب سنتر؟ كم سعر الكورس؟", 2),
        ("Wo ist das Jobcenter\nund was kostet ein Sprachkurs", 2),
        ("Ich bin Krankenschwester. Wie lange dauert die Anerkennung?", 0),
        ("Geht das? Oder nicht?", 0),
        ("", 0),
    ],
)
def test_questions_are_parted_at_question_marks_and_lines(text: str, parts: int) -> None:
    assert len(questions_of(text)) == parts


def test_the_first_question_is_answered_and_the_other_offered(assistant: Assistant) -> None:
    text = "Wie melde ich mein Kind in der Kita an? Und wo kann ich meinen Führerschein umschreiben?"
    reply = assistant.respond(Message(text)).reply
    assert reply.entry == "kita-kindergarten" or "kita" in (reply.entry or "")
    assert any("fuehrerschein" in choice.id for choice in reply.choices)
