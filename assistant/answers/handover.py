"""Hand-over to people: who fits the topic and the language, and a German message to send them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from assistant.answers.compose import Composer
from assistant.answers.reply import Draft, Paragraph, Reply
from assistant.knowledge.model import Entry, Knowledge, Organization
from assistant.language.tags import language_name, primary
from assistant.language.translations import N_

InTurn = Callable[[Iterable[str]], list[str]]
MOST = 3
TOPIC_CONTACTS = 2
"""Contacts of the topic that are named before those who help with everything."""
ADVISING = ("counselling", "women", "health", "migrant_organization", "network", "employment")
"""Kinds of organizations that talk with people; offices decide."""

_LEAD = N_("These people can help you. Below is a German message you can copy and send:")
_DRAFT = N_("Hello, I need advice on this topic: {topic}. Can you give me an appointment? Thank you.")
_DRAFT_OPEN = N_("Hello, I need advice. Can you give me an appointment? Thank you.")
_SPEAKS = N_("I speak {name} and only a little German.")


def hand_over(composer: Composer, language: str, topic: Entry | None, situation: Sequence[str] = ()) -> Reply:
    """Reply with the two or three contacts that fit best and a message to copy.

    `topic`: the entry the conversation is about. `situation`: German sentences about the person's
    facets; nothing else goes into the message.
    """
    ids = contacts_for(composer.knowledge, composer.in_turn, language, topic)
    entries = composer.knowledge.entries
    lead = Paragraph(composer.say(language, _LEAD), "lead")
    contacts = (composer.contact(language, entries[i]) for i in ids)
    draft = message(composer, language, topic, situation)
    reply = composer.talk(language, "person")
    choices = (composer.back_to(language, topic),) if topic else ()
    return replace(reply, blocks=(lead, *contacts, draft), choices=choices, entries=tuple(ids))


def contacts_for(knowledge: Knowledge, in_turn: InTurn, language: str, topic: Entry | None) -> list[str]:
    """Return the ids of the best contacts: of the topic first, then those for everything.

    Who speaks the language comes before who may not; who advises before who decides.
    """
    spoken = primary(language)

    def rank(entry_id: str) -> tuple[bool, bool, bool]:
        organization = knowledge.organization(entry_id)
        if organization is None:
            return (True, True, True)
        return (
            spoken not in (knowledge.base.source_language, *organization.languages),
            organization.kind not in ADVISING,
            organization.check_first is not None,
        )

    best = sorted(_people(knowledge, in_turn, _of_topic(knowledge, topic)), key=rank)[:TOPIC_CONTACTS]
    general = sorted(_people(knowledge, in_turn, knowledge.base.default_contacts), key=rank)
    return list(dict.fromkeys((*best, *general)))[:MOST]


def _of_topic(knowledge: Knowledge, topic: Entry | None) -> Iterable[str]:
    """The contacts of an entry; when it is a contact itself, that one; then those of broader entries."""
    seen: set[str] = set()
    while topic is not None and topic.id not in seen:
        seen.add(topic.id)
        if isinstance(topic, Organization):
            yield topic.id
        yield from (*topic.contacts, *getattr(topic, "responsible", ()))
        topic = knowledge.entries.get(topic.broader) if topic.broader else None


def _people(knowledge: Knowledge, in_turn: InTurn, ids: Iterable[str]) -> list[str]:
    """Organizations that can help; for a guide to several of them, the one whose turn it is."""
    found: list[str] = []
    for entry_id in in_turn(ids):
        if knowledge.organization(entry_id) is not None:
            found.append(entry_id)
        else:
            others = (i for i in in_turn(knowledge.entries[entry_id].contacts) if i not in found)
            found += [i for i in others if _can_help(knowledge, i)][:1]
    return [i for i in dict.fromkeys(found) if _can_help(knowledge, i)]


def _can_help(knowledge: Knowledge, entry_id: str) -> bool:
    """Whether people can turn to an organization: it is no emergency number and can be reached."""
    organization = knowledge.organization(entry_id)
    if organization is None or not organization.is_public() or organization.kind == "emergency":
        return False
    return organization.is_reachable()


def message(composer: Composer, language: str, topic: Entry | None, situation: Sequence[str] = ()) -> Draft:
    """Return a German message about a topic; no name, nothing the person wrote."""
    german = composer.knowledge.base.source_language
    if topic is None:
        sentences = [composer.say(german, _DRAFT_OPEN).value]
    else:
        sentences = [composer.say(german, _DRAFT, topic=f"„{topic.title}“").value]
    sentences += situation
    spoken = primary(language)
    if spoken != german:
        sentences.append(composer.say(german, _SPEAKS, name=language_name(spoken, german)).value)
    meaning = composer.title(language, topic) if topic else composer.say(language, _DRAFT_OPEN)
    heading = composer.say(language, "Message to copy")
    return Draft(heading, composer.german_text(" ".join(sentences)), meaning)
