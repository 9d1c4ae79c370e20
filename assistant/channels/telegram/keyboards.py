"""Messages and buttons as the Bot API wants them: plain data, ready to be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from telegram import InlineKeyboardMarkup

from assistant.channels.telegram.calls import Call
from assistant.language.tags import endonym
from assistant.rendering.telegram import Button, Rows, TelegramMessage

Payload = dict[str, Any]
COLUMNS = 2
"""Languages beside each other: their names are short."""


def send_message(chat: int, message: TelegramMessage, **options: Any) -> Call:
    """Return the call that sends a message; `options`: further fields of sendMessage."""
    return Call("sendMessage", {"chat_id": chat, **content(message), **options})


def edit_message(chat: int, number: int, message: TelegramMessage) -> Call:
    """Return the call that puts a message in the place of an earlier one."""
    return Call("editMessageText", {"chat_id": chat, "message_id": number, **content(message)})


def content(message: TelegramMessage) -> Payload:
    """Return text and buttons of a message; links never load a preview from elsewhere."""
    payload: Payload = {
        "text": message.html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if message.buttons:
        payload["reply_markup"] = inline_keyboard(message.buttons)
    return payload


def inline_keyboard(rows: Rows) -> Payload:
    """Return rows of buttons as InlineKeyboardMarkup."""
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]}


def location_keyboard(label: str) -> Payload:
    """Return the keyboard that sends where the person is, once; only private chats know it."""
    button = {"text": label, "request_location": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}


NO_KEYBOARD: Mapping[str, Any] = {"remove_keyboard": True}


def languages_keyboard(languages: Iterable[str], first: str) -> Rows:
    """Return all languages by their own names, one of them first."""
    tags = [first, *(tag for tag in languages if tag != first)]
    buttons = [Button(endonym(tag), f"lang:{tag}") for tag in tags]
    return tuple(tuple(buttons[i : i + COLUMNS]) for i in range(0, len(buttons), COLUMNS))


def button_data(markup: InlineKeyboardMarkup | None) -> Sequence[str]:
    """Return what the buttons below a message send back."""
    rows = markup.inline_keyboard if markup else ()
    return [str(b.callback_data) for row in rows for b in row if b.callback_data]


def without(markup: InlineKeyboardMarkup | None, prefix: str) -> Payload:
    """Return the buttons below a message as they were, without those that send back a prefix."""
    rows = markup.inline_keyboard if markup else ()
    kept = [[b.to_dict() for b in row if not str(b.callback_data).startswith(prefix)] for row in rows]
    return {"inline_keyboard": [row for row in kept if row]}


def deep_link(bot: str, payload: str) -> str:
    """Return the address that opens the bot and sends `/start <payload>` (letters, digits, _ and -; 64)."""
    return f"https://t.me/{bot}?start={payload}"


def _button(button: Button) -> Payload:
    if button.url:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.data}
