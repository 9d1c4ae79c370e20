"""The questions one message asks, where it says so with question marks or new lines."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[?؟⸮？፧])\s*|\n+")
MOST = 4
SHORTEST = 3
"""Words a part needs to be a question of its own; "or not?" belongs to what stands before."""


def questions_of(text: str) -> tuple[str, ...]:
    """Return the parts of a message that are questions of their own; () when there is only one."""
    parts = [part.strip() for part in _ENDS.split(text)]
    found = tuple(part for part in parts if len(part.split()) >= SHORTEST)
    return found[:MOST] if len(found) > 1 else ()
