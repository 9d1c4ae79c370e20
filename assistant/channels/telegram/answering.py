"""From a message or a pressed button to the calls that answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from telegram import Message as TelegramUpdateMessage

from assistant.answers.reply import Reply
from assistant.channels.telegram.brief import brief
from assistant.channels.telegram.calls import collect
from assistant.channels.telegram.chat import Chat
from assistant.channels.telegram.extras import extras
from assistant.channels.telegram.keyboards import button_data, deep_link, edit_message
from assistant.dialogue.paths import HERE
from assistant.dialogue.state import Conversation, Message
from assistant.pipeline import Turn
from assistant.rendering.telegram import (
    Button,
    TelegramMessage,
    is_continued,
    render_sentence,
    render_telegram,
)


async def answer(chat: Chat, message: Message, lead: str = "") -> Turn:
    """Answer a message, remember the conversation, and collect what is sent.

    `lead`: name of a sentence said before the answer, such as "edited".
    """
    turn, kept = _turn(chat, message)
    await chat.save(kept)
    chat = chat.speaking(turn.reply.language)
    messages = _rendered(chat, turn.reply)
    if lead or _is_menu_again(chat, message, turn.reply):
        said = render_sentence(chat.sentence(lead or "renewed"))
        messages = [TelegramMessage(f"<i>{said.html}</i>"), *messages]
        if len(messages) == 2 and len("".join(m.html for m in messages)) < 3000:
            messages = [TelegramMessage(f"{messages[0].html}\n\n{messages[1].html}", messages[1].buttons)]
    place = _same_place(chat, message, turn.reply)
    if place is not None and len(messages) == 1:
        collect(edit_message(chat.id, place.message_id, messages[0]))
    else:
        for part in messages:
            chat.send(part)
    return turn


def _turn(chat: Chat, message: Message) -> tuple[Turn, Conversation]:
    """The turn, and the conversation to remember after it."""
    before = Conversation(language=chat.conversation.language) if chat.is_group else chat.conversation
    if message.language is None and before.language is None:
        # A button goes on in the language spoken last, words are read by the phone's.
        spoken = before.spoken if message.choice else None
        message = replace(message, language=spoken or chat.language)
    position = message.position or chat.memory.positions.take(chat.key)
    message = replace(message, conversation=chat.key, position=position)
    turn = chat.desk.answer("telegram", message, before)
    kept = turn.conversation
    if before.language is None and not message.choice and kept.language == message.language:
        kept = replace(kept, language=None)  # the phone's language is no choice
    return turn, kept


def _rendered(chat: Chat, reply: Reply) -> list[TelegramMessage]:
    if not chat.is_group:
        return render_telegram(reply, tuple(extras(chat, reply)))
    payload = f"e-{reply.entry}" if reply.entry else "group"
    alone = Button(chat.sentence("inline_title").value, url=deep_link(chat.bot, payload))
    return render_telegram(brief(reply), ((alone,),))


def _is_menu_again(chat: Chat, message: Message, reply: Reply) -> bool:
    """Whether a button led to the menu because nobody knows it any more."""
    if not message.choice or message.choice.startswith("lang:"):
        return False
    return reply.blocks == chat.assistant.guide.talk(reply.language, "hello").blocks


def _same_place(chat: Chat, message: Message, reply: Reply) -> TelegramUpdateMessage | None:
    """The message a reply takes the place of: who walks a path or says more about themselves stays there.

    None where the message shows something else, or only the end of a long answer.
    """
    query = chat.update.callback_query
    pressed = query.message if query else None
    if not isinstance(pressed, TelegramUpdateMessage) or is_continued(pressed.text or ""):
        return None  # also messages so old that Telegram no longer shows what is in them
    kind, *rest = (message.choice or "").split(":")
    shown = _shown(button_data(pressed.reply_markup))
    walks = kind == "p" and len(rest) > 2 and rest[2] != HERE and f"p:{rest[0]}" in shown
    tells = kind == "f" and bool(shown & _shown_by(reply))
    return pressed if walks or tells else None


def _shown(buttons: Iterable[str]) -> set[str]:
    """The entry and the path a message shows, by the buttons below it."""
    parts = [data.split(":") for data in buttons]
    entries = {f"e:{part[1]}" for part in parts if part[0] in ("card", "share") and len(part) > 1}
    return entries | {
        f"p:{part[1]}" for part in parts if part[0] == "p" and len(part) > 3 and part[3] != HERE
    }


def _shown_by(reply: Reply) -> set[str]:
    entry = {f"e:{reply.entry}"} if reply.entry else set()
    return entry | ({f"p:{reply.station.partition(':')[0]}"} if reply.station else set())
