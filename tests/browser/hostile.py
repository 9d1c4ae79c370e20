"""A knowledge base whose texts are attacks: as if someone had got at the files, or at what is imported."""

from __future__ import annotations

import re
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from tests.browser.payloads import PAYLOADS

SLOTS = 14
"""Texts of an entry that hold payloads, at most."""


def write_hostile_entries(knowledge: Path) -> list[str]:
    """Add entries to a knowledge folder until every payload stood in several places; return their ids.

    Only what the loader takes is written: an address must look like one.
    """
    step = 5  # each payload stands in about three different places of procedures, and of contacts
    ids: list[str] = []
    for number, start in enumerate(range(0, len(PAYLOADS), step)):
        texts = list(islice(cycle(PAYLOADS), start, start + SLOTS))
        for folder, data in (("organizations", _contact(texts)), ("procedures", _procedure(texts, number))):
            name = f"{'k' if folder == 'organizations' else 'v'}-{number}"
            path = knowledge / folder / f"{name}.yaml"
            path.write_text(yaml.safe_dump(data, allow_unicode=False), encoding="utf-8")
            ids.append(name)
    base = yaml.safe_load((knowledge / "base.yaml").read_text())
    base["region"] = PAYLOADS[0]
    (knowledge / "base.yaml").write_text(yaml.safe_dump(base))
    return ids


def _common(texts: list[str], concept: str) -> dict[str, Any]:
    return {
        "title": texts[0],
        "summary": texts[1],
        "details": [texts[2]],
        "about": {"core": [concept]},
        "sources": [{"law": texts[3]}, {"publication": texts[4], "what": texts[5]}],
        "assured_date": "2026-07-01",
        "german_phrases": [texts[6]],
        "links": [{"url": f"https://example.org/{_tight(texts[7])}", "description": texts[8]}],
        "alert": {"text": texts[9]},
    }


def _contact(texts: list[str]) -> dict[str, Any]:
    return {
        **_common(texts, "advice"),
        "kind": "counselling",
        "region": "leipzig",
        "phones": [{"number": "+493411234567", "description": texts[10]}],
        "emails": [{"address": f"{_tight(texts[11])}@example.org", "description": texts[12]}],
        "website": {"url": f"https://example.org/{_tight(texts[13])}", "description": texts[1]},
        "schedules": [{"opening_hours": "Mo-Fr 08:00-16:00", "description": texts[2]}],
        "locations": [{
            "name": texts[3], "transit_stop": texts[4], "accessibility": texts[5],
            "address": {"street": texts[6], "city": texts[7], "district": texts[8]},
        }],
        "services": [{"name": texts[9], "description": texts[10]}],
        "serves": texts[11],
        "appointment": texts[12],
        "interpretation_services": texts[13],
        "accessibility": texts[0],
        "assured_by": texts[1],
    }  # fmt: skip


def _procedure(texts: list[str], number: int) -> dict[str, Any]:
    return {
        **_common(texts, "recognition"),
        "steps": texts[:3],
        "documents": texts[3:6],
        "fees": [{"label": texts[6], "amount": 10, "note": texts[7]}],
        "durations": [{"label": texts[8], "value": 2, "unit": "week", "note": texts[9]}],
        "responsible": [f"k-{number}"],
        "legal_basis": [texts[10]],
        "if_rejected": texts[11],
        "funding": texts[12],
        "eligibility": {"description": texts[13]},
        "variants": [{"when": {"children": True}, "text": texts[0]}],
        "contacts": [f"k-{number}"],
    }


def _tight(text: str) -> str:
    """The text as it can stand in an address."""
    return re.sub(r"[\s@\x00-\x1f\u2028\u2029]", "", text)
