"""Short replies, for where others read along: groups, and answers pasted into other chats."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers.reply import Block, Contact, Notice, Paragraph, Reply, Sources

MOST_CONTACTS = 2
_ROLES = ("title", "summary", "lead", "term")


def brief(reply: Reply) -> Reply:
    """Return what matters of a reply, with source and date; the numbers of a danger are never cut.

    Nothing that speaks of a person or asks about one is left; choices are entries only.
    """
    choices = tuple(choice for choice in reply.choices if choice.id.startswith("e:"))
    if reply.decision == "crisis":
        return replace(reply, choices=(), tools=())
    kept = tuple(_short(block) for block in reply.blocks if _matters(block, reply))
    contacts = [block for block in kept if isinstance(block, Contact)]
    blocks = tuple(block for block in kept if block not in contacts[MOST_CONTACTS:])
    return replace(reply, blocks=blocks, choices=choices if reply.decision == "choose" else (), tools=())


def _matters(block: Block, reply: Reply) -> bool:
    if isinstance(block, Paragraph):
        return block.role in _ROLES
    if isinstance(block, Contact):
        return reply.decision != "answer" or block.entry == reply.entry
    return isinstance(block, Sources) or (isinstance(block, Notice) and block.kind != "shortened")


def _short(block: Block) -> Block:
    """A contact with name and ways to reach it."""
    if isinstance(block, Contact):
        return replace(block, hours=(), notes=(), emails=block.emails if not block.phones else ())
    return block
