"""`@bot b1 course` in any chat: helpers pick an answer and paste it there. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from telegram import Update

from assistant.answers.reply import Reply
from assistant.channels.desk import Desk
from assistant.channels.telegram.brief import brief
from assistant.channels.telegram.calls import Call, collect
from assistant.channels.telegram.chat import wished_language
from assistant.channels.telegram.keyboards import content, deep_link
from assistant.channels.texts import TELEGRAM
from assistant.dialogue.state import Conversation, Message
from assistant.knowledge.model import Entry
from assistant.pipeline import Assistant
from assistant.rendering.telegram import Button, render_telegram

MOST = 5
CACHE_SECONDS = 10
"""Short: the knowledge may change, and what was asked should not lie around at Telegram."""
DESCRIPTION_LENGTH = 200


async def find(desk: Desk, update: Update, bot: str) -> None:
    """Offer up to five answers to an inline query; the main topics when nothing is asked yet."""
    query = update.inline_query
    if query is None:
        return
    assistant = desk.assistant
    kept = await desk.store.load_conversation(desk.store.key("telegram", str(query.from_user.id)))
    language = wished_language(assistant, kept.language, update)
    language, ids = _found(assistant, language, query.query)
    entries = (assistant.knowledge.public(entry_id) for entry_id in ids)
    results = [_article(assistant, language, entry, bot) for entry in entries if entry]
    payload: dict[str, Any] = {
        "inline_query_id": query.id,
        "results": results[:MOST],
        "cache_time": CACHE_SECONDS,
        "is_personal": True,
    }
    if not results:
        text = assistant.translations.message(language, TELEGRAM["inline_none"]).value
        payload["button"] = {"text": text, "start_parameter": "inline"}
    collect(Call("answerInlineQuery", payload, durable=False))


def _found(assistant: Assistant, language: str, words: str) -> tuple[str, Sequence[str]]:
    """The language to answer in and the best entries. Half-typed words are not counted as a question."""
    if not words.strip():
        return language, assistant.knowledge.base.topics
    reply = assistant.respond(Message(words, language=language), Conversation(spoken=language)).reply
    return reply.language, () if reply.decision == "fallback" else reply.entries


def _article(assistant: Assistant, language: str, entry: Entry, bot: str) -> dict[str, Any]:
    """An InlineQueryResultArticle with the short answer, its source, and a button to the whole one."""
    composer = assistant.composer
    title = composer.title(language, entry).value
    summary = composer.text(language, entry, "summary", entry.summary).value
    reply = _whole(assistant, language, entry)
    (message, *_) = render_telegram(brief(reply))
    label = assistant.translations.message(language, TELEGRAM["inline_title"]).value
    link = Button(label, url=deep_link(bot, f"e-{entry.id}"))
    shown = content(replace(message, buttons=((link,),)))
    keyboard = shown.pop("reply_markup")
    text = {"message_text": shown.pop("text"), **shown}
    return {
        "type": "article",
        "id": entry.id[:64],
        "title": title,
        "description": _shortened(summary),
        "input_message_content": text,
        "reply_markup": keyboard,
    }


def _whole(assistant: Assistant, language: str, entry: Entry) -> Reply:
    return assistant.composer.answer(language, entry, (entry.id,), 1.0)


def _shortened(text: str) -> str:
    return text if len(text) <= DESCRIPTION_LENGTH else f"{text[: DESCRIPTION_LENGTH - 1]}…"
