"""Typed keys of what the web application carries."""

from __future__ import annotations

from aiohttp import web

from assistant.channels.desk import Desk
from assistant.channels.web.answered import Answered
from assistant.channels.web.assets import Assets
from assistant.channels.web.limits import Limits
from assistant.channels.web.memory import Conversations
from assistant.settings import Settings

DESK = web.AppKey("desk", Desk)
SETTINGS = web.AppKey("settings", Settings)
CONVERSATIONS = web.AppKey("conversations", Conversations)
ANSWERED = web.AppKey("answered", Answered)
LIMITS = web.AppKey("limits", Limits)
ASSETS = web.AppKey("assets", Assets)
