"""The shell of every page: language, addresses, header, footer, and how blocks become HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from aiohttp import web
from markupsafe import Markup

from assistant.answers.facts import LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE
from assistant.channels.web.keys import DESK, SETTINGS
from assistant.channels.web.pages.phrases import phrases_of
from assistant.language.tags import direction, languages_of
from assistant.rendering.structured_data import script_json

_ISOLATED = re.compile(f"^{LEFT_TO_RIGHT_ISOLATE}(.+?){POP_ISOLATE} ?(?:\\((.+)\\))?$")


@dataclass(frozen=True)
class PhoneLabel:
    """A phone number apart from what is said about it: digits run from left to right everywhere."""

    number: str
    note: str


def phone_label(label: str) -> PhoneLabel:
    """Return the parts of the label of a phone link."""
    found = _ISOLATED.match(label)
    return PhoneLabel(found[1], found[2] or "") if found else PhoneLabel(label, "")


def is_safe(href: str) -> bool:
    """Whether a link leads where links of Lotse lead; knowledge that is taken over may hold other things."""
    return href.startswith(("https://", "http://", "tel:", "mailto:")) or href[:1] == "/" != href[1:2]


def address(path: str, **query: str) -> str:
    """Return an address on this site; empty values are left out."""
    known = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(known)}" if known else path


templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["address"] = address
templates.tests["safe_link"] = is_safe
templates.filters["phone_label"] = phone_label
templates.filters["script_json"] = lambda data: Markup(script_json(data))


def page(
    request: web.Request,
    template: str,
    language: str,
    *,
    status: int = 200,
    private: bool = False,
    elsewhere: Mapping[str, str] | None = None,
    **values: object,
) -> web.Response:
    """Render a page.

    `private`: it holds what a person asked, nobody keeps it. `elsewhere`: what the address of this page
    in other languages is made of (`path` and query), where it is not the address asked for.
    """
    assistant = request.app[DESK].assistant
    query = dict(elsewhere or {"path": request.path})
    path = query.pop("path")
    base = request.app[SETTINGS].public_url
    languages = languages_of(assistant.languages)
    text = templates.get_template(template).render(
        language=language, direction=direction(language), languages=languages, private=private,
        say=phrases_of(assistant, language), path=path, base=base, public=assistant.knowledge.public,
        here={one.tag: address(path, **query, language=one.tag) for one in languages},
        anywhere=address(path, **query), today=assistant.now().date(), **values,
    )  # fmt: skip
    response = web.Response(text=text, status=status, content_type="text/html")
    response.headers["Cache-Control"] = "no-store" if private else "no-cache"
    response.headers["Content-Language"] = language
    return response
