"""A page that shows a chat as Telegram does: its HTML, line ends kept, direction by the first letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light }
body { margin: 0; padding: 12px; background: #d5e3ea; width: 396px; box-sizing: border-box;
  font: 15px/1.35 "DejaVu Sans", "Noto Sans", sans-serif }
.message { max-width: 330px; margin: 0 0 8px; padding: 7px 10px; border-radius: 12px; background: #fff;
  white-space: pre-line; overflow-wrap: anywhere }
.own { margin-inline-start: auto; background: #e3fdd3; width: fit-content }
.keyboard { display: grid; grid-template-columns: minmax(0, 1fr); gap: 3px; max-width: 350px;
  margin: -4px 0 8px }
.row { display: flex; gap: 3px }
.row span { flex: 1; min-width: 0; padding: 6px; border-radius: 8px; background: #5b7f95; color: #fff;
  font-size: 13px;  text-align: center; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
pre { unicode-bidi: plaintext; white-space: pre-wrap; margin: 2px 0; background: #f1f3f4; font: inherit }
a { color: #1c6aa8 }
"""


@dataclass(frozen=True)
class Shown:
    """One message: what a person wrote or pressed, or the HTML and buttons of the bot."""

    html: str
    is_own: bool = False
    keyboard: tuple[tuple[str, ...], ...] = ()


def of_person(text: str) -> Shown:
    """Return what a person wrote."""
    return Shown(escape(text), is_own=True)


def of_bot(message: dict[str, Any]) -> Shown:
    """Return a message the emulator received."""
    rows = message["keyboard"].get("inline_keyboard", [])
    return Shown(
        message["html"] or escape(message["text"]), False, tuple(tuple(b["text"] for b in r) for r in rows)
    )


def chat_page(messages: Iterable[Shown]) -> str:
    """Return the chat as an HTML page."""
    body = "".join(map(_message, messages))
    return f'<!doctype html><meta charset="utf-8"><title>Chat</title><style>{_STYLE}</style>{body}'


def _message(message: Shown) -> str:
    own = " own" if message.is_own else ""
    text = f'<div class="message{own}" dir="auto">{message.html}</div>'
    rows = "".join(
        f'<div class="row">{"".join(f"<span dir=auto>{escape(b)}</span>" for b in row)}</div>'
        for row in message.keyboard
    )
    return text + (f'<div class="keyboard">{rows}</div>' if rows else "")
