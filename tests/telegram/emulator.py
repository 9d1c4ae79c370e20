"""A Bot API server for tests: true offset and timeout semantics, limits, entity check, faults, webhook.

python-telegram-bot runs against it unpatched. Tests put messages in with `write` and `press`, read what
the bot sent in `sent`, plan faults with `faults` (one after another) or `spoil` (a share of all sends).
More methods of the Bot API are in methods.py.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "123456:EMULATED-TOKEN-FOR-TESTS-ONLY"
LIMIT = 4096
TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote"}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
TIMEOUT = 1.0
"""Longest poll, so that tests are quick."""


@dataclass
class Flood:
    """Telegram's limits: 30 messages a second, 1 a second per chat, 20 a minute per group; then 429."""

    clock: Callable[[], float] = time.monotonic
    _all: deque[float] = field(default_factory=deque)
    _chats: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    refusals: int = 0

    def wait(self, chat: int) -> int:
        """Return 0 when a message may come in, else the seconds to wait."""
        now = self.clock()
        most, span = (20, 60.0) if chat < 0 else (1, 1.0)
        for times, allowed, seconds in ((self._all, 30, 1.0), (self._chats[chat], most, span)):
            while times and now - times[0] >= seconds:
                times.popleft()
            if len(times) >= allowed:
                self.refusals += 1
                return max(1, round(seconds - (now - times[0])))
        self._all.append(now)
        self._chats[chat].append(now)
        return 0


@dataclass
class Emulator:
    """The state of the emulated server."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    blocked: set[int] = field(default_factory=set)
    flood: Flood | None = None
    """None: no limits."""
    spoil: float = 0.0
    """Share of sends that fail, each in one of several ways."""
    confirmed: int = 0
    webhook: dict[str, Any] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    _next: int = 1000
    _poll: int = 0
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

    async def quiet(self, seconds: float = 0.4) -> None:
        """Wait until the bot has made no call for so long, but for fetching updates."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            made = sum(method != "getUpdates" for method in self.calls)
            if made != count:
                count, since = made, time.monotonic()
            await asyncio.sleep(0.02)

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

    async def push(self, address: str, secret: str, times: int = 1, again: int = 50) -> list[int]:
        """Bring all updates to a webhook, each so many times at once; repeat what is not accepted."""
        accepted: list[int] = []

        async def bring(session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
            for _ in range(again):
                try:
                    headers = {SECRET_HEADER: secret}
                    async with session.post(address, json=update, headers=headers) as response:
                        if response.status == 200:
                            accepted.append(update["update_id"])
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.1)

        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(bring(session, u) for u in self.updates for _ in range(times)))
        return accepted

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        method = request.match_info["method"]
        self.calls.append(method)
        data = await _payload(request)
        fault = await self._fault(request, method)
        if fault is not None:
            return fault
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            return _error(404, "Not Found: method not emulated")
        if method.startswith("send") and method != "sendChatAction":
            refusal = self._refusal(int(data.get("chat_id", 0)))
            if refusal is not None:
                return refusal
        response: web.StreamResponse = await handler(data)
        return response

    def _refusal(self, chat: int) -> web.Response | None:
        if chat in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        wait = self.flood.wait(chat) if self.flood else 0
        if wait:
            return _error(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        return None

    async def _fault(self, request: web.Request, method: str) -> web.StreamResponse | None:
        planned = self.faults and self.faults[0].startswith(method)
        if planned:
            kind = self.faults.popleft().removeprefix(method).strip(":")
        elif method.startswith("send") and self.chance.random() < self.spoil:
            kind = self.chance.choice(("drop", "500", "502", "429", "malformed"))
        else:
            return None
        if kind == "500":
            return web.Response(status=500, text="<html>Internal Server Error</html>")
        if kind == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
        if kind == "429":
            return _error(429, "Too Many Requests: retry after 1", {"retry_after": 1})
        if kind == "409":
            return _error(409, "Conflict: terminated by other getUpdates request")
        if kind == "malformed":
            return web.Response(text='{"ok": true, "result": [{"update', content_type="application/json")
        if kind == "nonsense":
            return _ok({"this": "is no list"})
        if kind.startswith("slow"):
            await asyncio.sleep(float(kind.partition("slow")[2] or 1))
            return None
        if kind == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if kind.startswith("400"):
            return _error(400, kind.removeprefix("400").strip(":") or "Bad Request")
        raise AssertionError(f"unknown fault {kind}")

    async def _getMe(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _ok({"id": 123456, "is_bot": True, "first_name": "Lotse", "username": "lotse_bot"})

    async def _getUpdates(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        if self.webhook.get("url"):
            return _error(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poll += 1  # the newest request ends older ones
        mine = self._poll
        self._news.set()
        offset = int(data.get("offset") or 0)
        if offset:
            self.confirmed = max(self.confirmed, offset - 1)
            self.updates = [u for u in self.updates if u["update_id"] >= offset]
        until = time.monotonic() + min(float(data.get("timeout") or 0), TIMEOUT)
        while not self.updates and time.monotonic() < until and self._poll == mine:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(until - time.monotonic(), 0.001))
            except TimeoutError:
                break
        if self._poll != mine:
            return _error(409, "Conflict: terminated by other getUpdates request")
        return _ok(self.updates[:100])

    async def _setWebhook(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        self.webhook = data
        return _ok(True)

    async def _deleteWebhook(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        self.webhook = {}
        return _ok(True)

    async def _getWebhookInfo(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _ok({"url": self.webhook.get("url", ""), "pending_update_count": len(self.updates)})

    async def _sendMessage(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        chat = int(data["chat_id"])
        text = data["text"]
        if data.get("parse_mode") == "HTML":
            problem, text = check_html(text)
            if problem:
                return _error(400, f"Bad Request: can't parse entities: {problem}")
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LIMIT:
            return _error(400, "Bad Request: message is too long")
        markup = data.get("reply_markup") or {}
        for row in markup.get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                    return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        message = {"chat": chat, "html": data["text"], "text": text, "keyboard": markup}
        self.sent.append({**message, "at": time.monotonic()})
        return _ok({**self._message(chat, "de"), "text": text})

    async def _answerCallbackQuery(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _ok(True)


async def _payload(request: web.Request) -> dict[str, Any]:
    """What a call carries: JSON, or a form whose values may be JSON."""
    if request.content_type == "application/json":
        data = await request.json()
        return dict(data)
    found: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str) and value[:1] in ("{", "["):
            found[name] = json.loads(value)
        else:
            found[name] = value if isinstance(value, str) else value.filename
    return found


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
