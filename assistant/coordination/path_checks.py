"""Checks of facets and paths: every way ends at an answer or a person, no option is unreachable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import get_args

from assistant.dialogue.paths import DISTRICT, FIELD, MOVES, Place, Walker
from assistant.dialogue.situation import SKIPPED, Situation, fits
from assistant.errors import Problem
from assistant.knowledge.checks import CheckedContent
from assistant.knowledge.model import (
    Audience,
    Benefits,
    Facets,
    GuidedPath,
    Level,
    PathOption,
    ResidenceStatus,
    Station,
)
from assistant.knowledge.model import Place as PlaceName

LONGEST_ID = 64
"""Bytes a button may carry (Telegram)."""
_VALUES: Mapping[str, tuple[str, ...]] = {
    "status": get_args(ResidenceStatus), "place": get_args(PlaceName), "benefits": get_args(Benefits),
    "level": get_args(Level), "audience": get_args(Audience), "children": ("yes", "no"),
}  # fmt: skip


def check_paths(content: CheckedContent) -> Iterator[Problem]:
    """Return what is wrong with facets.yaml and paths/*.yaml."""
    yield from _check_facets(content)
    for path in content.knowledge.paths.values():
        for check in _CHECKS:
            yield from check(content, path)
    commands: dict[str, str] = {}
    for path in content.knowledge.paths.values():
        if path.command and commands.setdefault(path.command, path.id) != path.id:
            message = f"the command {path.command} belongs to {commands[path.command]}; choose another"
            yield content.problem(_file(path), message, "command")


def _check_facets(content: CheckedContent) -> Iterator[Problem]:
    """Every value the rules can name needs words; no facets.yaml: no questions."""
    for name, facet in content.knowledge.facets.items():
        for value in _VALUES.get(name, ()):
            if value not in facet.values:
                yield content.problem(
                    "facets.yaml", f"the value `{value}` is missing; add it", name, "values"
                )
        for key, described in facet.values.items():
            for included in described.also:
                if included not in facet.values:
                    message = f"`{included}` is no value of {name}; use one of {', '.join(facet.values)}"
                    yield content.problem("facets.yaml", message, name, "values", key, "also")


def _check_links(content: CheckedContent, path: GuidedPath) -> Iterator[Problem]:
    """Stations that are named must exist, facets and their values too."""
    facets, names = content.knowledge.facets, path.stations
    if path.start not in names:
        yield content.problem(_file(path), f"`{path.start}` is no station; name the first one", "start")
    for key, stop in names.items():
        where = ("stations", key)
        if stop.next and stop.next not in names:
            message = f"`{stop.next}` is no station of this path; correct it"
            yield content.problem(_file(path), message, *where, "next")
        if stop.facet and (stop.facet not in facets or not stop.next):
            message = "a station with `facet` needs the facet in facets.yaml and a `next` station"
            yield content.problem(_file(path), message, *where, "facet")
        if stop.entry in ("picked", "profession") and not stop.otherwise:
            message = "nothing may be picked yet, so name an entry: `otherwise: ...`"
            yield content.problem(_file(path), message, *where, "entry")
        for name, option in stop.options.items():
            for field, wrong in _wrong_option(content, path, key, name, option):
                yield content.problem(_file(path), wrong, *where, "options", name, *field)


def _wrong_option(
    content: CheckedContent, path: GuidedPath, station: str, name: str, option: PathOption
) -> Iterator[tuple[tuple[str, ...], str]]:
    if name in MOVES or name.startswith((FIELD, DISTRICT)):
        yield (), f"`{name}` is a name Lotse uses itself; choose another"
    if len(f"p:{path.id}:{station}:{name}".encode()) > LONGEST_ID:
        yield (), "path, station and option have too long names together; shorten one"
    if option.to and option.to not in path.stations:
        yield ("to",), f"`{option.to}` is no station of this path; correct it"
    entries = content.knowledge.entries
    for field in ("entry", "picks"):
        entry = entries.get(getattr(option, field) or "")
        if entry is not None and not entry.is_public():
            yield (field,), f"{entry.id} is internal; lead to a public entry"
    for facet, value in option.says.items():
        known = content.knowledge.facets.get(facet)
        if known is None or (value not in known.values and value != SKIPPED):
            yield ("says",), f"`{value}` is no value of {facet}; see facets.yaml"
    for earlier, wanted in option.chosen.items():
        missing = [
            o for o in wanted if earlier not in path.stations or o not in path.stations[earlier].options
        ]
        for other in missing:
            yield ("chosen",), f"`{other}` is no option of the station `{earlier}`; correct it"


def _check_reached(content: CheckedContent, path: GuidedPath) -> Iterator[Problem]:
    """Every station and every option must be met on some way from the start."""
    if path.start not in path.stations:
        return
    met = _met(path)
    for key, stop in path.stations.items():
        if key not in met:
            yield content.problem(_file(path), "no way leads here; link it or delete it", "stations", key)
            continue
        for name, option in stop.options.items():
            if not any(_is_met(option, choices) for choices in met[key]):
                message = "this option is never offered: no way here fits `chosen`; correct it"
                yield content.problem(_file(path), message, "stations", key, "options", name)
            elif _shadowed(content, option):
                message = "this option is never offered: `when` fits nobody; correct it"
                yield content.problem(_file(path), message, "stations", key, "options", name, "when")


def _met(path: GuidedPath) -> dict[str, set[frozenset[tuple[str, str]]]]:
    """The stations met from the start, each with the choices that `chosen` can ask for on the way."""
    asked = {s for stop in path.stations.values() for o in stop.options.values() for s in o.chosen}
    met: dict[str, set[frozenset[tuple[str, str]]]] = {}
    waiting: list[tuple[str, frozenset[tuple[str, str]]]] = [(path.start, frozenset())]
    while waiting:
        station, choices = waiting.pop()
        if station not in path.stations or choices in met.get(station, set()):
            continue
        met.setdefault(station, set()).add(choices)
        stop = path.stations[station]
        if stop.next:
            waiting.append((stop.next, choices))
        for name, option in stop.options.items():
            if option.to and _is_met(option, choices):
                kept = frozenset(c for c in choices if c[0] != station)
                waiting.append((option.to, kept | {(station, name)} if station in asked else choices))
    return met


def _is_met(option: PathOption, choices: frozenset[tuple[str, str]]) -> bool:
    made = dict(choices)
    return all(made.get(station) in wanted for station, wanted in option.chosen.items())


def _shadowed(content: CheckedContent, option: PathOption) -> bool:
    """Whether nobody gets an option: for all people one of its facets does not fit."""
    when = option.when
    if when is None:
        return False
    return not any(fits(when, s, content.knowledge.facets) for s in _people(content, (when,)))


def _people(content: CheckedContent, rules: tuple[Facets, ...]) -> Iterator[Situation]:
    """All people that differ in what some rules ask for."""
    facets = content.knowledge.facets
    names = sorted({facet for rule in rules for facet in rule.wanted() if facet in facets})
    for values in product(*(tuple(facets[name].values) for name in names)):
        yield Situation(tuple(zip(names, values, strict=True)))


def _check_ends(content: CheckedContent, path: GuidedPath) -> Iterator[Problem]:
    """From every station a way must lead to an answer or to people, whoever walks it."""
    good = {key for key, stop in path.stations.items() if _ends(stop)}
    grown = True
    while grown:
        more = {
            key
            for key, stop in path.stations.items()
            if key not in good
            and good & {i for i in (stop.next, *(o.to for o in stop.options.values())) if i}
        }
        good |= more
        grown = bool(more)
    for key, stop in path.stations.items():
        if key not in good:
            message = "no way from here ends at an entry or a person; add an option with `entry` or `person`"
            yield content.problem(_file(path), message, "stations", key)
        elif stop.next is None and not stop.contacts:
            stuck = _stuck(content, path, key)
            if stuck is not None:
                who = ", ".join(f"{facet}: {value}" for facet, value in stuck.known) or "anybody"
                message = f"a dead end for {who}: no option is left; add one without `when` and `chosen`"
                yield content.problem(_file(path), message, "stations", key)


def _ends(stop: Station) -> bool:
    return stop.contacts or any(o.entry or o.person for o in stop.options.values())


def _stuck(content: CheckedContent, path: GuidedPath, station: str) -> Situation | None:
    """Somebody who finds no option at a station, if there is anybody."""
    stop = path.stations[station]
    if any(o.when is None and not o.chosen for o in stop.options.values()):
        return None
    walker = Walker(content.knowledge)
    rules = tuple(o.when for o in stop.options.values() if o.when)
    for choices in _met(path).get(station, set()):
        for person in _people(content, rules):
            if not walker.options(Place(path, tuple(sorted(choices)), person, station)):
                return person
    return None


def _file(path: GuidedPath) -> str:
    return f"paths/{path.id}.yaml"


_CHECKS: tuple[Callable[[CheckedContent, GuidedPath], Iterator[Problem]], ...] = (
    _check_links,
    _check_reached,
    _check_ends,
)
