"""Pages that say what went wrong and still help: a question form and the emergency numbers."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.texts import PAGE, TELEGRAM, WIDGET
from assistant.channels.web.keys import DESK
from assistant.channels.web.pages.phrases import phrase
from assistant.channels.web.pages.shell import page
from assistant.channels.web.pages.topics import main_topics
from assistant.channels.web.wishes import wished_language

SENTENCES = {
    404: PAGE["not_found"],
    413: WIDGET["long"],
    429: WIDGET["limit"],
    500: TELEGRAM["trouble"],
    503: WIDGET["resting"],
}
"""What people read of an error; of all others that something went wrong (500)."""


def error_page(request: web.Request, status: int) -> web.Response:
    """Return the page for an error."""
    assistant = request.app[DESK].assistant
    language = wished_language(request)
    said = phrase(assistant, language, SENTENCES.get(status, SENTENCES[500]))
    return page(
        request, "error.html", language, status=status, elsewhere={"path": "/"}, private=True,
        sentence=said, topics=main_topics(assistant, language),
    )  # fmt: skip


def not_found(request: web.Request) -> web.Response:
    """Return the page for addresses that do not exist (status 404)."""
    return error_page(request, 404)
