"""Groups: Lotse hears commands and its own name there, and nothing else."""

from __future__ import annotations

from telegram import Message, MessageEntity


def addressed(message: Message, bot: str) -> str | None:
    """Return what a message asks Lotse, without its name; None when it does not name Lotse."""
    mentions = (
        message.parse_entities([MessageEntity.MENTION])
        if message.text
        else message.parse_caption_entities([MessageEntity.MENTION])
    )
    named = [name for name in mentions.values() if name.casefold() == f"@{bot}".casefold()]
    if not named:
        return None
    words = message.text or message.caption or ""
    for name in named:
        words = words.replace(name, " ")
    return " ".join(words.split())


def command_of(text: str, bot: str) -> tuple[str, bool | None]:
    """Return the command of a text and whether it names Lotse (None: it names nobody)."""
    command, at, name = text.split(maxsplit=1)[0].removeprefix("/").partition("@")
    return command, (name.casefold() == bot.casefold()) if at else None
