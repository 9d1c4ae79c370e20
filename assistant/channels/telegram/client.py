"""Calls of the Bot API over HTTP: one connection pool, few kinds of failure, no token in any message."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

PUBLIC = "https://api.telegram.org/bot"
SECONDS = 10.0
"""How long a call may take."""


class CallError(Exception):
    """A call that did not succeed."""


class UnreachableError(CallError):
    """Dropped, timed out, answered by 5xx or by something that is no Bot API: try again later."""


class TooManyError(CallError):
    """429: Telegram wants a pause of `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"pause {seconds:g} s")
        self.seconds = seconds


class RefusedError(CallError):
    """4xx: the same call will be refused again; `code` and `description` say why."""

    def __init__(self, code: int, description: str, moved_to: int | None = None) -> None:
        super().__init__(f"refused {code}")
        self.code = code
        self.description = description
        self.moved_to = moved_to
        """The new id of a group that became a supergroup."""


class BotApi:
    """The Bot API of one bot."""

    def __init__(self, session: aiohttp.ClientSession, base: str, token: str) -> None:
        self._session = session
        self._address = f"{base or PUBLIC}{token}/"

    async def call(self, method: str, payload: Mapping[str, Any], seconds: float = SECONDS) -> Any:
        """Return the result of a call; raise a CallError."""
        form = _form(payload)
        body: dict[str, Any] = {"data": form} if form is not None else {"json": payload}
        try:
            async with self._session.post(
                self._address + method, **body, timeout=aiohttp.ClientTimeout(total=seconds)
            ) as response:
                status, raw = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            raise UnreachableError(type(error).__name__) from None  # its text holds the token
        return _result(status, raw)


@asynccontextmanager
async def open_api(base: str, token: str) -> AsyncIterator[BotApi]:
    """Open the Bot API; `base` is the address of another server, empty for Telegram's own."""
    async with aiohttp.ClientSession(
        json_serialize=lambda data: orjson.dumps(data).decode(), trust_env=True
    ) as session:
        yield BotApi(session, base, token)


def parse_json(raw: bytes) -> Any:
    """Return JSON; raise ValueError. Half an emoji or an endless number in it is no reason to refuse."""
    try:
        return orjson.loads(raw)
    except ValueError:
        return json.loads(raw)


def _result(status: int, raw: bytes) -> Any:
    try:
        answer = parse_json(raw)
    except (ValueError, RecursionError):
        raise UnreachableError(f"no JSON ({status})") from None
    if not isinstance(answer, dict):
        raise UnreachableError(f"no answer of the Bot API ({status})")
    if answer.get("ok") is True:
        return answer.get("result")
    code = answer.get("error_code")
    code = code if isinstance(code, int) else status
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if code == 429:
        wait = parameters.get("retry_after")
        raise TooManyError(float(wait) if isinstance(wait, int | float) and wait > 0 else 1.0)
    if 400 <= code < 500:
        moved = parameters.get("migrate_to_chat_id")
        raise RefusedError(
            code, str(answer.get("description", "")), moved if isinstance(moved, int) else None
        )
    raise UnreachableError(f"status {code}")


def _form(payload: Mapping[str, Any]) -> aiohttp.FormData | None:
    """The payload as a form when it carries a document, None when JSON will do."""
    document = payload.get("document")
    if not isinstance(document, Mapping):
        return None
    form = aiohttp.FormData()
    form.add_field("document", base64.b64decode(document["base64"]), filename=str(document["name"]))
    for name, value in payload.items():
        if name != "document" and value is not None:
            form.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    return form
