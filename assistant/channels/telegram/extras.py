"""What Telegram can do with an answer beyond text: call, map, calendar, where am I, feedback, news."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import urlencode

from telegram import Message as TelegramUpdateMessage

from assistant.answers.calendar import calendar_file
from assistant.answers.dates import has_dates
from assistant.answers.reply import Contact, Reply
from assistant.channels.telegram import informing
from assistant.channels.telegram.chat import Chat
from assistant.channels.telegram.keyboards import button_data, deep_link, location_keyboard, without
from assistant.knowledge.model import Entry, Event, Organization
from assistant.rendering.bidi import isolate_runs
from assistant.rendering.telegram import Button, Rows, button, render_sentence

MOST_CONTACTS = 2
"""Contacts of an answer that get a button; more would hide what the person asked."""
MOST_PHONES = 2

_FEEDBACK = {"yes": "helpful", "no": "unhelpful"}
Press = Callable[[Chat, str], Awaitable[None]]


def extras(chat: Chat, reply: Reply) -> Iterable[tuple[Button, ...]]:
    """Return the rows of buttons below a reply that only Telegram has."""
    contacts = _contacts(reply)
    for contact in contacts[:MOST_CONTACTS]:
        found = (
            button(f"📞 {contact.name.value}", f"call:{contact.entry}") if contact.phones else None,
            button(f"🗺 {chat.sentence('map').value}", f"map:{contact.entry}") if _place(contact) else None,
        )
        if row := tuple(b for b in found if b):
            yield row
    if any(map(_place, contacts)):
        yield (Button(f"📍 {chat.sentence('send_location').value}", "near"),)
    entry = chat.assistant.knowledge.public(reply.entry)
    if entry is None or reply.decision == "crisis":
        return
    knowledge = chat.assistant.knowledge
    if has_dates(entry, chat.assistant.now(), knowledge.base.time_zone):
        label = chat.assistant.composer.say(chat.language, "Add to the calendar").value
        yield tuple(b for b in (button(f"📅 {label}", f"ics:{entry.id}"),) if b)
    if isinstance(entry, Event):
        yield from informing.offer(chat, entry.id)
    yield from _sharing(chat, reply, entry)
    yield from _feedback(chat, reply, entry)


def _sharing(chat: Chat, reply: Reply, entry: Entry) -> Rows:
    """Where its address was asked for: the answer in Telegram, for a chat the person picks."""
    if not any(block.type == "share" for block in reply.blocks):
        return ()
    title = chat.assistant.composer.title(reply.language, entry).value
    query = urlencode({"url": deep_link(chat.bot, f"e-{entry.id}"), "text": title})
    return ((Button(f"↗️ {chat.sentence('share').value}", url=f"https://t.me/share/url?{query}"),),)


def _feedback(chat: Chat, reply: Reply, entry: Entry) -> Rows:
    """Whether it helped: below whole answers."""
    if reply.decision != "answer" or any(block.type in ("card", "share") for block in reply.blocks):
        return ()
    question = button(f"{chat.sentence('helpful').value} 👍", f"ok:{entry.id}:yes")
    no = button("👎", f"ok:{entry.id}:no")
    return ((question, no),) if question and no else ()


def _contacts(reply: Reply) -> list[Contact]:
    found = {block.entry: block for block in reply.blocks if isinstance(block, Contact)}
    return list(found.values())


def _place(contact: Contact) -> bool:
    return contact.latitude is not None and contact.longitude is not None


# --- what the buttons do -----------------------------------------------------------------------------------


async def call(chat: Chat, value: str) -> None:
    """Send the phone numbers of a contact as contacts to tap."""
    organization = chat.assistant.knowledge.organization(value)
    if organization is None or not organization.is_public():
        return chat.say("renewed")
    for phone in organization.phones[:MOST_PHONES]:
        chat.call("sendContact", phone_number=phone.number, first_name=organization.title[:64])


async def show_map(chat: Chat, value: str) -> None:
    """Send where a contact is, with a map."""
    organization = chat.assistant.knowledge.organization(value)
    if organization is None or not send_venue(chat, organization):
        chat.say("renewed")


def send_venue(chat: Chat, organization: Organization) -> bool:
    """Collect the place of an organization; return whether it is known."""
    location = organization.locations[0] if organization.locations else None
    if location is None or location.coordinates is None or not organization.is_public():
        return False
    chat.call(
        "sendVenue",
        latitude=location.coordinates.latitude,
        longitude=location.coordinates.longitude,
        title=organization.title,
        address=location.address.line,
    )
    return True


async def calendar(chat: Chat, value: str) -> None:
    """Send the dates of an entry as a calendar file."""
    assistant = chat.assistant
    entry, now = assistant.knowledge.public(value), assistant.now()
    if entry is None or not has_dates(entry, now, assistant.knowledge.base.time_zone):
        return chat.say("renewed")
    file = calendar_file(assistant.knowledge, assistant.translations, chat.language, entry, now)
    title = assistant.composer.title(chat.language, entry)
    chat.call(
        "sendDocument",
        document={"name": f"{entry.id}.ics", "base64": base64.b64encode(file).decode("ascii")},
        caption=isolate_runs(title.value) if title.direction == "rtl" else title.value,
    )


async def ask_location(chat: Chat, value: str) -> None:
    """Offer to send the location; it can also be left."""
    keyboard = location_keyboard(chat.sentence("send_location").value)
    chat.send(render_sentence(chat.sentence("location_ask")), reply_markup=keyboard)


async def feedback(chat: Chat, value: str) -> None:
    """Count whether an answer helped; the question disappears."""
    entry, _, said = value.rpartition(":")
    if chat.assistant.knowledge.public(entry) and said in _FEEDBACK:
        chat.desk.feedback(entry, chat.language, _FEEDBACK[said])
    query = chat.update.callback_query
    pressed = query.message if query else None
    if isinstance(pressed, TelegramUpdateMessage) and button_data(pressed.reply_markup):
        keyboard = without(pressed.reply_markup, "ok:")
        chat.call("editMessageReplyMarkup", message_id=pressed.message_id, reply_markup=keyboard)


PRESSES: Mapping[str, Press] = {
    "call": call,
    "map": show_map,
    "ics": calendar,
    "near": ask_location,
    "ok": feedback,
}
"""Buttons that answer with something else than a reply, by the first part of their data."""
