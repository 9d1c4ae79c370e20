"""Fair referral: equal providers take turns in being named first, so that demand spreads.

The order changes from day to day and from conversation to conversation, and stays within both.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable


def rotated(
    ids: Iterable[str], group_of: Callable[[str], str | None], day: dt.date, conversation: str = ""
) -> list[str]:
    """Return ids in turn: members of a group change places among themselves, all others stay."""
    ordered = list(ids)
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(ordered):
        group = group_of(one)
        if group is not None:
            groups.setdefault(group, []).append(place)
    result = list(ordered)
    for group, places in groups.items():
        members = [ordered[place] for place in places]
        first = turn(day, conversation, group) % len(members)
        for place, member in zip(places, members[first:] + members[:first], strict=True):
            result[place] = member
    return result


def turn(day: dt.date, conversation: str, group: str) -> int:
    """Return a number that is the same within a day, conversation and group, and evenly spread."""
    digest = hashlib.sha256(f"{day.isoformat()}\0{conversation}\0{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
