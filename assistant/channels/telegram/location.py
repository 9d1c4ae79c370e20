"""A location is used once, to sort addresses by distance; it is never stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assistant.answers.distance import kilometres
from assistant.channels.telegram.answering import answer
from assistant.channels.telegram.chat import Chat
from assistant.channels.telegram.extras import send_venue
from assistant.channels.telegram.keyboards import NO_KEYBOARD
from assistant.dialogue.state import Message
from assistant.knowledge.model import Coordinates, Entry, Organization
from assistant.rendering.telegram import render_sentence, render_telegram

NEAREST = 3
"""Addresses that are named."""


async def locate(chat: Chat) -> None:
    """Name the nearest addresses of what was asked last; without a question, ask for one."""
    if chat.is_group or chat.message is None or chat.message.location is None:
        return
    sent = chat.message.location
    here = Coordinates(latitude=sent.latitude, longitude=sent.longitude)
    assistant = chat.assistant
    entry = assistant.knowledge.public(chat.conversation.recent_entry(assistant.now()))
    if entry is None:
        chat.memory.positions.keep(chat.key, here)
        return _say(chat, "location_thanks")
    nearest = _nearest(chat, entry, here)
    if not nearest:
        _say(chat, "location_none")
        await answer(chat, Message(choice=f"e:{entry.id}"))
        return
    _say(chat, "location_near")
    composer = assistant.composer.reading(chat.key, here)
    for organization in nearest:
        contact = composer.contact(chat.language, organization)
        reply = replace(composer.talk(chat.language, "person"), blocks=(contact,), choices=())
        for part in render_telegram(reply):
            chat.send(part)
        send_venue(chat, organization)


def _say(chat: Chat, name: str) -> None:
    """Say a sentence and take the button for the location away."""
    chat.send(render_sentence(chat.sentence(name)), reply_markup=NO_KEYBOARD)


def _nearest(chat: Chat, entry: Entry, here: Coordinates) -> list[Organization]:
    """The contacts of an entry whose place is known, nearest first."""
    found = {o.id: (kilometres(here, place), o) for o, place in _places(chat, entry)}
    return [organization for _, organization in sorted(found.values(), key=lambda p: (p[0], p[1].id))][
        :NEAREST
    ]


def _places(chat: Chat, entry: Entry) -> Iterable[tuple[Organization, Coordinates]]:
    ids = (entry.id, *getattr(entry, "responsible", ()), *entry.contacts, *getattr(entry, "providers", ()))
    for entry_id in ids:
        organization = chat.assistant.knowledge.organization(entry_id)
        if organization is None or not organization.is_public():
            continue
        for location in organization.locations[:1]:
            if location.coordinates is not None:
                yield organization, location.coordinates
