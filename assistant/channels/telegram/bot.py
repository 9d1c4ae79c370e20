"""The Telegram bot: handlers translate in, ask the desk, and collect what shall be sent.

Delivery (inbox.py, outbox.py) brings the updates and sends what is collected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from telegram import Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from assistant.channels.desk import Desk
from assistant.channels.telegram.calls import Call, collect
from assistant.channels.texts import TELEGRAM
from assistant.dialogue.state import Conversation, Message
from assistant.language.tags import endonym, negotiate
from assistant.rendering.telegram import Button, TelegramMessage, render_telegram
from assistant.settings import Settings

Context = ContextTypes.DEFAULT_TYPE
log = structlog.get_logger()


def build_application(desk: Desk, settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    """Return python-telegram-bot's application with all handlers; nothing is started."""
    builder = ApplicationBuilder().token(settings.telegram_token).updater(None)
    if settings.telegram_api:
        builder = builder.base_url(settings.telegram_api)
    application = builder.build()
    bot = Bot(desk)
    application.add_handler(CommandHandler("start", bot.start))
    application.add_handler(CommandHandler("help", bot.help))
    application.add_handler(CommandHandler("language", bot.language))
    application.add_handler(CommandHandler("person", bot.person))
    application.add_handler(CommandHandler("privacy", bot.privacy))
    application.add_handler(CommandHandler("forget", bot.forget))
    application.add_handler(CallbackQueryHandler(bot.press))
    application.add_handler(MessageHandler(filters.COMMAND & filters.UpdateType.MESSAGE, bot.path))
    application.add_handler(MessageHandler(filters.TEXT & filters.UpdateType.MESSAGE, bot.answer))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, bot.only_text))
    application.add_error_handler(bot.trouble)
    return application


class Bot:
    """The handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, update: Update, context: Context) -> None:
        """Greet in the phone's language and show all languages; `/start e-<id>` opens an entry."""
        language, _ = await self._known(update)
        payload = context.args[0] if context.args else ""
        if payload.startswith("e-"):
            await self._turn(update, Message(choice=f"e:{payload[2:]}", language=language))
            return
        await self._say(update, language, "welcome")
        await self._offer_languages(update, language)

    async def help(self, update: Update, context: Context) -> None:
        """Say what Lotse can do, with the paths as buttons."""
        language, _ = await self._known(update)
        assistant = self._desk.assistant
        msgid = TELEGRAM["help"]
        text = assistant.translations.message(language, msgid).value
        paths = tuple((Button(c.label.value, c.id),) for c in assistant.guide.entrances(language))
        await self._send(update, TelegramMessage(text, paths))

    async def language(self, update: Update, context: Context) -> None:
        """Offer the languages."""
        await self._offer_languages(update, (await self._known(update))[0])

    async def person(self, update: Update, context: Context) -> None:
        """Name people to talk to."""
        await self._turn(update, Message(choice="person"))

    async def privacy(self, update: Update, context: Context) -> None:
        """Say what is kept."""
        await self._say(update, (await self._known(update))[0], "privacy")

    async def forget(self, update: Update, context: Context) -> None:
        """Delete what is kept about this chat."""
        language, _ = await self._known(update)
        await self._desk.store.forget(self._key(update))
        await self._say(update, language, "forgotten")

    async def path(self, update: Update, context: Context) -> None:
        """Begin the path whose command was sent; any other command is read as a question."""
        text = (update.message.text if update.message else None) or ""
        command = text.split()[0].removeprefix("/").partition("@")[0] if text.split() else ""
        for path in self._desk.assistant.knowledge.paths.values():
            if path.command == command:
                await self._turn(update, Message(choice=f"p:{path.id}"))
                return
        await self.answer(update, context)

    async def answer(self, update: Update, context: Context) -> None:
        """Answer a question."""
        if update.message is not None and update.message.text:
            await self._turn(update, Message(update.message.text))

    async def press(self, update: Update, context: Context) -> None:
        """Answer a pressed button."""
        query = update.callback_query
        if query is None:
            return
        collect(Call("answerCallbackQuery", {"callback_query_id": query.id}, durable=False))
        data = query.data or ""
        if data.startswith("lang:"):
            language, conversation = await self._known(update)
            chosen = negotiate([data[5:]], self._desk.assistant.languages) or language
            await self._save(update, replace(conversation, language=chosen))
            await self._say(update, chosen, "language_set")
            await self._turn(update, Message(choice=data, language=chosen))
            return
        await self._turn(update, Message(choice=data))

    async def only_text(self, update: Update, context: Context) -> None:
        """React to voice, photos and stickers."""
        await self._say(update, (await self._known(update))[0], "only_text")

    async def trouble(self, update: object, context: Context) -> None:
        """Log the kind of error, never words, and tell the person once."""
        log.error("telegram handler failed", error=type(context.error).__name__)
        if isinstance(update, Update):
            await self._say(update, (await self._known(update))[0], "trouble")

    async def _turn(self, update: Update, message: Message) -> None:
        language, conversation = await self._known(update)
        if message.language is None and conversation.language is None:
            # A button goes on in the language spoken last, words are read by the phone's.
            spoken = conversation.spoken if message.choice else None
            message = replace(message, language=spoken or language)
        message = replace(message, conversation=self._key(update))
        turn = self._desk.answer("telegram", message, conversation)
        kept = turn.conversation
        if conversation.language is None and not message.choice and kept.language == message.language:
            kept = replace(kept, language=None)  # the phone's language is no choice
        await self._save(update, kept)
        for part in render_telegram(turn.reply):
            await self._send(update, part)

    async def _known(self, update: Update) -> tuple[str, Conversation]:
        """The language to speak (chosen, else the phone's) and what is remembered."""
        conversation = await self._desk.store.load_conversation(self._key(update))
        assistant = self._desk.assistant
        user = update.effective_user
        wishes = [conversation.language, user.language_code if user else None]
        found = negotiate([w for w in wishes if w], assistant.languages)
        return found or assistant.knowledge.base.source_language, conversation

    async def _save(self, update: Update, conversation: Conversation) -> None:
        await self._desk.store.save_conversation(self._key(update), conversation)

    def _key(self, update: Update) -> str:
        chat = update.effective_chat
        return self._desk.store.key("telegram", str(chat.id if chat else 0))

    async def _say(self, update: Update, language: str, name: str) -> None:
        msgid = TELEGRAM[name]
        text = self._desk.assistant.translations.message(language, msgid).value
        await self._send(update, TelegramMessage(text))

    async def _offer_languages(self, update: Update, first: str) -> None:
        assistant = self._desk.assistant
        tags = [first, *(tag for tag in assistant.languages if tag != first)]
        buttons = [Button(endonym(tag), f"lang:{tag}") for tag in tags]
        rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
        msgid = TELEGRAM["choose_language"]
        text = assistant.translations.message(first, msgid).value
        await self._send(update, TelegramMessage(text, rows))

    async def _send(self, update: Update, message: TelegramMessage) -> None:
        chat = update.effective_chat
        if chat is None:
            return
        payload: dict[str, Any] = {
            "chat_id": chat.id,
            "text": message.html,
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if message.buttons:
            payload["reply_markup"] = _keyboard(message.buttons)
        collect(Call("sendMessage", payload))


def _keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": b.label, "callback_data": b.data} for b in row] for row in rows]}
