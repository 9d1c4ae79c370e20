"""The widget's files: the launcher under one short address, the rest under addresses that never change."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from assistant.channels.texts import widget_texts
from assistant.channels.web.keys import DESK
from assistant.channels.web.responses import gzipped, is_known, sent
from assistant.channels.web.wishes import wished_language

STATIC = Path(__file__).parent / "static"
LAUNCHER = "widget.js"
PLACEHOLDER = re.compile(r"const SERVED = \{.*?\};")
FOREVER = "public, max-age=31536000, immutable"
"""For an address that names its content (RFC 8246)."""
SOON = "public, max-age=300"
"""For the launcher, which names the newest version of the rest."""
_COMMENTS = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)
_CASTS = re.compile(r"/\*\* ?@(?:type|param)[^\n]*?\*/ ?")
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A script as it is sent, plain and compressed."""

    plain: bytes
    small: bytes
    tag: str


def routes() -> list[web.RouteDef]:
    """Return the routes of the widget's files."""
    return [web.get(f"/{LAUNCHER}", launcher), web.get("/widget/{version}/{name}", module)]


async def launcher(request: web.Request) -> web.Response:
    """The launcher; it knows the version of the rest and two sentences in the browser's language."""
    language = wished_language(request)
    say = widget_texts(request.app[DESK].assistant.translations, language)
    return _send(request, launcher_script(language, say["open"], say["failed"]), SOON, "Accept-Language")


async def module(request: web.Request) -> web.Response:
    """One module of the chat. Old launchers ask for old versions and get the newest one."""
    found = modules().get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    newest = request.match_info["version"].partition("-")[0] == version()
    return _send(request, found, FOREVER if newest else "no-cache")


@cache
def modules() -> dict[str, Script]:
    """Return the chat's modules by name."""
    found = sorted((STATIC / "widget").glob("*.js"))
    return {path.name: _script(squeeze(path.read_text(encoding="utf-8"))) for path in found}


@cache
def version() -> str:
    """Return a short text that changes when any module changes."""
    return hashlib.sha256("".join(script.tag for script in modules().values()).encode()).hexdigest()[:12]


@cache
def launcher_script(language: str, opening: str, failed: str) -> Script:
    """Return the launcher for a language: `opening` names its button, `failed` is said when nothing loads."""
    served = {"version": version(), "language": language, "open": opening, "failed": failed}
    line = f"const SERVED = {json.dumps(served, ensure_ascii=False)};"
    source = squeeze((STATIC / LAUNCHER).read_text(encoding="utf-8"))
    return _script(PLACEHOLDER.sub(lambda _: line, source, count=1))


def squeeze(source: str) -> str:
    """Return a script without its comments and indentation: people read the files, phones load them."""
    return _INDENTS.sub("", _CASTS.sub("", _COMMENTS.sub("", source)))


def _script(text: str) -> Script:
    plain = text.encode()
    return Script(plain, gzipped(plain, 9), f'"{hashlib.sha256(plain).hexdigest()[:24]}"')


def _send(request: web.Request, script: Script, caching: str, vary: str = "") -> web.Response:
    headers = {"ETag": f"W/{script.tag}", "Cache-Control": caching, **({"Vary": vary} if vary else {})}
    if is_known(request, script.tag):
        return web.Response(status=304, headers=headers)
    return sent(request, script.plain, script.small, "text/javascript; charset=utf-8", headers=headers)
