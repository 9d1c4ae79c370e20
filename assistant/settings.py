"""Settings from the environment, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent


def _data_folder(name: str) -> Path:
    """`knowledge` or `locales`: beside the package in a checkout, inside it in a wheel."""
    inside = PACKAGE / "data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True)
class Setting:
    """One environment variable, for the table in the README."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("LOTSE_KNOWLEDGE", "knowledge/", "folder of the knowledge base"),
    Setting("LOTSE_LOCALES", "locales/", "folder of the translation catalogs"),
    Setting("LOTSE_HOST", "127.0.0.1", "address the web server listens on"),
    Setting("LOTSE_PORT", "8080", "port the web server listens on"),
    Setting(
        "LOTSE_DATABASE",
        "sqlite+aiosqlite:///var/lotse.sqlite",
        "SQLAlchemy URL of the database",
    ),
    Setting("LOTSE_TELEGRAM_TOKEN", "", "token of the Telegram bot; empty: no Telegram"),
    Setting(
        "LOTSE_TELEGRAM_API",
        "",
        "base URL of another Bot API server, for example http://127.0.0.1:8081/bot",
    ),
    Setting(
        "LOTSE_TELEGRAM_WEBHOOK",
        "",
        "public https address Telegram brings updates to, for example https://lotse.example; empty: polling",
    ),
    Setting(
        "LOTSE_TELEGRAM_LIMITS",
        "on",
        "off: send as fast as the Bot API server takes it (only for a server of your own)",
    ),
    Setting("LOTSE_SECRET", "", "secret for pseudonyms and sealing; empty: made once and kept in var/"),
    Setting("LOTSE_ORIGINS", "", "origins that may embed the widget, separated by commas"),
    Setting("LOTSE_PUBLIC_URL", "", "address people reach Lotse at, for links that are shared"),
    Setting(
        "LOTSE_PROXIES",
        "",
        "addresses or networks of reverse proxies whose X-Forwarded-For is believed, separated by commas",
    ),
    Setting("LOTSE_RATE", "on", "limits per conversation and address: on, or off for load tests"),
    Setting("LOTSE_CACHE", "var/cache", "folder of the index cache; empty: no cache"),
    Setting("LOTSE_LOG", "info", "log level: debug, info, warning, error"),
)


@dataclass(frozen=True)
class Settings:
    """All settings, typed. Paths are absolute or relative to the working folder."""

    knowledge: Path = field(default_factory=lambda: _data_folder("knowledge"))
    locales: Path = field(default_factory=lambda: _data_folder("locales"))
    host: str = "127.0.0.1"
    port: int = 8080
    database: str = "sqlite+aiosqlite:///var/lotse.sqlite"
    telegram_token: str = ""
    telegram_api: str = ""
    telegram_webhook: str = ""
    telegram_limits: bool = True
    secret: str = ""
    origins: tuple[str, ...] = ()
    public_url: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    rate: bool = True
    cache: Path | None = Path("var/cache")
    log: str = "info"

    @property
    def telegram_bot(self) -> str:
        """The id of the bot: what stands before the colon of its token; no secret."""
        return self.telegram_token.partition(":")[0][:32]


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of an environment; raise SettingsError naming the wrong variable."""
    default = Settings()

    def text(name: str, fallback: str) -> str:
        return environment.get(f"LOTSE_{name}", "").strip() or fallback

    cache = environment.get("LOTSE_CACHE")
    return Settings(
        knowledge=Path(text("KNOWLEDGE", str(default.knowledge))),
        locales=Path(text("LOCALES", str(default.locales))),
        host=text("HOST", default.host),
        port=_port(text("PORT", str(default.port))),
        database=text("DATABASE", default.database),
        telegram_token=text("TELEGRAM_TOKEN", ""),
        telegram_api=text("TELEGRAM_API", ""),
        telegram_webhook=_https(text("TELEGRAM_WEBHOOK", "")),
        telegram_limits=_is_on("TELEGRAM_LIMITS", text("TELEGRAM_LIMITS", "on")),
        secret=text("SECRET", ""),
        origins=tuple(_origin(o) for o in _listed(text("ORIGINS", ""))),
        public_url=text("PUBLIC_URL", "").rstrip("/"),
        proxies=tuple(_network(p) for p in _listed(text("PROXIES", ""))),
        rate=_is_on("RATE", text("RATE", "on")),
        cache=default.cache if cache is None else (Path(cache) if cache.strip() else None),
        log=_log_level(text("LOG", default.log)),
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _origin(text: str) -> str:
    """The origin as browsers send it (RFC 6454): scheme and host in small letters, no usual port, no path."""
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = -1
    beyond = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in text or beyond or port == -1:
        raise SettingsError(
            f"LOTSE_ORIGINS holds {text!r}; write each origin in full, for example https://www.example.org"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}" + ("" if usual else f":{port}")


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(
            f"LOTSE_PROXIES holds {text!r}; write addresses or networks, for example 10.0.0.0/8"
        ) from error


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise SettingsError(f"LOTSE_PORT is {text!r}; set a number from 0 to 65535")


def _https(text: str) -> str:
    if not text or text.startswith("https://"):
        return text.rstrip("/")
    raise SettingsError(f"LOTSE_TELEGRAM_WEBHOOK is {text!r}; Telegram needs an address with https://")


def _is_on(name: str, text: str) -> bool:
    if text.lower() in ("on", "off"):
        return text.lower() == "on"
    raise SettingsError(f"LOTSE_{name} is {text!r}; set on or off")


def _log_level(text: str) -> str:
    if text.lower() in ("debug", "info", "warning", "error"):
        return text.lower()
    raise SettingsError(f"LOTSE_LOG is {text!r}; set debug, info, warning or error")
