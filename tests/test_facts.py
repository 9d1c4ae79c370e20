"""Facts in the reader's language: money, time, hours with Saxony's holidays."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from assistant.answers import facts
from assistant.knowledge.model import Duration, Fee, Schedule
from assistant.pipeline import Assistant

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = "Mo-Fr 08:00-16:00"


def plain(text: str) -> str:
    return text.replace("\u2066", "").replace("\u2069", "").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("fee", "language", "shown"),
    [
        ({"minimum": 100, "maximum": 650}, "de", "100 € – 650 €"),
        ({"amount": "12.82"}, "de", "12,82 €"),
        ({"amount": "12.82"}, "en", "12.82 €"),
        ({"amount": 1220}, "de", "1.220 €"),
        ({"amount": 70}, "ar", "70 €"),
        ({"amount": 70}, "fa", "70 €"),
    ],
)
def test_money_is_shown_as_people_see_it_in_germany(fee: dict, language: str, shown: str) -> None:  # type: ignore[type-arg]
    assert plain(facts.money(Fee(label="x", **fee), language)) == shown


def test_amounts_keep_their_order_in_right_to_left_text() -> None:
    text = facts.money(Fee(label="x", amount=70), "ar")
    assert text.startswith("\u2066") and text.endswith("\u2069")


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ({"value": 1}, "de", "1 Monat"),
        ({"value": 3}, "de", "3 Monate"),
        ({"minimum": 3, "maximum": 4}, "de", "3–4 Monate"),
        ({"maximum": 4}, "de", "bis zu 4 Monate"),
        ({"value": 1}, "uk", "1 місяць"),
        ({"value": 3}, "uk", "3 місяці"),
        ({"value": 5}, "uk", "5 місяців"),
        ({"value": 3}, "ar", "3 أشهر"),
    ],
)
def test_durations_use_the_plural_of_the_language(
    assistant: Assistant,
    value: dict,
    language: str,
    shown: str,  # type: ignore[type-arg]
) -> None:
    duration = Duration(label="x", unit="month", **value)
    assert plain(facts.length(duration, language, assistant.translations).value) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+493411233310", "0341 1233310"),
        ("110", "110"),
        ("116117", "116117"),
        ("+498001110111", "0800 1110111"),
    ],
)
def test_phones_are_shown_as_dialled_in_germany(number: str, shown: str) -> None:
    assert facts.phone(number) == shown


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN)


OPEN_CASES = [
    ("2026-11-20 08:00", OFFICE, True),
    ("2026-11-20 07:59", OFFICE, False),
    ("2026-11-20 15:59", OFFICE, True),
    ("2026-11-20 16:00", OFFICE, False),
    ("2026-11-21 10:00", OFFICE, False),  # Saturday
    ("2026-11-22 10:00", OFFICE, False),  # Sunday
    ("2026-11-18 10:00", OFFICE, False),  # Buß- und Bettag, Saxony only
    ("2025-10-31 10:00", OFFICE, False),  # Reformationstag
    ("2025-11-19 10:00", OFFICE, False),  # Buß- und Bettag
    ("2024-10-31 10:00", OFFICE, False),
    ("2026-12-25 10:00", OFFICE, False),
    ("2026-12-24 10:00", OFFICE, True),  # no holiday by law
    ("2026-12-31 10:00", OFFICE, True),
    ("2027-01-01 10:00", OFFICE, False),
    ("2026-05-01 10:00", OFFICE, False),
    ("2026-04-03 10:00", OFFICE, False),  # Good Friday
    ("2026-04-06 10:00", OFFICE, False),  # Easter Monday
    ("2026-05-14 10:00", OFFICE, False),  # Ascension
    ("2026-05-25 10:00", OFFICE, False),  # Whit Monday
    ("2026-06-04 10:00", OFFICE, True),  # Corpus Christi: not in Leipzig
    ("2026-10-03 10:00", "Mo-Sa 08:00-16:00", False),
    ("2026-03-30 08:30", OFFICE, True),  # the Monday after clocks change
    ("2026-10-26 15:30", OFFICE, True),
    ("2026-12-25 03:00", "24/7", True),
    ("2027-01-01 00:00", "24/7", True),
    ("2026-11-17 12:30", "Tu 09:00-12:00,13:00-18:00; Th 09:00-12:00", False),
    ("2026-11-17 13:30", "Tu 09:00-12:00,13:00-18:00; Th 09:00-12:00", True),
    ("2026-11-19 13:30", "Tu 09:00-12:00,13:00-18:00; Th 09:00-12:00", False),
]


@pytest.mark.parametrize(("moment", "hours", "is_open"), OPEN_CASES)
def test_open_now_knows_saxonys_holidays(moment: str, hours: str, is_open: bool) -> None:
    found = facts.open_now(Schedule(opening_hours=hours), at(moment), "Europe/Berlin", "DE-SN")
    assert found is not None
    assert found.is_open == is_open


def test_the_time_zone_of_the_reader_does_not_matter() -> None:
    moment = dt.datetime(2026, 11, 20, 14, 30, tzinfo=dt.UTC)  # 15:30 in Leipzig
    found = facts.open_now(Schedule(opening_hours=OFFICE), moment, "Europe/Berlin", "DE-SN")
    assert found is not None and found.is_open


def test_hours_by_appointment_are_never_called_open() -> None:
    assert (
        facts.open_now(
            Schedule(opening_hours='"nach Vereinbarung"'), at("2026-11-20 10:00"), "Europe/Berlin", "DE-SN"
        )
        is None
    )


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ("Mo-Fr 08:00-16:00", ["Mo.–Fr. 08:00–16:00"]),
        ("Tu 09:00-12:00,13:00-18:00; Th 09:00-12:00", ["Di. 09:00–12:00, 13:00–18:00", "Do. 09:00–12:00"]),
        ("24/7", ["24/7"]),
    ],
)
def test_weekly_hours_group_equal_days(hours: str, lines: list[str]) -> None:
    assert [plain(line) for line in facts.weekly(Schedule(opening_hours=hours), "de")] == lines
