"""`/embed`: the widget alone on a page, for a frame on pages that allow no script of ours."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.texts import widget_texts
from assistant.channels.web.keys import DESK
from assistant.channels.web.pages.shell import templates
from assistant.channels.web.wishes import wished_language
from assistant.language.tags import direction

PATH = "/embed"


def routes() -> list[web.RouteDef]:
    """Return the route of the page."""
    return [web.get(PATH, embed)]


async def embed(request: web.Request) -> web.Response:
    """The page for frames; who may frame it is said by its Content-Security-Policy."""
    language = wished_language(request)
    text = templates.get_template("embed.html").render(
        language=language,
        direction=direction(language),
        say=widget_texts(request.app[DESK].assistant.translations, language),
    )
    headers = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language"}
    return web.Response(text=text, content_type="text/html", headers=headers)
