"""What people send instead of words gets a short answer too; words that come with it are read."""

from __future__ import annotations

from telegram import Message

_REACTIONS = (
    ("voice", ("voice", "audio")),
    ("picture", ("photo",)),
    ("only_text", ("video", "video_note", "animation")),
    ("file", ("document",)),
    ("sticker", ("sticker", "dice")),
    ("poll", ("poll",)),
    ("contact", ("contact",)),
)
"""Sentence -> fields of a message. An animation is a document too: the first that fits says it."""
UNKNOWN = "only_text"
"""Said to everything else, also to what the Bot API learns after this was written."""


def reaction(message: Message) -> str | None:
    """Return the name of the sentence (texts.py) for a message; None for words alone."""
    for name, kinds in _REACTIONS:
        if any(getattr(message, kind) for kind in kinds):
            return name
    return None if message.text else UNKNOWN
