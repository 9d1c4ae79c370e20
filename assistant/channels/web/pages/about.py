"""What Lotse says of itself: privacy, accessibility, languages."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from assistant.answers.facts import date
from assistant.channels.texts import PAGE, TELEGRAM, WIDGET
from assistant.channels.web.keys import DESK
from assistant.channels.web.pages.editions import PerEdition
from assistant.channels.web.pages.phrases import phrase
from assistant.channels.web.pages.shell import page
from assistant.channels.web.wishes import wished_language
from assistant.knowledge.coverage import Coverage, coverages
from assistant.knowledge.model import Operator
from assistant.language.tags import endonym, language_name
from assistant.pipeline import Assistant

PRIVACY = (
    "short", "words", "chat", "unanswered", "counts", "feedback", "cookies", "address", "telegram", "rights",
)  # fmt: skip
WORKS = ("keyboard", "reader", "zoom", "colour", "motion", "aloud", "script")
OPEN = ("sign", "simple", "machine", "voice")


@dataclass(frozen=True)
class LanguageRow:
    """One language in the table: its own name, its name in the reader's language, how far it is."""

    endonym: str
    name: str
    coverage: Coverage


def routes() -> list[web.RouteDef]:
    """Return the routes of pages about Lotse."""
    return [
        web.get("/privacy", privacy),
        web.get("/a11y", accessibility),
        web.get("/languages", languages),
    ]


async def privacy(request: web.Request) -> web.Response:
    """What happens to words, addresses and numbers (Art. 13 GDPR)."""
    keys = [f"privacy_{key}" for key in PRIVACY]
    return page(request, "privacy.html", wished_language(request), keys=keys, operator=_operator(request))


async def accessibility(request: web.Request) -> web.Response:
    """The accessibility statement (Directive (EU) 2016/2102, Art. 7; BITV 2.0)."""
    works, still_open = [f"access_{key}" for key in WORKS], [f"access_{key}" for key in OPEN]
    return page(
        request, "access.html", wished_language(request), works=works, still_open=still_open,
        operator=_operator(request),
    )  # fmt: skip


async def languages(request: web.Request) -> web.Response:
    """How far each language is, counted from the catalogs."""
    assistant = request.app[DESK].assistant
    language = wished_language(request)
    rows = [LanguageRow(endonym(c.tag), language_name(c.tag, language), c) for c in _coverages(assistant)]
    as_of = phrase(assistant, language, PAGE["updated"], date=date(assistant.now().date(), language))
    return page(request, "languages.html", language, rows=rows, as_of=as_of)


def _operator(request: web.Request) -> Operator | None:
    return request.app[DESK].assistant.knowledge.base.operator


def _counted(assistant: Assistant, _language: str) -> tuple[Coverage, ...]:
    sentences = (*WIDGET.values(), *PAGE.values(), *TELEGRAM.values())
    return coverages(assistant.knowledge, assistant.translations, sentences)


_coverages = PerEdition(_counted)
