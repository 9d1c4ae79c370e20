"""A question or a pressed button that comes from a form instead of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from assistant.answers.reply import Reply
from assistant.channels.web.keys import CONVERSATIONS, DESK
from assistant.channels.web.models import MAX_CHOICE, MAX_STATE, MAX_TEXT
from assistant.dialogue.state import Message


@dataclass(frozen=True)
class Asked:
    """What a form sent; `conversation` only ever comes in a body, as addresses are passed on (CWE-598)."""

    text: str = ""
    choice: str = ""
    language: str = ""
    conversation: str = ""
    state: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.text or self.choice)


@dataclass(frozen=True)
class Carried:
    """What a page carries to its next form: the key of the conversation, its sealed copy if there is one."""

    key: str
    state: str = ""


def asked_in(fields: Mapping[str, object]) -> Asked:
    """Return what the fields of a form hold; files and unknown fields are ignored."""

    def text(name: str, longest: int) -> str:
        value = fields.get(name)
        return value[:longest].strip() if isinstance(value, str) else ""

    return Asked(
        text("q", MAX_TEXT), text("choice", MAX_CHOICE), text("language", 35), text("conversation", 100),
        text("state", MAX_STATE),
    )  # fmt: skip


async def posted(request: web.Request) -> Asked:
    """Return what a form posted."""
    return asked_in(await request.post())


def answer(request: web.Request, asked: Asked, channel: str) -> tuple[Reply, Carried]:
    """Return the reply and what carries its conversation on."""
    conversations = request.app[CONVERSATIONS]
    key, conversation = conversations.load(asked.conversation or None, asked.state or None)
    chosen = asked.language or None
    conversation = replace(conversation, language=chosen or conversation.language)
    message = Message(asked.text, asked.choice or None, chosen, key)
    turn = request.app[DESK].answer(channel, message, conversation)
    return turn.reply, Carried(key, conversations.save(key, turn.conversation))
