"""Being told about news: only who says yes twice, until they say stop.

Buttons: `stay:<topic>` asks, `stay:<topic>:yes` agrees, `stop:<topic>` ends it. A topic is `events` or the
id of an event.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.channels.telegram.chat import Chat
from assistant.rendering.telegram import Button, button

EVENTS = "events"
"""The topic of all events."""


def offer(chat: Chat, topic: str) -> Iterable[tuple[Button, ...]]:
    """Return the row that offers to be told about a topic; none in groups."""
    if chat.is_group:
        return
    found = button(f"🔔 {chat.sentence('stay_informed').value}", f"stay:{topic}")
    if found:
        yield (found,)


async def stay(chat: Chat, value: str) -> None:
    """Ask whether to write about a topic, and remember the yes."""
    topic, _, said = value.partition(":")
    name = _name(chat, topic)
    if name is None:
        return chat.say("renewed")
    if said != "yes":
        agree = button(chat.sentence("stay_yes").value, f"stay:{topic}:yes")
        return chat.say("stay_ask", ((agree,),) if agree else ())
    await chat.desk.store.add_opt_in(chat.key, str(chat.id), topic, chat.language)
    end = button(chat.sentence("stay_stop").value, f"stop:{topic}")
    chat.say("stay_set", ((end,),) if end else (), topic=name)


async def stop(chat: Chat, value: str) -> None:
    """End the messages about a topic, also about one that is gone."""
    await chat.desk.store.remove_opt_in(chat.key, value)
    chat.say("stay_ended", topic=_name(chat, value) or value)


def _name(chat: Chat, topic: str) -> str | None:
    """What a topic is called; None for one that does not exist."""
    if topic == EVENTS:
        return chat.sentence("command_events").value
    entry = chat.assistant.knowledge.public(topic)
    return chat.assistant.composer.title(chat.language, entry).value if entry else None
