"""Texts within the limits of a Telegram message: no tag, no character reference, no letter is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

MESSAGE_LIMIT = 4096
"""UTF-16 code units of what people see: the Bot API counts "after entities parsing"."""
ENTITY_LIMIT = 100
"""Formatted stretches of one message; Telegram ignores what comes after."""

_TOKEN = re.compile(r"<[^>]*>|&[^;\s]{1,8};|[\s\S]")
_TAG = re.compile(r"<[^>]*>")
_OPENING = re.compile(r"<(?!/)")


def pack(parts: Iterable[str], limit: int = MESSAGE_LIMIT, entities: int = ENTITY_LIMIT) -> list[str]:
    """Join parts of HTML with blank lines into texts within the limits; a part is cut only when it must be.

    Parts that show nothing are left out.
    """
    packed: list[str] = []
    for part in parts:
        for piece in _pieces(part, limit, entities):
            joined = f"{packed[-1]}\n\n{piece}" if packed else piece
            if packed and _fits(joined, limit, entities):
                packed[-1] = joined
            else:
                packed.append(piece)
    return packed


def utf16(text: str) -> int:
    """Return the length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(html: str) -> str:
    """Return what people see of Telegram HTML."""
    return unescape(_TAG.sub("", html))


def _fits(html: str, limit: int, entities: int) -> bool:
    return utf16(visible(html)) <= limit and len(_OPENING.findall(html)) <= entities


def _pieces(part: str, limit: int, entities: int) -> Iterator[str]:
    """A part whole, or cut at line ends, else between words, else anywhere; tags closed and reopened."""
    tokens: Sequence[str] = [part] if _fits(part, limit, entities) else _TOKEN.findall(part)
    opened: tuple[str, ...] = ()
    while tokens:
        count, after = (1, ()) if len(tokens) == 1 else _longest(tokens, opened, limit, entities)
        piece = "".join((*opened, *tokens[:count], *map(_closing, reversed(after))))
        if visible(piece).strip():
            yield piece.strip()
        tokens, opened = tokens[count:], after


def _longest(
    tokens: Sequence[str], opened: tuple[str, ...], limit: int, entities: int
) -> tuple[int, tuple[str, ...]]:
    """How many tokens go into the next piece, and which tags are open after them."""
    size, tags = 0, len(opened)
    cuts: dict[str, tuple[int, tuple[str, ...]]] = {}
    for index, token in enumerate(tokens, 1):
        if token.startswith("</"):
            opened = opened[:-1]
        elif _TAG.fullmatch(token):
            opened, tags = (*opened, token), tags + 1
        else:
            size += utf16(unescape(token))
        if size > limit or tags > entities:
            break
        kind = token if token in ("\n", " ") else "anywhere"
        cuts[kind] = (index, opened)
    else:
        return len(tokens), opened
    return next((cuts[kind] for kind in ("\n", " ", "anywhere") if kind in cuts), (1, opened))


def _closing(tag: str) -> str:
    return f"</{tag.strip('<>').split()[0]}>"
