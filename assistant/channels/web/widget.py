"""The widget's files: the launcher under one short address, the rest under addresses that never change."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache

from aiohttp import web

from assistant.channels.texts import widget_texts
from assistant.channels.web.api import STATIC, wished_language
from assistant.channels.web.keys import DESK

LAUNCHER = "widget.js"
PLACEHOLDER = re.compile(r"const SERVED = \{.*?\};")
FOREVER = "public, max-age=31536000, immutable"
"""For an address that names its content (RFC 8246)."""
SHORT = "private, max-age=300"
"""For the launcher: it names the newest version and speaks the language of one browser."""
_COMMENTS = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)
_CASTS = re.compile(r"/\*\* ?@(?:type|param)[^\n]*?\*/ ?")
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)


@dataclass(frozen=True)
class File:
    """A file as it is sent, plain and compressed."""

    plain: bytes
    packed: bytes


def routes() -> list[web.RouteDef]:
    """Return the routes of the widget's files."""
    return [web.get(f"/{LAUNCHER}", launcher), web.get("/widget/{version}/{name}", module)]


async def launcher(request: web.Request) -> web.Response:
    """The launcher; it knows the version of the rest and two sentences in the browser's language."""
    language = wished_language(request)
    say = widget_texts(request.app[DESK].assistant.translations, language)
    file = launcher_file(language, say["open"], say["failed"])
    return _send(request, file, SHORT)


async def module(request: web.Request) -> web.Response:
    """One module of the chat. Old launchers ask for old versions and get the newest one."""
    name = request.match_info["name"]
    files = modules()
    if name not in files:
        raise web.HTTPNotFound
    newest = request.match_info["version"].partition("-")[0] == version()
    return _send(request, files[name], FOREVER if newest else "no-cache")


@cache
def modules() -> dict[str, File]:
    """Return the chat's modules by name."""
    found = sorted((STATIC / "widget").glob("*.js"))
    return {path.name: _pack(squeeze(path.read_text(encoding="utf-8"))) for path in found}


@cache
def version() -> str:
    """Return a short text that changes when any module changes."""
    content = b"".join(file.plain for file in modules().values())
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def launcher_file(language: str, opening: str, failed: str) -> File:
    """Return the launcher for a language: `opening` names its button, `failed` is said when nothing loads."""
    served = {"version": version(), "language": language, "open": opening, "failed": failed}
    source = squeeze((STATIC / LAUNCHER).read_text(encoding="utf-8"))
    line = f"const SERVED = {json.dumps(served, ensure_ascii=False)};"
    return _pack(PLACEHOLDER.sub(lambda _: line, source, count=1))


def squeeze(source: str) -> str:
    """Return a script without its comments and indentation; the files are read by people, sent to phones."""
    return _INDENTS.sub("", _CASTS.sub("", _COMMENTS.sub("", source)))


def _pack(text: str) -> File:
    plain = text.encode()
    return File(plain, gzip.compress(plain, 9, mtime=0))


def _send(request: web.Request, file: File, caching: str) -> web.Response:
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding, Accept-Language"}
    body = file.plain
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)
