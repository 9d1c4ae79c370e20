"""Calls of the Bot API as data: handlers collect them, delivery stores and sends them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call of the Bot API: it can be stored, repeated and read in tests.

    `method` is the name of the Bot API ("sendMessage"); `payload` is JSON with the chat_id inside, the
    bytes of a document as {"name": ..., "base64": ...}. A call that is not `durable` (an answer to a
    pressed button, "is typing") is sent at once, once, and never stored.
    """

    method: str
    payload: Mapping[str, Any]
    durable: bool = True


COLLECTED: ContextVar[list[Call]] = ContextVar("collected")


def collect(call: Call) -> None:
    """Add a call to those of the update being handled; raise LookupError outside of one."""
    COLLECTED.get().append(call)
