"""Replies to follow-ups and to the buttons below an answer: a part of it, German beside it, a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answers.compose import Composer
from assistant.answers.handover import hand_over
from assistant.answers.parts import frame, part_blocks
from assistant.answers.reply import Card, Choice, Paragraph, Reply, Share
from assistant.dialogue.followups import FollowUp
from assistant.knowledge.model import Entry, Term
from assistant.language.tags import endonym, language_name, negotiate, primary
from assistant.language.translations import N_

OFFERED = 3
_MISSING = {
    "where": N_("I have no checked address for this. These people can tell you:"),
    "hours": N_("I do not know the opening hours. Please call or look at the website first."),
    "phone": N_("I have no checked phone number for this. These people can help you:"),
    "cost": N_("I have no checked information on the costs. These people can tell you:"),
    "duration": N_("I have no checked information on how long it takes. These people can tell you:"),
    "documents": N_("I have no checked list of documents for this. Ask before you go:"),
    "steps": N_("I have no checked steps for this. These people can help you:"),
}
_SPEAKS = N_("I speak {name} and only a little German.")
_NEED = N_("I need help with this topic: {topic}.")


@dataclass(frozen=True)
class Thread:
    """What a conversation is about: the entry answered last, and the one before."""

    entry: Entry | None = None
    previous: Entry | None = None


def follow(
    composer: Composer, language: str, wanted: FollowUp, thread: Thread, ranked: Sequence[str]
) -> Reply | None:
    """Reply to a follow-up; None when it means nothing here. `ranked`: what the message itself finds."""
    entry = thread.entry
    if wanted.kind == "language":
        return in_language(composer, language, wanted.value, entry)
    if wanted.kind == "term":
        return explain(composer, language, composer.knowledge.glossary[wanted.value], entry, ranked)
    if wanted.kind == "profession":
        path = composer.knowledge.concepts[wanted.value].recognition
        return _whole(composer, language, composer.knowledge.entries[path.entry]) if path else None
    if wanted.value == "person":
        return hand_over(composer, language, entry)
    if entry is None:
        return None
    if wanted.kind == "part":
        return part(composer, language, entry, wanted.value)
    if wanted.value == "more":
        return more(composer, language, entry)
    if wanted.value == "back":
        return (
            _whole(composer, language, thread.previous)
            if thread.previous
            else composer.talk(language, "hello")
        )
    return press(composer, language, "de" if wanted.value == "german" else wanted.value, entry)


def press(composer: Composer, language: str, kind: str, entry: Entry) -> Reply | None:
    """Reply to a button below an answer (`de`, `card`, `share`); None for any other."""
    if kind == "de":
        return german_beside(composer, language, entry)
    if kind == "card":
        return card(composer, language, entry)
    if kind == "share":
        return share(composer, language, entry)
    return None


def part(composer: Composer, language: str, entry: Entry, name: str) -> Reply:
    """Reply with one part of an entry, or say honestly that it is not known."""
    whole = _whole(composer, language, entry)
    found = part_blocks(entry, whole.blocks, name)
    if not found:
        lead = Paragraph(composer.say(language, _MISSING[name]), "lead")
        contacts = [b for b in whole.blocks if b.type == "contact"]
        found = (lead, *(contacts or composer.people(language)))
    everything = Choice(f"e:{entry.id}", composer.say(language, "Everything about this"))
    return replace(whole, blocks=frame(whole.blocks, found), choices=(everything, *whole.choices[:2]))


def more(composer: Composer, language: str, entry: Entry) -> Reply:
    """Reply with the entries around the last one."""
    knowledge = composer.knowledge
    ids = dict.fromkeys((*entry.related, *(e.id for e in knowledge.narrower.get(entry.id, ()))))
    if entry.broader:
        ids[entry.broader] = None
    around = [knowledge.entries[i] for i in ids if i != entry.id and knowledge.entries[i].is_public()]
    if not around:
        return hand_over(composer, language, entry)
    lead = Paragraph(composer.say(language, "There is more on this. Please tap:"), "lead")
    reply = composer.choose(language, [e.id for e in around[: 2 * OFFERED]], 2 * OFFERED, 0.0)
    return replace(reply, blocks=(lead,), choices=(*reply.choices, composer.person_choice(language)))


def in_language(composer: Composer, language: str, tag: str, entry: Entry | None) -> Reply:
    """Reply in a language the person asked for, or say which ones there are."""
    spoken = tuple(composer.knowledge.languages)
    found = negotiate([tag], spoken) if tag else None
    if found:
        return _whole(composer, found, entry) if entry else composer.talk(found, "hello")
    lead = composer.say(language, "Please choose your language:")
    if tag:
        name = language_name(tag, language)
        lead = composer.say(language, "I do not speak {name} yet. Please choose:", name=name)
    reply = composer.talk(language, "hello")
    choices = tuple(Choice(f"lang:{t}", composer.name_of(t, endonym(t))) for t in spoken)
    return replace(reply, blocks=(Paragraph(lead, "lead"),), choices=choices)


def explain(
    composer: Composer, language: str, term: Term, entry: Entry | None, ranked: Sequence[str] = ()
) -> Reply:
    """Reply with the meaning of an office word, and where there is more about it."""
    others = ranked[: OFFERED - 1] if entry is None else ()
    ids = list(dict.fromkeys((term.entry, *others)))
    reply = composer.choose(language, ids, OFFERED, 1.0)
    choices = reply.choices
    if entry is not None:
        own = tuple(c for c in choices if c.id != f"e:{entry.id}")
        choices = (*own, composer.back_to(language, entry))
    text = meaning(composer, language, term)
    return replace(reply, blocks=(text, *composer.translation_notice(language, text.text)), choices=choices)


def meaning(composer: Composer, language: str, term: Term) -> Paragraph:
    """The paragraph that explains an office word; the word itself stays German."""
    text = composer.translations.knowledge_text(language, f"glossary-{term.id}:meaning", term.meaning)
    return Paragraph(text, "term", composer.german_text(term.word))


def german_beside(composer: Composer, language: str, entry: Entry) -> Reply:
    """Reply with the German original of an answer; buttons stay in the reader's language."""
    whole = _whole(composer, language, entry)
    lead = Paragraph(composer.say(language, "The same in German, to show or to compare:"), "lead")
    german = composer.entry_blocks(composer.knowledge.base.source_language, entry)
    back = composer.back_to(language, entry)
    tools = tuple(tool for tool in whole.tools if not tool.id.startswith("de:"))
    return replace(whole, blocks=(lead, *german), choices=(back,), tools=tools)


def card(composer: Composer, language: str, entry: Entry) -> Reply:
    """Reply with a card to show at the counter: what the person needs, in one German sentence."""
    source = composer.knowledge.base.source_language
    phrases = [composer.german_text(phrase) for phrase in entry.german_phrases]
    if not phrases:
        phrases = [composer.say(source, _NEED, topic=f"„{entry.title}“")]
    sentence, *lines = phrases
    spoken = primary(language)
    if spoken != source:
        lines.append(composer.say(source, _SPEAKS, name=language_name(spoken, source)))
    heading = composer.say(language, "Show this at the counter")
    block = Card(heading, sentence, tuple(lines), composer.title(language, entry))
    whole = _whole(composer, language, entry)
    tools = tuple(tool for tool in whole.tools if not tool.id.startswith("card:"))
    return replace(whole, blocks=(block,), choices=(composer.back_to(language, entry),), tools=tools)


def share(composer: Composer, language: str, entry: Entry) -> Reply:
    """Reply with the address of an answer and of its QR code."""
    address = f"{composer.public_url}/q/{entry.id}"
    wish = f"?language={language}"
    heading = composer.say(language, "This answer can be opened at this address:")
    block = Share(heading, address + wish, f"{address}/qr.svg{wish}")
    whole = _whole(composer, language, entry)
    tools = tuple(tool for tool in whole.tools if not tool.id.startswith("share:"))
    title = Paragraph(composer.title(language, entry), "title")
    return replace(whole, blocks=(title, block), choices=(composer.back_to(language, entry),), tools=tools)


def _whole(composer: Composer, language: str, entry: Entry) -> Reply:
    return composer.answer(language, entry, (entry.id,), 1.0)
