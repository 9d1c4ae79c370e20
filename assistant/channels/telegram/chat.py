"""One update as its handler sees it: who writes, in which language, what is remembered of the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from telegram import Message as TelegramUpdateMessage
from telegram import Update
from telegram.constants import ChatType

from assistant.channels.desk import Desk
from assistant.channels.telegram.calls import Call, collect
from assistant.channels.telegram.haste import Haste
from assistant.channels.telegram.keyboards import send_message
from assistant.channels.telegram.positions import Positions
from assistant.channels.texts import PAGE, TELEGRAM, WIDGET
from assistant.dialogue.state import Conversation
from assistant.language.tags import negotiate
from assistant.language.translations import Text
from assistant.pipeline import Assistant
from assistant.rendering.telegram import Rows, TelegramMessage, render_sentence

SENTENCES = {**PAGE, **WIDGET, **TELEGRAM}


@dataclass(frozen=True)
class Memory:
    """What is known of chats in memory only."""

    haste: Haste = field(default_factory=Haste)
    albums: dict[str, str] = field(default_factory=dict)
    """The album of pictures each chat sent last."""
    positions: Positions = field(default_factory=Positions)

    def forget(self, key: str) -> None:
        """Forget a chat."""
        self.haste.forget(key)
        self.albums.pop(key, None)
        self.positions.forget(key)


@dataclass(frozen=True)
class Chat:
    """One update: everything a handler needs to answer it. Handlers collect calls, they never send."""

    desk: Desk
    memory: Memory
    update: Update
    bot: str
    """The bot's user name."""
    id: int
    key: str
    language: str
    """The language to speak: the chosen one, else the phone's, else the source language."""
    conversation: Conversation
    arguments: Sequence[str] = ()
    """What stands behind a command."""

    @property
    def assistant(self) -> Assistant:
        return self.desk.assistant

    @property
    def is_group(self) -> bool:
        """Whether others read along; then nothing personal is asked, said or remembered."""
        chat = self.update.effective_chat
        return chat is not None and chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)

    @property
    def message(self) -> TelegramUpdateMessage | None:
        """The message that was sent, edited, or has the pressed button."""
        return self.update.effective_message

    def speaking(self, language: str) -> Chat:
        """Return the same chat in another language."""
        return replace(self, language=language)

    def sentence(self, name: str, **values: object) -> Text:
        """Return one of the channels' sentences (texts.py) in the language of the chat."""
        return self.assistant.translations.message(self.language, SENTENCES[name], **values)

    def say(self, name: str, rows: Rows = (), **values: object) -> None:
        """Say one of the channels' sentences."""
        self.send(render_sentence(self.sentence(name, **values), rows))

    def send(self, message: TelegramMessage, **options: Any) -> None:
        """Collect a message to this chat; in groups it shows whom it answers."""
        origin = self.message
        if self.is_group and origin is not None and self.update.callback_query is None:
            reply_to = {"message_id": origin.message_id, "allow_sending_without_reply": True}
            options = {"reply_parameters": reply_to, **options}
        if self.is_group and origin is not None and origin.is_topic_message:
            options = {"message_thread_id": origin.message_thread_id, **options}
        collect(send_message(self.id, message, **options))

    def call(self, method: str, durable: bool = True, **payload: Any) -> None:
        """Collect another call of the Bot API for this chat."""
        collect(Call(method, {"chat_id": self.id, **payload}, durable))

    async def save(self, conversation: Conversation) -> None:
        """Remember what the chat is about; of a group only the language it chose."""
        if self.is_group:
            conversation = Conversation(language=conversation.language)
        await self.desk.store.save_conversation(self.key, conversation)

    async def forget(self) -> None:
        """Delete what is kept about the chat."""
        self.memory.forget(self.key)
        await self.desk.store.forget(self.key)


async def open_chat(
    desk: Desk, memory: Memory, update: Update, bot: str, arguments: Sequence[str] = ()
) -> Chat | None:
    """Return the chat of an update with what is remembered of it; None when it belongs to none."""
    chat = update.effective_chat
    if chat is None:
        return None
    key = desk.store.key("telegram", str(chat.id))
    conversation = await desk.store.load_conversation(key)
    language = wished_language(desk.assistant, conversation.language, update)
    return Chat(desk, memory, update, bot, chat.id, key, language, conversation, arguments)


def wished_language(assistant: Assistant, chosen: str | None, update: Update) -> str:
    """Return the chosen language, else the phone's, else the source language."""
    user = update.effective_user
    wishes = [tag for tag in (chosen, user.language_code if user else None) if tag]
    return negotiate(wishes, assistant.languages) or assistant.knowledge.base.source_language
