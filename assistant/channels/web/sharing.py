"""What can be taken along from an answer: its QR code and its dates."""

from __future__ import annotations

import io

import segno
from aiohttp import web

from assistant.answers.calendar import calendar_file
from assistant.answers.dates import has_dates
from assistant.channels.web.keys import DESK
from assistant.channels.web.wishes import asked_entry, reached_at, wished_language

ERROR_CORRECTION = "m"
"""15 % of the code may be covered or dirty: enough for paper."""


def routes() -> list[web.RouteDef]:
    """Return the routes of what can be taken along."""
    return [
        web.get("/q/{id}/qr.svg", qr_code),
        web.get("/q/{id}/calendar.ics", calendar),
    ]


async def qr_code(request: web.Request) -> web.Response:
    """The address of an answer as QR code (SVG)."""
    entry = asked_entry(request)
    address = f"{reached_at(request)}/q/{entry.id}"
    if request.query.get("language"):
        address += f"?language={wished_language(request)}"
    out = io.BytesIO()
    segno.make(address, error=ERROR_CORRECTION, micro=False).save(
        out, kind="svg", scale=8, border=4, light="#fff", title=address, xmldecl=False
    )
    return web.Response(body=out.getvalue(), content_type="image/svg+xml")


async def calendar(request: web.Request) -> web.Response:
    """The dates of an entry that are still ahead, for the calendar of a phone."""
    entry = asked_entry(request)
    assistant = request.app[DESK].assistant
    now = assistant.now()
    if not has_dates(entry, now, assistant.knowledge.base.time_zone):
        raise web.HTTPNotFound
    language = wished_language(request)
    body = calendar_file(assistant.knowledge, assistant.translations, language, entry, now)
    headers = {"Content-Disposition": f'attachment; filename="{entry.id}.ics"'}
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)
