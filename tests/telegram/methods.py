"""The rest of the Bot API that Lotse uses: edits, venues, contacts, files, inline mode, settings of the bot.

`TelegramServer` remembers the messages of each chat as a phone shows them, so that tests press the buttons
they see and read what an edit made of a message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.telegram.emulator import LIMIT, Emulator, check_html

Message = dict[str, Any]
GROUP = -100200300
ENTITIES = 100


@dataclass
class TelegramServer(Emulator):
    """An emulator that knows what its chats show."""

    toasts: list[str] = field(default_factory=list)
    """What answers to pressed buttons said."""
    edits: list[int] = field(default_factory=list)
    """Messages that were edited, each time."""
    found: list[dict[str, Any]] = field(default_factory=list)
    """Answers to inline queries."""
    files: dict[str, bytes] = field(default_factory=dict)
    profile: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Commands, descriptions and names set, by method and language."""

    # --- what people do ----------------------------------------------------------------------------------

    def tap(self, message: Message, button: str, language: str = "de") -> int:
        """Press a button of a message that was sent, by the beginning of its label or data."""
        rows = message["keyboard"]["inline_keyboard"]
        named = [b for row in rows for b in row if button in (b["text"], b.get("callback_data"))]
        named = named or [b for row in rows for b in row if b["text"].startswith(button)]
        assert named, f"no button {button!r} among {[b['text'] for row in rows for b in row]}"
        shown = {
            **self._message(message["chat"], language),
            "message_id": message["id"],
            "text": message["text"],
            "reply_markup": message["keyboard"],
        }
        if message["chat"] < 0:
            shown["chat"] = {"id": message["chat"], "type": "supergroup", "title": "Family"}
        query = {
            "id": str(self._next),
            "from": self._person(7, language),
            "chat_instance": "1",
            "data": named[0]["callback_data"],
            "message": shown,
        }
        return self._push({"callback_query": query})

    def edit(self, text: str, chat: int = 7, language: str = "de") -> int:
        """Change a message written before."""
        message = {**self._message(chat, language), "text": text, "edit_date": 1763600100}
        return self._push({"edited_message": message})

    def ask_inline(self, words: str, person: int = 7, language: str = "de") -> int:
        """Type `@bot words` in some chat."""
        query = {"id": "1", "from": self._person(person, language), "query": words, "offset": ""}
        return self._push({"inline_query": query})

    def write_in_group(self, text: str, language: str = "de", **message: Any) -> int:
        """Write in a group; commands and @names are marked as Telegram marks them."""
        group = {"id": GROUP, "type": "supergroup", "title": "Family"}
        entities = []
        for word in text.split():
            offset = text.index(word)
            if word.startswith("@"):
                entities.append({"type": "mention", "offset": offset, "length": len(word)})
            if word.startswith("/") and offset == 0:
                entities.append({"type": "bot_command", "offset": 0, "length": len(word)})
        return self._push(
            {
                "message": {
                    **self._message(7, language), "chat": group, "text": text, "entities": entities,
                    **message,
                }
            }
        )  # fmt: skip

    def change_member(self, old: str, new: str, chat: int = 7, kind: str = "private") -> int:
        """Let the bot's own standing in a chat change, for example from "member" to "kicked"."""
        bot = {"id": 123456, "is_bot": True, "first_name": "Lotse", "username": "lotse_bot"}
        until = {"until_date": 0}
        change = {
            "chat": {"id": chat, "type": kind, "title": "Family"},
            "from": self._person(7, "de"),
            "date": 1763600000,
            "old_chat_member": {"user": bot, "status": old, **until},
            "new_chat_member": {"user": bot, "status": new, **until},
        }
        return self._push({"my_chat_member": change})

    # --- methods -----------------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "multipart/form-data":
            for value in (await request.post()).values():
                if isinstance(value, web.FileField):
                    self.files[value.filename] = value.file.read()
        return await super()._handle(request)

    async def _sendMessage(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        before = len(self.sent)
        response = await super()._sendMessage(data)
        if len(self.sent) == before:
            return response
        if data["text"].count("<") - data["text"].count("</") > ENTITIES:
            self.sent.pop()
            return _refused("too many entities")
        return self._numbered(response, "sendMessage", data)

    async def _editMessageText(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        message = self._find(data)
        if message is None:
            return _refused("message to edit not found")
        problem, text = check_html(data["text"])
        if problem or not text.strip() or len(text.encode("utf-16-le")) // 2 > LIMIT:
            return _refused(f"can't edit: {problem or 'length'}")
        keyboard = _plain(data.get("reply_markup", {}))
        if (message["html"], message["keyboard"]) == (data["text"], keyboard):
            return _refused("message is not modified: specified new message content is the same")
        message.update(html=data["text"], text=text, keyboard=keyboard)
        self.edits.append(message["id"])
        return _done({**self._message(message["chat"], "de"), "text": text})

    async def _editMessageReplyMarkup(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        message = self._find(data)
        if message is None:
            return _refused("message to edit not found")
        message["keyboard"] = _plain(data.get("reply_markup", {}))
        self.edits.append(message["id"])
        return _done({**self._message(message["chat"], "de"), "text": message["text"]})

    async def _sendVenue(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._other("sendVenue", data, ("latitude", "longitude", "title", "address"))

    async def _sendContact(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._other("sendContact", data, ("phone_number", "first_name"))

    async def _sendDocument(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._other("sendDocument", data, ())

    async def _sendChatAction(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _done(True)

    async def _answerCallbackQuery(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        if len(data.get("text", "")) > 200:
            return _refused("MESSAGE_TOO_LONG")
        self.toasts.append(data.get("text", ""))
        return _done(True)

    async def _answerInlineQuery(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        results = _plain(data["results"])
        ids = [result["id"] for result in results]
        if len(results) > 50 or len(set(ids)) != len(ids) or any(len(i.encode()) > 64 for i in ids):
            return _refused("RESULT_ID_INVALID")
        for result in results:
            problem, _ = check_html(result["input_message_content"]["message_text"])
            if problem:
                return _refused(f"can't parse entities: {problem}")
        self.found.append({**data, "results": results, "button": _plain(data.get("button", {}))})
        return _done(True)

    async def _setMyCommands(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._set("Commands", data, {"commands": _plain(data["commands"])})

    async def _getMyCommands(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _done(self._get("Commands", data).get("commands", []))

    async def _setMyName(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._set("Name", data, {"name": data.get("name", "")})

    async def _getMyName(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _done(self._get("Name", data) or {"name": "Lotse"})

    async def _setMyDescription(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._set("Description", data, {"description": data.get("description", "")})

    async def _getMyDescription(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _done(self._get("Description", data) or {"description": ""})

    async def _setMyShortDescription(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return self._set("Short", data, {"short_description": data.get("short_description", "")})

    async def _getMyShortDescription(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        return _done(self._get("Short", data) or {"short_description": ""})

    async def _getWebhookInfo(self, data: dict[str, Any]) -> web.Response:  # noqa: N802
        info = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.updates)}
        return _done(info)

    # --- helpers -----------------------------------------------------------------------------------------

    def _set(self, kind: str, data: dict[str, Any], value: dict[str, Any]) -> web.Response:
        tag = data.get("language_code", "")
        if tag and not (len(tag) == 2 and tag.isascii() and tag.islower()):
            return _refused("LANGUAGE_CODE_INVALID")
        limits = {"description": 512, "short_description": 120, "name": 64}
        if any(len(value.get(name, "")) > limit for name, limit in limits.items()):
            return _refused("TOO_LONG")
        self.profile.setdefault(kind, {})[tag] = value
        return _done(True)

    def _get(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.profile.get(kind, {}).get(data.get("language_code", ""), {})
        return found

    def _find(self, data: dict[str, Any]) -> Message | None:
        wanted = (int(data["chat_id"]), int(data["message_id"]))
        return next((m for m in self.sent if (m["chat"], m.get("id")) == wanted), None)

    def _other(self, method: str, data: dict[str, Any], required: tuple[str, ...]) -> web.Response:
        """A message that is no text."""
        if any(not data.get(name) for name in required):
            return _refused(f"{method} lacks a field")
        chat = int(data["chat_id"])
        self.sent.append({"chat": chat, "html": "", "text": data.get("caption", ""), "keyboard": {}})
        return self._numbered(_done(self._message(chat, "de")), method, data)

    def _numbered(self, response: web.Response, method: str, data: dict[str, Any]) -> web.Response:
        """Give the message just sent a number of its own."""
        number = 50_000 + len(self.sent)
        self.sent[-1].update(id=number, method=method, data=data)
        answer = json.loads(response.text or "{}")
        answer["result"]["message_id"] = number
        return web.json_response(answer)


def _plain(value: Any) -> Any:
    """A value of a form is JSON text, one of a JSON body is itself."""
    return json.loads(value) if isinstance(value, str) else value


def _done(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refused(text: str) -> web.Response:
    body = {"ok": False, "error_code": 400, "description": f"Bad Request: {text}"}
    return web.json_response(body, status=400)
