"""The widget's two scripts: the launcher under a short address, the chat under one that never changes.

The chat is written as small modules in static/widget/; they also run as they are, from
/static/widget/chat.js. Phones get them as one script without comments: on a slow network each request
costs seconds.
"""

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
MODULES = ("dom", "memory", "connection", "speech", "style", "blocks", "chat")
"""In the order they need each other."""
ENTRY = "export { Chat };\n"
PLACEHOLDER = re.compile(r"const SERVED = \{.*?\};")
FOREVER = "public, max-age=31536000, immutable"
"""For an address that names its content (RFC 8246)."""
SOON = "public, max-age=300"
"""For the launcher, which names the newest version of the rest."""
_COMMENTS = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)
_CASTS = re.compile(r"/\*\* ?@(?:type|param)[^\n]*?\*/ ?")
_IMPORTS = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORTS = re.compile(r"^export (?=const|class|function)", re.MULTILINE)
_INDENTS = re.compile(r"^[ \t]+", re.MULTILINE)
_ASIDES = re.compile(r"/\*(?!\*)(?:(?!\*/).)*\*/ ?")
_SPACES = re.compile(
    r'("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)'  # texts stay as they are
    r"|(?<![\w$+-]) +| +(?![\w$+-])|(?<=[;{,(\[])\n+|\n+(?=\n)"
)
"""Spaces beside a sign, and ends of lines where no semicolon could be missing; `a + +b` stays."""


@dataclass(frozen=True)
class Script:
    """A script as it is sent, plain and compressed."""

    plain: bytes
    small: bytes
    tag: str


def routes() -> list[web.RouteDef]:
    """Return the routes of the widget's files."""
    return [web.get(f"/{LAUNCHER}", launcher), web.get("/widget/{version}/chat.js", chat)]


async def launcher(request: web.Request) -> web.Response:
    """The launcher; it knows the version of the rest and two sentences in the browser's language."""
    language = wished_language(request)
    say = widget_texts(request.app[DESK].assistant.translations, language)
    return _send(request, launcher_script(language, say["open"], say["failed"]), SOON, "Accept-Language")


async def chat(request: web.Request) -> web.Response:
    """The chat. Old launchers ask for an old version and get the newest one."""
    newest = request.match_info["version"].partition("-")[0] == version()
    return _send(request, chat_script(), FOREVER if newest else "no-cache")


@cache
def chat_script() -> Script:
    """Return the chat's modules as one script."""
    sources = [(STATIC / "widget" / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    return _script("".join(squeeze(_IMPORTS.sub("", _EXPORTS.sub("", source))) for source in sources) + ENTRY)


def version() -> str:
    """Return a short text that changes with the chat."""
    return chat_script().tag.strip('"')[:12]


@cache
def launcher_script(language: str, opening: str, failed: str) -> Script:
    """Return the launcher for a language: `opening` names its button, `failed` is said when nothing loads."""
    served = {"version": version(), "language": language, "open": opening, "failed": failed}
    line = f"const SERVED = {json.dumps(served, ensure_ascii=False)};"
    source = (STATIC / LAUNCHER).read_text(encoding="utf-8")
    return _script(squeeze(PLACEHOLDER.sub(lambda _: line, source, count=1)))


def squeeze(source: str) -> str:
    """Return a script without comments and needless spaces: people read the files, phones load them."""
    for part in (_COMMENTS, _CASTS, _ASIDES, _INDENTS):
        source = part.sub("", source)
    return _SPACES.sub(lambda found: found[1] or "", source)


def _script(text: str) -> Script:
    plain = text.encode()
    return Script(plain, gzipped(plain, 9), f'"{hashlib.sha256(plain).hexdigest()[:24]}"')


def _send(request: web.Request, script: Script, caching: str, vary: str = "") -> web.Response:
    headers = {"ETag": f"W/{script.tag}", "Cache-Control": caching, **({"Vary": vary} if vary else {})}
    if is_known(request, script.tag):
        return web.Response(status=304, headers=headers)
    return sent(request, script.plain, script.small, "text/javascript; charset=utf-8", headers=headers)
