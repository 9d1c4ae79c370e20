"""A Bot API server for tests: true offset and timeout semantics, limits, entity check, faults.

python-telegram-bot runs against it unpatched. Tests put messages in with `write` and `press`, read what
the bot sent in `sent`, and plan faults with `faults`.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

TOKEN = "123456:EMULATED-TOKEN-FOR-TESTS-ONLY"
LIMIT = 4096
TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote"}


@dataclass
class Emulator:
    """The state of the emulated server."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    confirmed: int = 0
    _next: int = 1000
    _polling: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """Return the server."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        return app

    def write(self, text: str, chat: int = 7, language: str = "de", **message: Any) -> int:
        """A person writes; returns the update id."""
        content = {"text": text} if text else {}
        if text.startswith("/"):
            content["entities"] = [  # type: ignore[assignment]
                {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            ]
        return self._push({"message": {**self._message(chat, language), **content, **message}})

    def press(self, data: str, chat: int = 7, language: str = "de") -> int:
        """A person presses a button."""
        query = {
            "id": str(self._next),
            "from": self._person(chat, language),
            "chat_instance": "1",
            "data": data,
            "message": self._message(chat, language),
        }
        return self._push({"callback_query": query})

    async def answers(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Wait until the bot has sent a number of messages; return all of them."""
        async with asyncio.timeout(seconds):
            while len(self.sent) < count:
                await asyncio.sleep(0.02)
        return self.sent

    def _push(self, content: dict[str, Any]) -> int:
        self._next += 1
        self.updates.append({"update_id": self._next, **content})
        self._news.set()
        return self._next

    def _person(self, chat: int, language: str) -> dict[str, Any]:
        return {"id": chat, "is_bot": False, "first_name": "Marker-Name", "language_code": language}

    def _message(self, chat: int, language: str) -> dict[str, Any]:
        return {
            "message_id": self._next,
            "date": 1763600000,
            "chat": {"id": chat, "type": "private", "first_name": "Marker-Name"},
            "from": self._person(chat, language),
        }

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        method = request.match_info["method"]
        self.calls.append(method)
        data = {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return _error(404, "Not Found: method not emulated")
        fault = await self._fault(method)
        return fault or await handler(data)

    async def _fault(self, method: str) -> web.StreamResponse | None:
        if not self.faults or not self.faults[0].startswith(method):
            return None
        kind = self.faults.popleft().removeprefix(method).strip(":")
        if kind == "500":
            return web.Response(status=500, text="<html>Internal Server Error</html>")
        if kind == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if kind == "429":
            return _error(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        if kind == "drop":
            raise web.HTTPInternalServerError(text="")
        raise AssertionError(f"unknown fault {kind}")

    async def _getMe(self, data: dict[str, str]) -> web.Response:  # noqa: N802
        return _ok({"id": 123456, "is_bot": True, "first_name": "Lotse", "username": "lotse_bot"})

    async def _getUpdates(self, data: dict[str, str]) -> web.Response:  # noqa: N802
        if self._polling:
            return _error(409, "Conflict: terminated by other getUpdates request")
        offset = int(data.get("offset", "0"))
        self.confirmed = max(self.confirmed, offset - 1)
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        self._polling = True
        try:
            if not self.updates:
                self._news.clear()
                try:
                    await asyncio.wait_for(self._news.wait(), min(float(data.get("timeout", "0")), 1.0))
                except TimeoutError:
                    return _ok([])
            return _ok(self.updates[:100])
        finally:
            self._polling = False

    async def _sendMessage(self, data: dict[str, str]) -> web.Response:  # noqa: N802
        chat = int(data["chat_id"])
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        text = data["text"]
        if data.get("parse_mode") == "HTML":
            problem, text = check_html(text)
            if problem:
                return _error(400, f"Bad Request: can't parse entities: {problem}")
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LIMIT:
            return _error(400, "Bad Request: message is too long")
        markup = json.loads(data.get("reply_markup", "{}"))
        for row in markup.get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                    return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        self.sent.append({"chat": chat, "html": data["text"], "text": text, "keyboard": markup})
        return _ok({**self._message(chat, "de"), "text": text})

    async def _answerCallbackQuery(self, data: dict[str, str]) -> web.Response:  # noqa: N802
        return _ok(True)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.problem = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.problem = self.problem or f"unsupported start tag {tag}"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problem = self.problem or f"unexpected end tag {tag}"

    def handle_data(self, data: str) -> None:
        self.text += data


def check_html(text: str) -> tuple[str, str]:
    """Return what is wrong with Telegram HTML (or an empty text) and the text without tags."""
    parser = _Tags()
    parser.feed(text)
    parser.close()
    if parser.open:
        parser.problem = parser.problem or f"can't find end tag for {parser.open[-1]}"
    return parser.problem, parser.text


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(code: int, text: str, parameters: dict[str, Any] | None = None) -> web.Response:
    body = {"ok": False, "error_code": code, "description": text}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)
