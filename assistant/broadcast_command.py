"""`lotse broadcast`: preview, confirmation, progress; stopping and going on."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.app import load_content
from assistant.coordination.broadcasting import News, Share, load_news, make_news, messages, shares
from assistant.errors import LotseError, SettingsError
from assistant.settings import Settings
from assistant.storage.broadcasts import Broadcasts
from assistant.storage.broadcasts import Progress as Sent
from assistant.storage.store import load_secret, run_store

LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Wish:
    """What the command line says; of file, topic, resume, cancel and list one counts."""

    file: Path | None
    topic: str
    text_files: Mapping[str, Path]
    dry_run: bool
    yes: bool
    wait: bool
    resume: int | None
    cancel: int | None
    list: bool


def run_broadcast(settings: Settings, wish: Wish, out: Console) -> int:
    """Do what is wished; return the exit code: 0 done, 1 nobody or not confirmed, 130 stopped."""
    if not settings.telegram_token:
        raise SettingsError("LOTSE_TELEGRAM_TOKEN is empty; set the token of the bot")
    return asyncio.run(_run(settings, wish, out))


async def _run(settings: Settings, wish: Wish, out: Console) -> int:
    secret = load_secret(settings.secret, Path("var"))
    async with run_store(settings.database, secret, lambda: dt.datetime.now(dt.UTC)) as store:
        if not store.is_ready:
            raise LotseError("the database cannot be reached or written; see LOTSE_DATABASE")
        broadcasts = Broadcasts(store, settings.telegram_bot)
        if wish.list:
            _show_all(await broadcasts.all(), out)
            return 0
        if wish.cancel is not None:
            gone = await broadcasts.cancel(wish.cancel)
            if gone is None:
                raise _unknown(wish.cancel)
            out.print(f"{gone} messages that were not sent are deleted")
            return 0
        number = wish.resume
        if number is not None:
            if not await broadcasts.turn(number, "running"):
                raise _unknown(number)
        else:
            knowledge, translations = load_content(settings)
            news = _news(wish, tuple(knowledge.languages))
            people = await store.opt_ins(news.topic)
            parts = shares(news, people, translations, knowledge.base.source_language)
            _preview(news, parts, out)
            if wish.dry_run:
                return 0
            if not people or not (wish.yes or _confirmed(len(people), out)):
                return 1
            number = await broadcasts.begin(news.topic, messages(news, parts, translations))
            if number is None:
                raise LotseError("the database is gone; nothing was sent")
        out.print(f"broadcast {number}: a running `lotse serve` sends it", highlight=False)
        return await _watch(broadcasts, number, out) if wish.wait else 0


def _unknown(number: int) -> LotseError:
    return LotseError(f"there is no broadcast {number}; see lotse broadcast --list")


def _news(wish: Wish, languages: tuple[str, ...]) -> News:
    if wish.file is not None:
        if not wish.file.is_file():
            raise LotseError(f"{wish.file} does not exist")
        return load_news(wish.file, languages)
    if not wish.topic and not wish.text_files:
        raise LotseError("name a file with `topic` and `texts`, or --topic with --text-file")
    try:
        texts = {tag: path.read_text(encoding="utf-8") for tag, path in wish.text_files.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise LotseError(f"a text cannot be read ({error}); write it as UTF-8") from error
    return make_news(wish.topic, texts, languages)


def _preview(news: News, parts: tuple[Share, ...], out: Console) -> None:
    table = Table("language", "people", "text in", "text", title=f"topic {news.topic}", title_justify="left")
    for share in parts:
        note = share.given if share.given == share.wished else f"{share.given} (no text in {share.wished})"
        table.add_row(share.wished, str(len(share.people)), note, news.texts[share.given])
    out.print(table)
    for tag in sorted(set(news.texts) - {share.given for share in parts}):
        out.print(f"nobody gets the text in {tag}")
    out.print(f"{sum(len(share.people) for share in parts)} people")


def _confirmed(people: int, out: Console) -> bool:
    return out.input(f"Write to {people} people? (yes/no) ").strip().lower() in ("y", "yes", "j", "ja")


def _show_all(found: tuple[Sent, ...], out: Console) -> None:
    table = Table("broadcast", "topic", "state", "sent", "of")
    for one in found:
        state = "done" if one.left == 0 and one.state == "running" else one.state
        table.add_row(str(one.id), one.topic, state, str(one.total - one.left), str(one.total))
    out.print(table)


async def _watch(broadcasts: Broadcasts, number: int, out: Console) -> int:
    """Show how far it is until all is sent; Ctrl-C stops the broadcast."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    columns = (TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("sending", total=None)
        while not stop.is_set():
            now = next((one for one in await broadcasts.all() if one.id == number), None)
            if now is not None:
                bar.update(task, total=now.total, completed=now.total - now.left)
                if now.left == 0:
                    return 0
                if now.state == "stopped":
                    break
            try:
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue
    await broadcasts.turn(number, "stopped")
    out.print(f"stopped; go on with: lotse broadcast --resume {number}", highlight=False)
    return 130
