"""What Telegram shows of the bot before anybody writes: name, descriptions, commands, per language.

Set at deploy time (`lotse telegram setup`), not at every start. Languages must be two letters (ISO 639-1,
Bot API: setMyCommands); without a language it is what everybody else sees.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, RetryAfter, TelegramError

from assistant.channels.telegram.client import PUBLIC
from assistant.channels.telegram.commands import COMMANDS
from assistant.channels.texts import TELEGRAM
from assistant.errors import LotseError
from assistant.knowledge.model import Knowledge
from assistant.language.translations import Translations
from assistant.settings import Settings

NAME = "Lotse"
EVERYBODY = ""
"""Telegram's language code for everybody whose language is not set."""
DEFAULT = "en"
"""The language that everybody else reads."""
ABOUT_LIMIT, SHORT_LIMIT, COMMAND_LIMIT = 512, 120, 256


@dataclass(frozen=True)
class Profile:
    """The bot in one language; `code` is Telegram's, `language` the one the texts are in."""

    code: str
    language: str
    about: str
    short: str
    commands: tuple[tuple[str, str], ...]
    name: str = NAME


@dataclass(frozen=True)
class Standing:
    """What Telegram says about the bot: for `lotse telegram check`."""

    username: str
    reads_groups: bool
    inline: bool
    webhook: str
    waiting: int
    last_error: str | None


def profiles(knowledge: Knowledge, translations: Translations) -> list[Profile]:
    """Return the profile for everybody, then one per language that Telegram knows."""
    tags = [tag for tag in knowledge.languages if _is_known(tag)]
    return [_profile(knowledge, translations, code, code or DEFAULT) for code in (EVERYBODY, *tags)]


def skipped(knowledge: Knowledge) -> list[str]:
    """Return the languages that Telegram has no code for; who speaks them sees the default."""
    return [tag for tag in knowledge.languages if not _is_known(tag)]


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """Open the bot of the settings; raise LotseError with what to do without token or network."""
    if not settings.telegram_token:
        raise LotseError("no bot: get a token from @BotFather and put it into LOTSE_TELEGRAM_TOKEN")
    try:
        async with Bot(settings.telegram_token, base_url=settings.telegram_api or PUBLIC) as bot:
            yield bot
    except InvalidToken:
        text = "Telegram does not know this token; compare LOTSE_TELEGRAM_TOKEN with @BotFather"
        raise LotseError(text) from None
    except RetryAfter:
        raise LotseError("Telegram asks for a pause; run the command again in some minutes") from None
    except TelegramError as error:
        text = f"Telegram cannot be reached or refuses ({type(error).__name__}); try again later"
        raise LotseError(text) from None


async def run_setup(
    settings: Settings, wanted: Sequence[Profile], done: Callable[[], None]
) -> dict[str, list[str]]:
    """Bring all profiles to Telegram and return what changed by code; `done` is called after each."""
    changes = {}
    async with open_bot(settings) as bot:
        for profile in wanted:
            changes[profile.code] = await apply(bot, profile)
            done()
    return changes


async def run_check(settings: Settings) -> Standing:
    """Ask Telegram about the bot; raise LotseError."""
    async with open_bot(settings) as bot:
        return await standing(bot)


async def apply(bot: Bot, profile: Profile) -> list[str]:
    """Bring a profile to Telegram; return what had to be changed. Raise TelegramError."""
    code = profile.code or None
    changed = []
    if (await bot.get_my_name(code)).name != profile.name and not code:
        await bot.set_my_name(profile.name)
        changed.append("name")
    if (await bot.get_my_description(code)).description != profile.about:
        await bot.set_my_description(profile.about, code)
        changed.append("description")
    if (await bot.get_my_short_description(code)).short_description != profile.short:
        await bot.set_my_short_description(profile.short, code)
        changed.append("short description")
    wanted = tuple(BotCommand(name, text) for name, text in profile.commands)
    if await bot.get_my_commands(language_code=code) != wanted:
        await bot.set_my_commands(wanted, language_code=code)
        changed.append("commands")
    return changed


async def standing(bot: Bot) -> Standing:
    """Return what Telegram says about the bot; raise TelegramError."""
    me, webhook = await bot.get_me(), await bot.get_webhook_info()
    return Standing(
        username=me.username or "",
        reads_groups=bool(me.can_read_all_group_messages),
        inline=bool(me.supports_inline_queries),
        webhook=webhook.url,
        waiting=webhook.pending_update_count,
        last_error=webhook.last_error_message,
    )


def _profile(knowledge: Knowledge, translations: Translations, code: str, language: str) -> Profile:
    def text(msgid: str, limit: int) -> str:
        value = translations.message(language, msgid).value
        return value if len(value) <= limit else f"{value[: limit - 1]}…"

    commands = tuple(
        (name, text(_described(knowledge, translations, language, name), COMMAND_LIMIT))
        for name in _commands(knowledge)
    )
    about = text(TELEGRAM["about"], ABOUT_LIMIT)
    return Profile(code, language, about, text(TELEGRAM["about_short"], SHORT_LIMIT), commands)


def _commands(knowledge: Knowledge) -> Sequence[str]:
    """All commands in the order of the menu: the paths come after the beginning and help."""
    paths: Iterable[str] = (path.command for path in knowledge.paths.values() if path.command)
    first, second, *others = COMMANDS
    return (first, second, *paths, *others)


def _described(knowledge: Knowledge, translations: Translations, language: str, command: str) -> str:
    """What a command does: a sentence of the channels, for other paths their title."""
    if f"command_{command}" in TELEGRAM:
        return TELEGRAM[f"command_{command}"]
    path = next(path for path in knowledge.paths.values() if path.command == command)
    return translations.knowledge_text(language, f"path-{path.id}:title", path.title).value


def _is_known(tag: str) -> bool:
    return len(tag) == 2 and tag.isascii() and tag.isalpha()
