"""Facts that change with the day: open now, dates ahead, whose turn it is, how far it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import icalendar
import pytest

from assistant.answers.calendar import calendar_file
from assistant.answers.dates import coming, has_dates, next_start
from assistant.answers.distance import kilometres, length
from assistant.answers.facts import open_now
from assistant.answers.reply import Contact, Facts, Links, Notice, Share
from assistant.answers.rotation import rotated
from assistant.dialogue.state import Message
from assistant.knowledge.model import Alert, Coordinates, Course, Event, Knowledge, Offering, Schedule
from assistant.pipeline import Assistant
from tests.conftest import NOON

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = NOON.date()
COURSE, FAIR = "integrationskurs-ueberblick", "integrationsmesse-leipzig"


def with_entry(assistant: Assistant, entry_id: str, **changes: object) -> Assistant:
    """The assistant with one entry changed."""
    entries = dict(assistant.knowledge.entries)
    entries[entry_id] = entries[entry_id].model_copy(update=changes)
    knowledge = assistant.knowledge.model_copy(update={"entries": entries})
    return replace(assistant, knowledge=knowledge, composer=replace(assistant.composer, knowledge=knowledge))


def blocks(assistant: Assistant, entry_id: str, kind: type, language: str = "de") -> list:  # type: ignore[type-arg]
    reply = assistant.composer.answer(language, assistant.knowledge.entries[entry_id], (entry_id,), 1.0)
    return [block for block in reply.blocks if isinstance(block, kind)]


# --- opening hours --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T10:00", True),
        ("2026-11-20T20:00", False),
        ("2026-11-18T10:00", False),  # Buß- und Bettag, a holiday in Saxony only
        ("2026-10-31T10:00", False),  # Reformationstag
        ("2026-12-25T10:00", False),
        ("2027-01-01T10:00", False),
    ],
)
def test_saxonys_holidays_are_closed(moment: str, is_open: bool) -> None:
    schedule = Schedule(opening_hours="Mo-Sa 09:00-18:00")
    now = dt.datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    found = open_now(schedule, now, "Europe/Berlin", "DE-SN")
    assert found is not None
    assert found.is_open is is_open


def test_an_exception_on_one_day_counts() -> None:
    schedule = Schedule(opening_hours="Mo-Fr 09:00-18:00; 2026 Nov 20 off")
    found = open_now(schedule, NOON, "Europe/Berlin", "DE-SN")
    assert found is not None
    assert not found.is_open
    assert found.opens == dt.datetime(2026, 11, 23, 9, 0)


# --- dates ----------------------------------------------------------------------------------------------


def offerings(*days: str) -> tuple[Offering, ...]:
    return tuple(Offering(start=dt.date.fromisoformat(d), level="A1", provider="vhs-leipzig") for d in days)


def test_past_courses_vanish_and_the_next_comes_first(assistant: Assistant) -> None:
    own = with_entry(assistant, COURSE, offerings=offerings("2027-02-01", "2026-11-19", "2026-12-01"))
    course = own.knowledge.entries[COURSE]
    assert isinstance(course, Course)
    assert [o.start.isoformat() for o in coming(course, TODAY)] == ["2026-12-01", "2027-02-01"]
    facts = blocks(own, COURSE, Facts)[-1]
    assert [f.label.value for f in facts.facts] == ["1. Dezember 2026", "1. Februar 2027"]


def test_a_running_course_is_still_shown(assistant: Assistant) -> None:
    offering = Offering(start=dt.date(2026, 11, 1), end=dt.date(2026, 12, 1))
    own = with_entry(assistant, COURSE, offerings=(offering,))
    assert has_dates(own.knowledge.entries[COURSE], NOON, "Europe/Berlin")


def fair(**changes: object) -> Event:
    values = {"starts_at": dt.datetime(2026, 11, 21, 10), "ends_at": dt.datetime(2026, 11, 21, 16), **changes}
    return Event.model_construct(id="messe", title="Messe", summary="Eine Messe", **values)


def test_an_event_ahead_has_its_date() -> None:
    assert next_start(fair(), NOON, "Europe/Berlin") == dt.datetime(2026, 11, 21, 10, tzinfo=BERLIN)


def test_a_past_event_has_none() -> None:
    past = fair(starts_at=dt.datetime(2026, 11, 19, 10), ends_at=dt.datetime(2026, 11, 19, 16))
    assert next_start(past, NOON, "Europe/Berlin") is None


def test_a_weekly_event_shows_its_next_time_on_the_clock_of_the_wall() -> None:
    weekly = fair(starts_at=dt.datetime(2026, 10, 7, 17), ends_at=None, rrule="FREQ=WEEKLY")
    assert next_start(weekly, NOON, "Europe/Berlin") == dt.datetime(2026, 11, 25, 17, tzinfo=BERLIN)


def test_a_date_goes_into_the_calendar(assistant: Assistant) -> None:
    start = dt.datetime(2027, 5, 22, 10)
    own = with_entry(assistant, FAIR, starts_at=start, ends_at=start + dt.timedelta(hours=6))
    file = calendar_file(own.knowledge, own.translations, "uk", own.knowledge.entries[FAIR], NOON)
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert event["dtstart"].dt == start.replace(tzinfo=BERLIN)
    assert "Puschstraße 10" in event["location"]
    assert event["summary"] == own.composer.title("uk", own.knowledge.entries[FAIR]).value
    assert blocks(own, FAIR, Links)[-1].links[-1].href == f"/q/{FAIR}/calendar.ics?language=de"


def test_courses_go_into_the_calendar_as_days(assistant: Assistant) -> None:
    own = with_entry(assistant, COURSE, offerings=offerings("2026-11-01", "2026-12-01"))
    file = calendar_file(own.knowledge, own.translations, "de", own.knowledge.entries[COURSE], NOON)
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert (event["dtstart"].dt, event["dtend"].dt) == (dt.date(2026, 12, 1), dt.date(2026, 12, 2))


@pytest.mark.parametrize(("first", "last", "shown"), [(1, 30, 1), (1, 19, 0), (21, 30, 0)])
def test_a_notice_shows_only_while_it_holds(assistant: Assistant, first: int, last: int, shown: int) -> None:
    alert = Alert(
        text="Heute geschlossen", valid_from=dt.date(2026, 11, first), valid_to=dt.date(2026, 11, last)
    )
    own = with_entry(assistant, "kindergeld", alert=alert)
    assert len([n for n in blocks(own, "kindergeld", Notice) if n.kind == "alert"]) == shown


def test_fees_say_their_year(assistant: Assistant) -> None:
    facts = blocks(assistant, "pflegefachkraft", Facts)[0]
    assert "2025" in facts.facts[0].value.value


# --- distance -------------------------------------------------------------------------------------------


def test_the_distance_to_a_place_is_shown_when_a_position_is_given(assistant: Assistant) -> None:
    office = assistant.knowledge.organization("jobcenter-leipzig")
    assert office is not None
    place = office.locations[0].model_copy(
        update={"coordinates": Coordinates(latitude=51.3571, longitude=12.3833)}
    )
    own = with_entry(assistant, "jobcenter-leipzig", locations=(place,))
    here = Coordinates(latitude=51.3455, longitude=12.3821)
    message = Message(choice="e:jobcenter-leipzig", language="de", position=here)
    (card,) = [b for b in own.respond(message).reply.blocks if isinstance(b, Contact)]
    assert card.distance is not None
    assert "1,3" in card.distance.value
    (card,) = [b for b in own.respond(replace(message, position=None)).reply.blocks if isinstance(b, Contact)]
    assert card.distance is None


def test_distances_are_those_of_a_map() -> None:
    leipzig, dresden = (
        Coordinates(latitude=51.3455, longitude=12.3821),
        Coordinates(latitude=51.0404, longitude=13.7320),
    )
    assert kilometres(leipzig, dresden) == pytest.approx(100, abs=1)
    assert kilometres(leipzig, leipzig) == 0
    assert length(0.34, "de") == "340 m"
    assert length(12.34, "de") == "12,3 km"


# --- fair referral --------------------------------------------------------------------------------------


def group_of(provider: str) -> str | None:
    return "equal" if provider in ("a", "b", "c") else None


def test_only_equal_providers_change_places() -> None:
    for day in range(1, 20):
        order = rotated(["x", "a", "y", "b", "c"], group_of, dt.date(2026, 11, day), "k")
        assert (order[0], order[2]) == ("x", "y")
        assert sorted(order) == ["a", "b", "c", "x", "y"]


def test_the_order_stays_within_a_day_and_conversation() -> None:
    orders = {tuple(rotated(["a", "b", "c"], group_of, TODAY, "same")) for _ in range(5)}
    assert len(orders) == 1


def test_demand_spreads_evenly() -> None:
    first = Counter(rotated(["a", "b", "c"], group_of, TODAY, str(n))[0] for n in range(3000))
    assert all(900 < count < 1100 for count in first.values())


def migration_counselling(knowledge: Knowledge) -> set[str]:
    return {
        e.id for e in knowledge.entries.values() if getattr(e, "rotation_group", None) == "migrationsberatung"
    }


def test_migration_counselling_offices_take_turns(assistant: Assistant) -> None:
    equal = migration_counselling(assistant.knowledge)
    assert len(equal) >= 3
    first = Counter()
    for number in range(60):
        message = Message(choice="e:migrationsberatung", language="de", conversation=f"c{number}")
        cards = [b.entry for b in assistant.respond(message).reply.blocks if isinstance(b, Contact)]
        assert cards[1] == "naomi-jmd-leipzig"
        first[cards[0]] += 1
        again = [b.entry for b in assistant.respond(message).reply.blocks if isinstance(b, Contact)]
        assert again == cards
    assert set(first) == equal


# --- taking it along ------------------------------------------------------------------------------------


def test_a_shared_link_has_the_public_address(assistant: Assistant) -> None:
    composer = replace(assistant.composer, public_url="https://lotse.example")
    own = replace(assistant, composer=composer)
    (share,) = [
        b
        for b in own.respond(Message(choice="share:kindergeld", language="tr")).reply.blocks
        if isinstance(b, Share)
    ]
    assert share.href == "https://lotse.example/q/kindergeld?language=tr"
    assert share.qr == "https://lotse.example/q/kindergeld/qr.svg?language=tr"


def test_nobody_takes_turns_whom_people_cannot_reach(assistant: Assistant) -> None:
    for provider in migration_counselling(assistant.knowledge):
        organization = assistant.knowledge.organization(provider)
        assert organization is not None
        assert organization.is_reachable()
