"""A conversation as bytes and back: for the sealed copy in a browser and in the store."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from assistant.dialogue.state import Conversation

_ADAPTER: TypeAdapter[Conversation] = TypeAdapter(Conversation)


def to_bytes(conversation: Conversation) -> bytes:
    """Return a conversation as JSON without what is empty."""
    return _ADAPTER.dump_json(conversation, exclude_defaults=True)


def from_bytes(data: bytes) -> Conversation | None:
    """Return the conversation of such bytes; None when another edition of Lotse wrote them."""
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError:
        return None
