"""The Telegram bot's handlers: an update comes in, calls of the Bot API are collected.

Handlers translate in, ask the desk, and translate out; they never send (calls.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog
from telegram import ChatMember, Update
from telegram.error import Forbidden
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from assistant.channels.desk import Desk
from assistant.channels.telegram import commands, informing, inline
from assistant.channels.telegram.answering import answer
from assistant.channels.telegram.calls import Call, collect
from assistant.channels.telegram.chat import Chat, Memory, open_chat
from assistant.channels.telegram.commands import COMMANDS
from assistant.channels.telegram.extras import PRESSES
from assistant.channels.telegram.groups import addressed, command_of
from assistant.channels.telegram.location import locate
from assistant.channels.telegram.reactions import reaction
from assistant.channels.telegram.waiting import typing_when_slow
from assistant.dialogue.state import Message
from assistant.language.tags import negotiate
from assistant.settings import Settings

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""What Telegram is asked to deliver: what somebody here answers. Posts of channels are not among it."""
MOST_ALBUMS = 1_000
"""Albums that are remembered, one per chat; the oldest makes room."""
PERSONAL = ("f", "p", "stay", "near")
"""Buttons about a person: in groups others would read along."""

Context = ContextTypes.DEFAULT_TYPE
App = Application[Any, Any, Any, Any, Any, Any]
Handle = Callable[[Update, Context], Coroutine[Any, Any, None]]
log = structlog.get_logger()


def build_application(desk: Desk, settings: Settings) -> App:
    """Return python-telegram-bot's application with all handlers; nothing is started."""
    builder = ApplicationBuilder().token(settings.telegram_token).updater(None)
    if settings.telegram_api:
        builder = builder.base_url(settings.telegram_api)
    application = builder.build()
    add_handlers(application, desk)
    return application


def add_handlers(application: App, desk: Desk) -> None:
    """Register everything the bot reacts to; the first handler that fits an update answers it."""
    memory = Memory()

    def with_chat(work: Callable[[Chat], Awaitable[Any]]) -> Handle:
        async def handle(update: Update, context: Context) -> None:
            chat = await open_chat(desk, memory, update, context.bot.username, context.args or ())
            if chat is not None:
                async with typing_when_slow(context.bot, chat.id):
                    await work(chat)

        return handle

    async def find(update: Update, context: Context) -> None:
        await inline.find(desk, update, context.bot.username)

    async def trouble(update: object, context: Context) -> None:
        """Log the kind of error, never words, and tell the person once."""
        log.error("telegram handler failed", error=type(context.error).__name__)
        if isinstance(update, Update) and not isinstance(context.error, Forbidden):
            chat = await open_chat(desk, memory, update, context.bot.username)
            if chat is not None:
                chat.say("trouble")

    own = filters.UpdateType.MESSAGES  # written or edited by people; not posts of channels
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, with_chat(command), own))
    application.add_handler(CallbackQueryHandler(with_chat(press)))
    application.add_handler(InlineQueryHandler(find))
    application.add_handler(ChatMemberHandler(with_chat(joined), ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(own & filters.StatusUpdate.ALL, _pass))
    application.add_handler(MessageHandler(own & filters.COMMAND, with_chat(other_command)))
    application.add_handler(MessageHandler(filters.UpdateType.MESSAGE & filters.LOCATION, with_chat(locate)))
    application.add_handler(MessageHandler(own, with_chat(said)))
    application.add_error_handler(trouble)


async def said(chat: Chat) -> None:
    """Answer words; react to whatever else people send."""
    message = chat.message
    if message is None:
        return
    words = (message.text or message.caption or "").strip()
    if chat.is_group:
        question = addressed(message, chat.bot)
        if question is None:
            return
        if not question:
            return commands.alone(chat, "group")
        words = question
    edited = chat.update.edited_message is not None
    if edited and not words:
        return  # a live location moves, a caption was taken away: nothing is asked
    if _is_more_of_an_album(chat) and not words:
        return
    if chat.memory.haste.is_too_fast(chat.key, message.date.timestamp()):
        chat.say("too_many")
    lead = "edited" if edited else "forwarded" if message.forward_origin else reaction(message)
    if words:
        await answer(chat, Message(words), lead or "")
    elif not chat.is_group:
        chat.say(reaction(message) or "only_text")


async def other_command(chat: Chat) -> None:
    """Begin the path whose command was sent; any other command is read as a question."""
    text = (chat.message.text if chat.message else None) or ""
    command, mine = command_of(text, chat.bot)
    if mine is False or await commands.path(chat, command):
        return
    if chat.is_group:
        if mine:
            commands.alone(chat, "group")
        return  # a command nobody is named in may be meant for another bot
    await answer(chat, Message(text))


async def press(chat: Chat) -> None:
    """Answer a pressed button; Telegram hears of it first, so that the button stops waiting."""
    query = chat.update.callback_query
    if query is None:
        return
    kind, _, value = (query.data or "").partition(":")
    chosen = negotiate([value], chat.assistant.languages) if kind == "lang" else None
    if chosen:
        chat = replace(chat, language=chosen, conversation=replace(chat.conversation, language=chosen))
    toast = {"lang": "language_set", "ok": "thanks"}.get(kind)
    said = {"text": chat.sentence(toast).value[:200]} if toast else {}
    collect(Call("answerCallbackQuery", {"callback_query_id": query.id, **said}, durable=False))
    if chat.is_group and kind in PERSONAL:
        commands.alone(chat, "group")
    elif kind in PRESSES:
        await PRESSES[kind](chat, value)
    elif kind == "stay":
        await informing.stay(chat, value)
    elif kind == "stop":
        await informing.stop(chat, value)
    elif kind == "forget":
        await commands.forget(chat)
    else:
        await answer(chat, Message(choice=query.data or "", language=chosen))


async def joined(chat: Chat) -> None:
    """Forget a chat that has blocked or removed the bot; say in a new group how to ask."""
    change = chat.update.my_chat_member
    if change is None:
        return
    gone = (ChatMember.BANNED, ChatMember.LEFT)
    if change.new_chat_member.status in gone:
        await chat.forget()
    elif chat.is_group and change.old_chat_member.status in gone:
        commands.alone(chat, "group")


async def _pass(update: Update, context: Context) -> None:
    """Leave what Telegram itself writes: somebody joined, a message was pinned."""


def _is_more_of_an_album(chat: Chat) -> bool:
    """Whether a picture belongs to an album that was reacted to already."""
    album = chat.message.media_group_id if chat.message else None
    if album is None:
        return False
    albums = chat.memory.albums
    seen = albums.pop(chat.key, None)
    albums[chat.key] = album
    if len(albums) > MOST_ALBUMS:
        del albums[next(iter(albums))]
    return seen == album
