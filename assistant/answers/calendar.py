"""Dates as an iCalendar file (RFC 5545): events and the offerings of courses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import icalendar

from assistant.answers.dates import coming, local, next_start
from assistant.knowledge.model import Course, Entry, Event, Knowledge, Offering
from assistant.language.translations import Translations


def calendar_file(
    knowledge: Knowledge, translations: Translations, language: str, entry: Entry, now: dt.datetime
) -> bytes:
    """Return the dates of an entry that are not over as an iCalendar file in a language."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Lotse//lotse//DE")
    calendar.add("version", "2.0")
    for date in _dates(knowledge, entry, now):
        date.add("summary", translations.knowledge_text(language, f"{entry.id}:title", entry.title).value)
        text = translations.knowledge_text(language, f"{entry.id}:summary", entry.summary).value
        date.add("description", text)
        date.add("dtstamp", now.astimezone(dt.UTC))
        calendar.add_component(date)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _dates(knowledge: Knowledge, entry: Entry, now: dt.datetime) -> Iterable[icalendar.Event]:
    if isinstance(entry, Event):
        if next_start(entry, now, knowledge.base.time_zone):
            yield _event(entry, knowledge.base.time_zone)
    elif isinstance(entry, Course):
        for offering in coming(entry, now.date()):
            yield _offering(knowledge, entry, offering)


def _event(event: Event, zone: str) -> icalendar.Event:
    date = icalendar.Event()
    date.add("uid", f"{event.id}@lotse")
    if event.starts_at is not None:
        date.add("dtstart", local(event.starts_at, zone))
    if event.ends_at is not None:
        date.add("dtend", local(event.ends_at, zone))
    if event.rrule:
        date.add("rrule", icalendar.vRecur.from_ical(event.rrule))
    if event.location is not None:
        address = event.location.address
        place = (event.location.name, address.street, address.city)
        date.add("location", ", ".join(part for part in place if part))
    if event.website is not None:
        date.add("url", event.website.url)
    return date


def _offering(knowledge: Knowledge, course: Course, offering: Offering) -> icalendar.Event:
    """A course as days: its first day, until its last one where known (the end is exclusive)."""
    date = icalendar.Event()
    names = (course.id, offering.provider, offering.start.isoformat())
    date.add("uid", "-".join(name for name in names if name) + "@lotse")
    date.add("dtstart", offering.start)
    date.add("dtend", (offering.end or offering.start) + dt.timedelta(days=1))
    organization = knowledge.organization(offering.provider or "")
    if organization is not None:
        date.add("location", organization.title)
    if offering.url:
        date.add("url", offering.url)
    return date
