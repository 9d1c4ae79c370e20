"""Facts in the reader's language: money, time, dates, hours, phones, by Babel and CLDR."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as holiday_calendars
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_currency, format_decimal
from opening_hours import OpeningHours

from assistant.knowledge.model import Duration, Fee, Schedule
from assistant.language.tags import locale_of
from assistant.language.translations import Text, Translations

RANGE = "–"
LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE = "\u2066", "\u2069"
_REFERENCE_MONDAY = dt.datetime(2026, 9, 7)
"""A Monday of a week without holidays in Saxony, to read weekly hours from."""


def money(fee: Fee, language: str) -> str:
    """Return the amount of a fee, for example `100 – 650 €`; cents only where there are any."""
    if fee.amount is not None:
        return isolated(_currency(fee.amount, fee.currency, language))
    if fee.minimum is not None and fee.maximum is not None:
        low = _currency(fee.minimum, fee.currency, language)
        return isolated(f"{low} {RANGE} {_currency(fee.maximum, fee.currency, language)}")
    bound = fee.maximum if fee.minimum is None else fee.minimum
    assert bound is not None  # the model asks for one of them
    return isolated(_currency(bound, fee.currency, language))


@lru_cache(maxsize=4096)
def _currency(amount: Decimal, currency: str, language: str) -> str:
    """The sign stands behind the number, as on every price in Germany."""
    pattern = "#,##0 ¤" if amount == amount.to_integral_value() else "#,##0.00 ¤"
    locale = locale_of(language)
    text = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return text.replace("EUR", "€")


def PL_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - a gettext-style marker
    """Mark a text with plural for the extractor."""
    return one, many


_UNITS = {
    "minute": PL_("{count} minute", "{count} minutes"),
    "hour": PL_("{count} hour", "{count} hours"),
    "lesson": PL_("{count} lesson", "{count} lessons"),
    "day": PL_("{count} day", "{count} days"),
    "week": PL_("{count} week", "{count} weeks"),
    "month": PL_("{count} month", "{count} months"),
    "year": PL_("{count} year", "{count} years"),
}


def length(duration: Duration, language: str, translations: Translations) -> Text:
    """Return a duration, for example `up to 4 months`, in the plural form the language asks for."""
    low, high = duration.minimum, duration.maximum
    number = next(n for n in (duration.value, high, low) if n is not None)
    shown = format_decimal(number, locale=locale_of(language))
    if duration.value is None and low is not None and high is not None:
        shown = f"{format_decimal(low, locale=locale_of(language))}{RANGE}{shown}"
    one, many = _UNITS[duration.unit]
    count = int(number) if number == number.to_integral_value() else 2
    text = translations.plural(language, one, many, count)
    form = text.value.replace(str(count), isolated(shown) if RANGE in shown else shown, 1)
    if duration.value is None and low is None:
        return translations.message(language, "up to {amount}", amount=form)
    if duration.value is None and high is None:
        return translations.message(language, "at least {amount}", amount=form)
    return Text(text.language, form, text.state)


def date(day: dt.date, language: str) -> str:
    """Return a date in words, for example `1 July 2025`."""
    return format_date(day, "long", locale=locale_of(language))


def time(moment: dt.datetime, language: str) -> str:
    """Return a time of day."""
    return format_time(moment, "short", locale=locale_of(language))


def isolated(text: str) -> str:
    """Return left-to-right text that keeps its order inside right-to-left text (traps.md, F12)."""
    return f"{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}"


@lru_cache(maxsize=4096)
def phone(number: str) -> str:
    """Return a phone number as people in Germany read it, for example `0341 1233310`."""
    if not number.startswith("+49"):
        return number
    import phonenumbers

    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


# --- opening hours ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenNow:
    """Whether a place is open; `until` and `opens` are the next changes where known."""

    is_open: bool
    until: dt.datetime | None = None
    opens: dt.datetime | None = None


def is_readable(schedule: Schedule) -> bool:
    """Whether hours are times, not only a comment such as `"nach Vereinbarung"`."""
    return not schedule.opening_hours.lstrip().startswith('"')


@lru_cache(maxsize=1024)
def _with_holidays(hours: str, calendar: str, year: int) -> OpeningHours:
    """Hours closed on the holidays of a federal state; the library only knows the national ones."""
    if "PH" in hours or hours.strip() == "24/7":
        return OpeningHours(hours)
    country, _, subdivision = calendar.partition("-")
    days = holiday_calendars.country_holidays(country, subdiv=subdivision or None, years=(year, year + 1))
    closed = "; ".join(f"{day.year} {day:%b} {day.day:02d} off" for day in sorted(days))
    return OpeningHours(f"{hours}; {closed}")


def open_now(schedule: Schedule, now: dt.datetime, zone: str, calendar: str) -> OpenNow | None:
    """Return whether a schedule is open at a moment (aware datetime), or None when unknowable."""
    if not is_readable(schedule):
        return None
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if schedule.valid_from and local.date() < schedule.valid_from:
        return None
    if schedule.valid_to and local.date() > schedule.valid_to:
        return None
    hours = _with_holidays(schedule.opening_hours, calendar, local.year)
    change = hours.next_change(local)
    if hours.is_open(local):
        return OpenNow(True, until=change)
    return OpenNow(False, opens=change)


def weekly(schedule: Schedule, language: str) -> list[str]:
    """Return the hours of a normal week as lines, days with the same hours together."""
    if schedule.opening_hours.strip() == "24/7":
        return ["24/7"]
    return list(_week(schedule.opening_hours, language)) if is_readable(schedule) else []


def opening_times(schedule: Schedule) -> list[tuple[int, str, str]]:
    """Return the hours of a normal week: weekday (0 is Monday), opens, closes: `(0, "08:00", "16:00")`."""
    if not is_readable(schedule):
        return []
    spans = ((day, span) for day in range(7) for span in _times(schedule.opening_hours, day))
    return [(day, *map(str.strip, span.split(RANGE, 1))) for day, span in spans]  # type: ignore[misc]


@lru_cache(maxsize=4096)
def _week(hours: str, language: str) -> tuple[str, ...]:
    names = get_day_names("abbreviated", locale=locale_of(language))
    days = [_times(hours, day) for day in range(7)]
    lines: list[str] = []
    start = 0
    while start < 7:
        end = start
        while end + 1 < 7 and days[end + 1] == days[start]:
            end += 1
        if days[start]:
            span = names[start] if end == start else f"{names[start]}{RANGE}{names[end]}"
            lines.append(f"{span} {isolated(', '.join(days[start]))}")
        start = end + 1
    return tuple(lines)


def _times(hours: str, weekday: int) -> list[str]:
    day = _REFERENCE_MONDAY + dt.timedelta(days=weekday)
    found = []
    for begin, end, state, _ in OpeningHours(hours).intervals(day, day + dt.timedelta(days=1)):
        if str(state) == "open" and end is not None:
            found.append(f"{begin:%H:%M}{RANGE}{'24:00' if end.date() > day.date() else f'{end:%H:%M}'}")
    return found
