"""Typed keys of what the web application carries."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.desk import Desk
from assistant.channels.web.memory import Conversations
from assistant.settings import Settings

DESK = web.AppKey("desk", Desk)
SETTINGS = web.AppKey("settings", Settings)
CONVERSATIONS = web.AppKey("conversations", Conversations)
