"""A question in, the right answer out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.answers.reply import Contact, Facts, GermanPhrases, Items, Notice, Paragraph, Sources
from assistant.dialogue.state import Conversation, Message
from assistant.pipeline import Assistant, Turn

Ask = Callable[..., Turn]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Wie lasse ich mein Pflege-Diplom anerkennen?", "pflegefachkraft"),
        ("بدي اعرف كيف اعادل شهادة التمريض", "pflegefachkraft"),
        ("Jobcenter Leipzig Adresse", "jobcenter-leipzig"),
        ("şefim beni işten çıkardı, kündigung aldım", "kuendigung"),
        ("Was ist der Unterschied zwischen B1 und B2?", "sprachniveaus-ger"),
        ("How do I apply for child benefit?", "kindergeld"),
        ("چطور گواهینامه رانندگی ام را تبدیل کنم", "fuehrerschein"),
        ("як відкрити банківський рахунок", "bankkonto"),
    ],
)
def test_questions_find_their_entry(ask: Ask, text: str, entry: str) -> None:
    assert entry in ask(text).ranking.entries[:3]


def test_a_course_with_childcare_is_found_in_ukrainian(ask: Ask) -> None:
    turn = ask("потрібен курс німецької з дитсадком")
    assert turn.reply.language == "uk"
    assert "kinderbetreuung-im-kurs" in turn.ranking.entries[:3]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wo finde ich einen Deutschkurs in der Nähe", "de"),
        ("where can I learn German for free", "en"),
        ("وين فيني اتعلم الماني ببلاش", "ar"),
        ("من چطور میتوانم کورس آلمانی پیدا کنم", "fa"),
        ("nerede ücretsiz almanca öğrenebilirim", "tr"),
        ("де можна безкоштовно вчити німецьку", "uk"),
        ("ich brauche Termin im Ausländerbehörde bitte schnell", "de"),
        ("Jobcenter'e nasıl başvuru yapabilirim", "tr"),
        ("انا عندي Duldung هل يسمح لي بالعمل", "ar"),
    ],
)
def test_the_reply_is_in_the_language_of_the_message(ask: Ask, text: str, language: str) -> None:
    assert ask(text).reply.language == language


def test_a_single_german_word_does_not_flip_the_chosen_language(ask: Ask) -> None:
    assert ask("Jobcenter", language="ar").reply.language == "ar"
    assert ask("Duldung", language="uk").reply.language == "uk"


def test_a_clear_message_in_another_language_is_answered_in_it(ask: Ask) -> None:
    assert ask("де можна безкоштовно вчити німецьку мову", language="de").reply.language == "uk"


def test_an_answer_carries_everything_a_person_needs(ask: Ask) -> None:
    reply = ask("Wie lasse ich mein Pflege-Diplom anerkennen?").reply
    kinds = {type(block) for block in reply.blocks}
    assert {Paragraph, Items, Facts, Contact, GermanPhrases, Sources} <= kinds
    (sources,) = [b for b in reply.blocks if isinstance(b, Sources)]
    assert "Geprüft am" in sources.assured.value


def test_what_is_asked_for_comes_first(ask: Ask) -> None:
    reply = ask("Welche Unterlagen brauche ich für die Anerkennung als Pflegefachkraft?").reply
    assert reply.entry == "pflegefachkraft"
    kinds = [block.type for block in reply.blocks]
    assert kinds.index("documents") < kinds.index("steps")


def test_machine_translations_say_so_in_one_line(ask: Ask) -> None:
    reply = ask("بدي اعرف كيف اعادل شهادة التمريض").reply
    assert [b.kind for b in reply.blocks if isinstance(b, Notice)] == ["unreviewed"]
    assert {t.language for b in reply.blocks if isinstance(b, Items) for t in b.items} == {"ar"}


def test_german_readers_see_no_translation_notice(ask: Ask) -> None:
    reply = ask("Wie lasse ich mein Pflege-Diplom anerkennen?").reply
    assert not [b for b in reply.blocks if isinstance(b, Notice)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "🙂",
        "asdfgh qwertz",
        "xx" * 500,
        "Rezept für Apfelkuchen",
        "wie wird das wetter morgen",
    ],
)
def test_what_lotse_does_not_know_names_people(ask: Ask, text: str) -> None:
    reply = ask(text).reply
    assert reply.decision == "fallback"
    assert [b for b in reply.blocks if isinstance(b, Contact)]
    assert reply.choices


@pytest.mark.parametrize("text", ["Hallo", "مرحبا", "дякую", "teşekkürler", "Who are you?", "سلام"])
def test_small_talk_is_answered_kindly(ask: Ask, text: str) -> None:
    reply = ask(text).reply
    assert reply.decision == "choose"
    assert any(isinstance(b, Paragraph) and b.role == "lead" for b in reply.blocks)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Hilfe mein Mann schlägt mich", "notruf-110"),
        ("زوجي عم يضربني", "notruf-110"),
        ("kocam beni dövüyor yardım edin", "notruf-110"),
        ("чоловік мене б'є допоможіть", "notruf-110"),
        ("شوهرم مرا می زند", "notruf-110"),
        ("my husband is beating me", "notruf-110"),
        ("ich will nicht mehr leben", "telefonseelsorge"),
        ("mein Kind hat Putzmittel getrunken", "giftnotruf-erfurt"),
        ("meine Wohnung brennt", "notruf-112"),
    ],
)
def test_dangers_bring_the_right_number(ask: Ask, text: str, first: str) -> None:
    reply = ask(text).reply
    assert reply.decision == "crisis"
    assert reply.entry == first
    assert any(isinstance(b, GermanPhrases) for b in reply.blocks)


@pytest.mark.parametrize(
    "text",
    [
        "Mein Vertrag wurde gekillt", "Diese Bürokratie bringt mich um", "Wie melde ich mich beim Arzt an",
        "Feuerwehrmann Anerkennung", "Ich bin Notfallsanitäter, wo Anerkennung",
        "Die Kündigung war ein Schlag für mich",
        "course for emergency paramedics", "Giftstoffe Kurs Schädlingsbekämpfer",
    ],
)  # fmt: skip
def test_ordinary_questions_raise_no_alarm(ask: Ask, text: str) -> None:
    assert ask(text).reply.decision != "crisis"


def test_a_conversation_remembers_language_and_entry(assistant: Assistant) -> None:
    first = assistant.respond(Message(choice="lang:tr"))
    assert first.conversation.language == "tr"
    second = assistant.respond(Message("Jobcenter"), first.conversation)
    assert second.reply.language == "tr"
    assert second.conversation.entry == second.reply.entry


def test_the_memory_of_the_last_entry_fades(assistant: Assistant) -> None:
    import datetime as dt

    now = assistant.now()
    state = Conversation("de", "kindergeld", now - dt.timedelta(minutes=11))
    assert state.recent_entry(now) is None
    assert Conversation("de", "kindergeld", now).recent_entry(now) == "kindergeld"


def test_old_details_say_so(assistant: Assistant) -> None:
    entry = assistant.knowledge.entries["willkommenszentrum-leipzig"]
    contact = assistant.composer.contact("de", entry)
    assert any("2021" in note.value for note in contact.notes)
    assert all(hours.state == "unknown" for hours in contact.hours)


def test_phones_are_isolated_in_every_language(assistant: Assistant) -> None:
    for language in assistant.languages:
        contact = assistant.composer.contact(language, assistant.knowledge.entries["notruf-110"])
        assert contact.phones[0].label.value.startswith("\u2066110\u2069")
