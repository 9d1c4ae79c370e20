"""An entry as schema.org JSON-LD, so that search engines and assistants show the right phone and hours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from assistant.answers.dates import coming, local, next_start
from assistant.answers.facts import opening_times
from assistant.knowledge.model import (
    Advice,
    Course,
    Entry,
    Event,
    Fee,
    Knowledge,
    Location,
    Organization,
    Procedure,
)
from assistant.language.translations import Translations

_KINDS = {
    "authority": "GovernmentOrganization", "employment": "GovernmentOrganization",
    "education": "EducationalOrganization", "emergency": "EmergencyService",
}  # fmt: skip
"""Kinds of organizations schema.org knows; all others are an Organization."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MODES = {"in_person": "onsite", "online": "online", "full_time": "full-time", "part_time": "part-time"}
_ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
Data = dict[str, Any]


def structured_data(
    knowledge: Knowledge,
    translations: Translations,
    language: str,
    entry: Entry,
    now: dt.datetime,
    address: str,
) -> Data:
    """Return an entry as a WebPage about a service, organization, course or event.

    `address`: where the page can be reached, "" when that is not known.
    """
    text = translations.knowledge_text(language, f"{entry.id}:title", entry.title)
    page: Data = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": text.value,
        "inLanguage": text.language,
        "url": address,
        "lastReviewed": entry.assured_date.isoformat(),
        "isAccessibleForFree": True,
    }
    named = {
        "name": text.value,
        "description": translations.knowledge_text(language, f"{entry.id}:summary", entry.summary).value,
    }
    entity = _entity(knowledge, entry, now)
    if entity is None:
        page["description"] = named["description"]
    else:
        page["mainEntity"] = _known(entity | named)
    return _known(page)


def _entity(knowledge: Knowledge, entry: Entry, now: dt.datetime) -> Data | None:
    """What the page is about; a guide is about nothing schema.org has a type for."""
    if isinstance(entry, Organization):
        return _organization(entry)
    if isinstance(entry, Event):
        return _event(knowledge, entry, now)
    if isinstance(entry, Course):
        return _course(knowledge, entry, now)
    return _service(knowledge, entry) if isinstance(entry, Procedure) else None


def script_json(data: Mapping[str, Any]) -> str:
    """Return data as JSON that cannot end the script element it stands in (no `<`, `>` or `&`)."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPED)


def _organization(entry: Organization) -> Data:
    phones = [phone.number for phone in entry.phones]
    return {
        "@type": _KINDS.get(entry.kind, "Organization"),
        "url": entry.website.url if entry.website else None,
        "telephone": phones,
        "email": [email.address for email in entry.emails],
        "address": [_address(location) for location in entry.locations],
        "location": [_place(location, entry) for location in entry.locations],
        "contactPoint": _known(
            {
                "@type": "ContactPoint",
                "telephone": phones[0] if phones else None,
                "availableLanguage": list(entry.languages),
                "hoursAvailable": _hours(entry, "phone"),
            }
        )
        if phones
        else None,
    }


def _place(location: Location, entry: Organization) -> Data:
    geo = location.coordinates
    return _known(
        {
            "@type": "Place",
            "name": location.name,
            "address": _address(location),
            "geo": geo and {"@type": "GeoCoordinates", "latitude": geo.latitude, "longitude": geo.longitude},
            # Which place the hours belong to is only sure where there is one.
            "openingHoursSpecification": _hours(entry, "visit") if len(entry.locations) == 1 else None,
        }
    )


def _address(location: Location) -> Data:
    address = location.address
    return _known(
        {
            "@type": "PostalAddress",
            "streetAddress": address.street,
            "postalCode": address.postal_code,
            "addressLocality": address.city,
            "addressCountry": "DE",
        }
    )


def _hours(entry: Organization, kind: str) -> list[Data]:
    """Hours without a doubt: old ones, which people should check first, are left out."""
    return [
        _known(
            {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": f"https://schema.org/{_DAYS[day]}",
                "opens": opens,
                "closes": "23:59" if closes == "24:00" else closes,
                "validFrom": schedule.valid_from and schedule.valid_from.isoformat(),
                "validThrough": schedule.valid_to and schedule.valid_to.isoformat(),
            }
        )
        for schedule in entry.schedules
        if schedule.kind == kind and schedule.as_of is None
        for day, opens, closes in opening_times(schedule)
    ]


def _service(knowledge: Knowledge, entry: Advice) -> Data:
    return {
        "@type": "GovernmentService",
        "provider": _providers(knowledge, entry.responsible),
        "areaServed": knowledge.base.region,
        "offers": [_offer(fee) for fee in entry.fees],
    }


def _course(knowledge: Knowledge, entry: Course, now: dt.datetime) -> Data:
    return {
        "@type": "Course",
        "inLanguage": knowledge.base.source_language,
        "educationalLevel": list(entry.levels),
        "provider": _providers(knowledge, entry.providers or entry.responsible),
        "offers": [_offer(fee) for fee in entry.fees],
        "hasCourseInstance": [
            _known(
                {
                    "@type": "CourseInstance",
                    "startDate": offering.start.isoformat(),
                    "endDate": offering.end and offering.end.isoformat(),
                    "courseMode": [_MODES[mode] for mode in entry.format if mode in _MODES],
                    "organizer": _providers(knowledge, [offering.provider] if offering.provider else ()),
                    "url": offering.url,
                }
            )
            for offering in coming(entry, now.date())
        ],
    }


def _event(knowledge: Knowledge, entry: Event, now: dt.datetime) -> Data:
    zone = knowledge.base.time_zone
    start = next_start(entry, now, zone)
    length = (
        local(entry.ends_at, zone) - local(entry.starts_at, zone)
        if entry.starts_at and entry.ends_at
        else None
    )
    return {
        "@type": "Event",
        "startDate": start and start.isoformat(),
        "endDate": (start + length).isoformat() if start and length is not None else None,
        "location": entry.location
        and _known({"@type": "Place", "name": entry.location.name, "address": _address(entry.location)}),
        "organizer": _providers(knowledge, [entry.organizer] if entry.organizer else ()),
        "inLanguage": list(entry.languages),
        "url": entry.website.url if entry.website else None,
    }


def _providers(knowledge: Knowledge, ids: Iterable[str]) -> list[Data]:
    found = (knowledge.organization(entry_id) for entry_id in ids)
    return [
        _known(
            {
                "@type": _KINDS.get(o.kind, "Organization"),
                "name": o.title,
                "telephone": [phone.number for phone in o.phones],
                "url": o.website.url if o.website else None,
            }
        )
        for o in found
        if o is not None and o.is_public()
    ]


def _offer(fee: Fee) -> Data:
    price = {"minPrice": fee.minimum, "maxPrice": fee.maximum, "price": fee.amount}
    known = {name: float(value) for name, value in price.items() if value is not None}
    return {
        "@type": "Offer",
        "name": fee.label,
        "priceSpecification": {"@type": "PriceSpecification", "priceCurrency": fee.currency, **known},
    }


def _known(data: Data) -> Data:
    """The data without what is not known."""
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
