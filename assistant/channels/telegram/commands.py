"""The commands. Each is one function of the chat; commands of paths come from the knowledge base."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

from assistant.answers import facts
from assistant.answers.dates import next_start
from assistant.channels.telegram import informing
from assistant.channels.telegram.answering import answer
from assistant.channels.telegram.chat import Chat
from assistant.channels.telegram.keyboards import deep_link, languages_keyboard
from assistant.dialogue.state import Message
from assistant.knowledge.model import Entry, Event
from assistant.language.tags import negotiate
from assistant.rendering.telegram import Button, Rows, TelegramMessage, button, render_sentence

Command = Callable[[Chat], Awaitable[None]]
MOST_EVENTS = 8
PRIVACY = ("telegram", "words", "unanswered", "counts", "feedback", "rights")
"""What of the privacy page (pages/about.py) holds for Telegram."""


async def start(chat: Chat) -> None:
    """Greet and show all languages; `/start e-<entry>`, `ev-<event>` and `p-<path>` open what they name.

    A language may stand at the end (`ev-fair-ar`, for posters). What nobody knows begins as usual: a link
    on an old poster is no mistake of the person.
    """
    kind, _, name = (chat.arguments[0] if chat.arguments else "").partition("-")
    name, language = _linked(chat, kind, name)
    language = chat.conversation.language or language  # what a person chose counts more than a poster
    chat = chat.speaking(language or chat.language)
    choice = _opened(chat, kind, name)
    if choice is not None and not chat.is_group:
        await answer(chat, Message(choice=choice, language=language))
        return
    if chat.is_group:
        return alone(chat, "group")
    welcome, languages = chat.sentence("welcome"), chat.sentence("choose_language")
    html = f"{render_sentence(welcome).html}\n\n{render_sentence(languages).html}"
    chat.send(TelegramMessage(html, languages_keyboard(chat.assistant.languages, chat.language)))


async def help_(chat: Chat) -> None:
    """Say what Lotse can do, with the paths as buttons."""
    if chat.is_group:
        return alone(chat, "group")
    paths = chat.assistant.guide.entrances(chat.language)
    chat.say("help", _rows(button(choice.label.value, choice.id) for choice in paths))


async def language(chat: Chat) -> None:
    """Offer the languages."""
    chat.say("choose_language", languages_keyboard(chat.assistant.languages, chat.language))


async def person(chat: Chat) -> None:
    """Name people to talk to."""
    await answer(chat, Message(choice="person"))


async def german(chat: Chat) -> None:
    """Show the last answer in German."""
    entry = chat.assistant.knowledge.public(chat.conversation.entry)
    if entry is None or chat.is_group:
        return chat.say("no_last")
    await answer(chat, Message(choice=f"de:{entry.id}"))


async def events(chat: Chat) -> None:
    """Name the next events; where none has a date, offer to tell when there is one."""
    knowledge, now = chat.assistant.knowledge, chat.assistant.now()
    found = [e for e in knowledge.public_entries() if isinstance(e, Event)]
    dated = [(start, e) for e in found if (start := next_start(e, now, knowledge.base.time_zone))]
    dated.sort(key=lambda pair: (pair[0], pair[1].id))
    labels = [(e, f"{facts.date(start.date(), chat.language)}: {_title(chat, e)}") for start, e in dated]
    without = [(e, _title(chat, e)) for e in found if e not in [event for _, event in dated]]
    shown = (labels or without)[:MOST_EVENTS]
    rows = _rows(button(label, f"e:{entry.id}") for entry, label in shown)
    chat.say("events" if labels else "no_events", (*rows, *informing.offer(chat, informing.EVENTS)))


async def privacy(chat: Chat) -> None:
    """Say what is kept, and offer to delete it."""
    html = "\n\n".join(render_sentence(chat.sentence(f"privacy_{name}")).html for name in PRIVACY)
    chat.send(TelegramMessage(html, _rows([button(chat.sentence("command_forget").value, "forget")])))


async def forget(chat: Chat) -> None:
    """Delete what is kept about this chat."""
    await chat.forget()
    chat.say("forgotten")


async def path(chat: Chat, command: str) -> bool:
    """Begin the path with a command; return whether there is one."""
    for found in chat.assistant.knowledge.paths.values():
        if found.command == command:
            if chat.is_group:
                alone(chat, f"p-{found.id}")
            else:
                await answer(chat, Message(choice=f"p:{found.id}"))
            return True
    return False


def alone(chat: Chat, payload: str) -> None:
    """Say how Lotse answers in groups, with a button that asks it alone."""
    label = chat.sentence("inline_title").value
    chat.say("in_group", ((Button(label, url=deep_link(chat.bot, payload)),),))


COMMANDS: Mapping[str, Command] = {
    "start": start,
    "help": help_,
    "language": language,
    "events": events,
    "person": person,
    "german": german,
    "privacy": privacy,
    "forget": forget,
}
"""Commands with a function of their own; the menu of Telegram shows them with those of the paths."""


def _opened(chat: Chat, kind: str, name: str) -> str | None:
    """The button a deep link stands for; None when it names nothing that exists."""
    knowledge = chat.assistant.knowledge
    if kind == "p":
        return f"p:{name}" if name in knowledge.paths else None
    entry: Entry | None = knowledge.public(name) if kind in ("e", "ev") else None
    return f"e:{entry.id}" if entry else None


def _linked(chat: Chat, kind: str, name: str) -> tuple[str, str | None]:
    """The name in a deep link and the language behind it, where the whole is no name itself."""
    before, _, tag = name.rpartition("-")
    if not before or _opened(chat, kind, name):
        return name, None
    found = negotiate([tag], chat.assistant.languages)
    return (before, found) if found else (name, None)


def _title(chat: Chat, entry: Entry) -> str:
    return chat.assistant.composer.title(chat.language, entry).value


def _rows(buttons: Iterable[Button | None]) -> Rows:
    """One button per row."""
    return tuple((found,) for found in buttons if found)
