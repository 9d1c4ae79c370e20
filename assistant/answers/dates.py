"""Which dates of events and courses are still ahead; past ones vanish."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from assistant.knowledge.model import Course, Entry, Event, Offering


def next_start(event: Event, now: dt.datetime, zone: str) -> dt.datetime | None:
    """Return when an event begins next (local time), also while it is on; None when it is over."""
    if event.starts_at is None:
        return None
    start = local(event.starts_at, zone)
    length = local(event.ends_at, zone) - start if event.ends_at else dt.timedelta()
    if event.rrule is None:
        last_day = (start + length).date()
        return start if last_day >= now.astimezone(ZoneInfo(zone)).date() else None
    # A rule counts on the wall clock, so that ten o'clock stays ten o'clock in summer.
    wall = start.replace(tzinfo=None)
    after = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - length
    found = rrulestr(event.rrule, dtstart=wall).after(after, inc=True)
    return local(found, zone) if found else None


def coming(course: Course, today: dt.date) -> list[Offering]:
    """Return the offerings of a course that are not over, next first."""
    ahead = (offering for offering in course.offerings if (offering.end or offering.start) >= today)
    return sorted(ahead, key=lambda offering: offering.start)


def has_dates(entry: Entry, now: dt.datetime, zone: str) -> bool:
    """Whether an entry has dates that are not over."""
    if isinstance(entry, Event):
        return next_start(entry, now, zone) is not None
    return isinstance(entry, Course) and bool(coming(entry, now.date()))


def local(moment: dt.datetime, zone: str) -> dt.datetime:
    """Return a time of the knowledge base; without a zone it is local."""
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
