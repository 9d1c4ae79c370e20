"""Walking a path: from a station and the option pressed there to the next station or the answer.

Pure functions: where a person stands follows from the trail (stations passed, option pressed at each)
and the situation. A button older than the trail goes back to its station, so old buttons still work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.dialogue.situation import SKIPPED, Situation, fits
from assistant.knowledge.model import GuidedPath, Knowledge, PathOption, Station

NEXT, BACK, AGAIN, HERE = "next", "back", "again", "here"
MOVES = (NEXT, SKIPPED, BACK, AGAIN, HERE)
"""Buttons every station has beside its own options."""
FIELD, DISTRICT = "in-", "near-"
"""Beginnings of options that come from the data: a field of professions, a district."""

Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """Where a person stands: at a station, or at the end (an entry, or people)."""

    path: GuidedPath
    trail: Trail
    situation: Situation
    station: str | None = None
    entry: str | None = None
    person: bool = False

    @property
    def stop(self) -> Station:
        """The station itself; only where there is one."""
        return self.path.stations[self.station or self.path.start]


@dataclass(frozen=True)
class Walker:
    """Walks the paths of one edition of the knowledge."""

    knowledge: Knowledge

    def enter(self, path: GuidedPath, situation: Situation) -> Place:
        """Begin a path; stations whose facet is known are skipped."""
        return self._settle(Place(path, (), situation, path.start))

    def here(self, path: GuidedPath, trail: Trail, situation: Situation) -> Place:
        """Return the place a trail has led to."""
        if not trail:
            return self.enter(path, situation)
        last = trail[-1]
        before = Place(path, trail[:-1], situation, last[0])
        option = self.options(before).get(last[1]) or path.stations[last[0]].options.get(last[1])
        if last[1] in (NEXT, SKIPPED) or option is None:
            return self._settle(replace(before, trail=trail, station=before.stop.next or last[0]))
        if option.to is None:
            return before
        return self._settle(replace(before, trail=trail, station=option.to))

    def press(
        self, path: GuidedPath, trail: Trail, situation: Situation, station: str, option: str
    ) -> Place | None:
        """Return the place after a button; None for a button no path has (any more)."""
        if station not in path.stations:
            return None
        if option == AGAIN:
            asked = (s.facet for s in path.stations.values() if s.facet)
            return self.enter(path, situation.forget(asked))
        if option == HERE:
            return self.here(path, trail, situation)
        if option == BACK:
            return self.back(path, trail, situation)
        before = self._rewound(path, trail, situation, station)
        stop = before.stop
        if option in (NEXT, SKIPPED):
            if stop.next is None:
                return before
            told = situation.say({stop.facet: SKIPPED}) if stop.facet and option == SKIPPED else situation
            after = (*before.trail, (station, option))
            return self._settle(replace(before, trail=after, situation=told, station=stop.next))
        chosen = self.options(before).get(option) or self._value(stop, option)
        if chosen is None:
            return before if option in stop.options else None
        return self._follow(before, station, option, chosen)

    def back(self, path: GuidedPath, trail: Trail, situation: Situation) -> Place:
        """Return to the station answered last; what was said there is forgotten."""
        if not trail:
            return self.enter(path, situation)
        station, option = trail[-1]
        stop = path.stations[station]
        chosen = stop.options.get(option)
        said = {*(chosen.says if chosen else ()), *([stop.facet] if stop.facet else [])}
        return Place(path, trail[:-1], situation.forget(said), station)

    def options(self, place: Place) -> dict[str, PathOption]:
        """Return the options a person has at a station, in the order shown."""
        stop, knowledge = place.stop, self.knowledge
        found = dict(self._facet_options(place))
        for key, option in stop.options.items():
            if option.filter == "district":
                found.update(self._districts(place, option))
            elif self._is_open(place, option):
                found[key] = option
        pressed = [o for s, o in place.trail if s == place.station]
        facets = knowledge.facets
        return {
            k: o
            for k, o in found.items()
            if not (o.filter and k in pressed)
            and not (o.when and fits(o.when, place.situation, facets) is False)
        }

    def picked(self, place: Place) -> str | None:
        """Return the entry picked last on the way."""
        for station, option in reversed(place.trail):
            chosen = place.path.stations[station].options.get(option)
            if chosen and chosen.picks:
                return chosen.picks
        return None

    def subject(self, place: Place) -> str | None:
        """Return the entry a station speaks of."""
        stop = place.stop
        if stop.entry == "picked":
            return self.picked(place) or stop.otherwise
        if stop.entry == "profession":
            concept = self.knowledge.concepts.get(place.situation.get("profession") or "")
            known = concept.recognition.entry if concept and concept.recognition else None
            return known or self._field(place) or stop.otherwise
        return stop.entry

    def notes(self, place: Place) -> Iterator[str]:
        """Return what the option pressed last has to say."""
        if place.trail:
            station, option = place.trail[-1]
            chosen = place.path.stations[station].options.get(option)
            if chosen and chosen.note:
                yield chosen.note

    def stations(self, place: Place) -> list[str]:
        """Return the stations in the order they are met, first to last, for the process chain."""
        order: list[str] = []
        waiting = [place.path.start]
        while waiting:
            station = waiting.pop(0)
            if station in order or station not in place.path.stations:
                continue
            order.append(station)
            stop = place.path.stations[station]
            waiting += [i for i in (stop.next, *(o.to for o in stop.options.values())) if i]
        return order

    # --- parts ----------------------------------------------------------------------------------------

    def _follow(self, before: Place, station: str, key: str, option: PathOption) -> Place:
        trail = (*before.trail, (station, key))
        situation = before.situation.say({str(facet): v for facet, v in option.says.items()})
        after = replace(before, trail=trail, situation=situation)
        if option.person:
            return replace(after, station=None, person=True)
        if option.entry:
            return replace(after, station=None, entry=option.entry)
        return self._settle(replace(after, station=option.to))

    def _rewound(self, path: GuidedPath, trail: Trail, situation: Situation, station: str) -> Place:
        """The place at a station a button belongs to: where the person is, or further back."""
        now = self.here(path, trail, situation)
        if now.station == station:
            return now
        for index, (passed, _) in enumerate(trail):
            if passed == station:
                return Place(path, trail[:index], situation, station)
        return Place(path, trail, situation, station)

    def _settle(self, place: Place) -> Place:
        """Pass the stations whose facet is answered already."""
        seen: set[str] = set()
        while place.station and place.station not in seen:
            seen.add(place.station)
            stop = place.stop
            if not stop.facet or not place.situation.answered(stop.facet):
                return place
            value = place.situation.get(stop.facet)
            option = stop.options.get(value) if value else None
            onward = (option.to if option else None) or stop.next
            if onward is None:
                return place
            place = replace(place, station=onward)
        return place

    def _is_open(self, place: Place, option: PathOption) -> bool:
        for station, wanted in option.chosen.items():
            if not any(s == station and o in wanted for s, o in place.trail):
                return False
        return True

    def _facet_options(self, place: Place) -> Iterator[tuple[str, PathOption]]:
        stop = place.stop
        if not stop.facet or stop.next is None:
            return
        if stop.facet == "profession":
            yield from self._profession_options(place, stop.next)
        elif stop.facet in self.knowledge.facets:
            for key, value in self.knowledge.facets[stop.facet].values.items():
                yield key, PathOption(text=value.text, to=stop.next, says={stop.facet: key})

    def _profession_options(self, place: Place, onward: str) -> Iterator[tuple[str, PathOption]]:
        """Fields of professions; in a field its professions."""
        fields: dict[str, list[str]] = {}
        for concept in self.knowledge.concepts.values():
            if concept.kind == "profession" and concept.recognition:
                fields.setdefault(concept.recognition.entry, []).append(concept.id)
        last = place.trail[-1] if place.trail else ("", "")
        inside = last[1].removeprefix(FIELD) if last[0] == place.station else None
        for entry, concepts in fields.items():
            if inside == entry:
                for concept_id in concepts:
                    yield concept_id, self._profession(concept_id, onward)
            elif inside not in fields:
                yield FIELD + entry, PathOption(picks=entry, to=place.station or onward)

    def _field(self, place: Place) -> str | None:
        """The field of professions opened last, where no profession was named."""
        fields = [o.removeprefix(FIELD) for _, o in place.trail if o.startswith(FIELD)]
        return fields[-1] if fields and fields[-1] in self.knowledge.entries else None

    def _value(self, stop: Station, value: str) -> PathOption | None:
        """The option of a profession that no field shows right now: it was written, or is an old button."""
        concept = self.knowledge.concepts.get(value)
        if stop.facet != "profession" or concept is None or not concept.recognition or not stop.next:
            return None
        return self._profession(value, stop.next)

    def _profession(self, concept_id: str, onward: str) -> PathOption:
        return PathOption(text=concept_id, to=onward, says={"profession": concept_id})

    def _districts(self, place: Place, option: PathOption) -> Iterator[tuple[str, PathOption]]:
        names = {
            location.address.district
            for organization in self.knowledge.organizations()
            for location in organization.locations
            if location.address.district and organization.is_public()
        }
        for name in sorted(n for n in names if n):
            yield DISTRICT + name, option.model_copy(update={"text": name})
