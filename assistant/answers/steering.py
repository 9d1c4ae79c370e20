"""Which part of an entry a question asks for: documents, costs, steps, the contact."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.matching.concepts import Spotted

BLOCK_OF = {
    "q-documents": "documents",
    "q-prove": "documents",
    "q-cost": "facts",
    "q-how-much": "facts",
    "q-how-long": "facts",
    "q-where": "contact",
    "q-phone": "contact",
    "q-hours": "contact",
    "q-responsible": "contact",
    "q-howto": "steps",
    "q-apply": "steps",
    "q-register": "steps",
}


def wanted_block(spotted: Sequence[Spotted]) -> str:
    """Return the kind of block a message asks for, or an empty text when it asks for no part."""
    asked = [s for s in spotted if s.concept in BLOCK_OF and s.strength >= 0.7]
    if not asked:
        return ""
    best = max(asked, key=lambda s: (len(s.positions), s.strength, s.concept))
    return BLOCK_OF[best.concept]
