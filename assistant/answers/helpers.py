"""Who can help: contacts for a need, narrowed by what a person wishes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.answers import facts
from assistant.answers.compose import Composer
from assistant.knowledge.model import Organization
from assistant.language.tags import primary

CLOSE = {"leipzig": 0, "sachsen": 1, "deutschland": 2}
"""Regions a person in Leipzig can turn to, nearest first."""
OUTSIDE = ("landkreis-leipzig", "nordsachsen", "sachsen", "deutschland")
SHOWN = 3


@dataclass(frozen=True)
class Wish:
    """One filter; `value` is the language or the district."""

    name: str
    value: str = ""


@dataclass(frozen=True)
class Found:
    """Contacts found, and whether all of them meet every wish."""

    contacts: tuple[Organization, ...]
    complete: bool


def find_contacts(composer: Composer, about: Sequence[str], wishes: Sequence[Wish]) -> Found:
    """Return the best contacts for concepts; when none meets all wishes, those that meet the most."""
    candidates = [o for o in composer.knowledge.organizations() if o.is_public() and _score(o, about)]
    outside = any(wish.name == "outside" for wish in wishes)
    regions = OUTSIDE if outside else tuple(CLOSE)
    candidates = [o for o in candidates if o.region in regions]
    met = {o.id: sum(_meets(composer, o, wish) for wish in wishes) for o in candidates}
    ranked = sorted(
        candidates,
        key=lambda o: (-met[o.id], -_score(o, about), regions.index(o.region), o.id),
    )
    full = [o for o in ranked if met[o.id] == len(wishes)]
    return Found(tuple((full or ranked)[:SHOWN]), bool(full) or not wishes)


def _score(organization: Organization, about: Iterable[str]) -> int:
    wanted = set(about)
    return 2 * len(wanted & set(organization.about.core)) + len(wanted & set(organization.about.also))


def _meets(composer: Composer, organization: Organization, wish: Wish) -> bool:
    return _MEETS[wish.name](composer, organization, wish.value)


def _is_open(composer: Composer, organization: Organization, _value: str) -> bool:
    base, now = composer.knowledge.base, composer.now()
    states = (
        facts.open_now(schedule, now, base.time_zone, base.holidays)
        for schedule in organization.schedules
        if schedule.as_of is None
    )
    return any(state is not None and state.is_open for state in states)


def _in_district(_composer: Composer, organization: Organization, value: str) -> bool:
    return any(location.address.district == value for location in organization.locations)


_MEETS: dict[str, Callable[[Composer, Organization, str], bool]] = {
    "language": lambda composer, o, value: primary(value) in o.languages,
    "open": _is_open,
    "women": lambda composer, o, value: o.women_only or o.kind == "women",
    "free": lambda composer, o, value: o.free_of_charge is True,
    "no-appointment": lambda composer, o, value: o.appointment_needed is False,
    "district": _in_district,
    "outside": lambda composer, o, value: o.region in OUTSIDE,
}
