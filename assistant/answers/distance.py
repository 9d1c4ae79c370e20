"""How far a place is, as the crow flies."""

from __future__ import annotations

import math

from babel.units import format_unit

from assistant.knowledge.model import Coordinates
from assistant.language.tags import locale_of

EARTH_RADIUS = 6371.0088
"""Mean radius in kilometres (IUGG)."""


def kilometres(start: Coordinates, end: Coordinates) -> float:
    """Return the great-circle distance of two places (haversine formula)."""
    latitudes = math.radians(start.latitude), math.radians(end.latitude)
    north = latitudes[1] - latitudes[0]
    east = math.radians(end.longitude - start.longitude)
    wide = math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(east / 2) ** 2
    half = math.sin(north / 2) ** 2 + wide
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(half))


def length(distance: float, language: str) -> str:
    """Return a distance in words: metres in tens below one kilometre, else kilometres."""
    locale = locale_of(language)
    if distance < 1:
        return format_unit(round(distance * 100) * 10, "length-meter", "short", locale=locale)
    return format_unit(round(distance, 1), "length-kilometer", "short", locale=locale)
