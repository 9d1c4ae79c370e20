"""How patterns of dangers are written: words, prefixes `wor*`, alternatives `(a|b|c)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

ITEM = re.compile(r"\(([^()]*)\)(\*?)|(\S+)")


def pattern_problems(text: str) -> Iterator[str]:
    """Say what is wrong with the writing of a pattern."""
    if text.count("(") != text.count(")"):
        yield "a bracket is not closed; write (a|b|c)"
    if "|" in ITEM.sub(lambda m: "" if m[1] else m[0], text):
        yield "alternatives need brackets; write (a|b|c)"
