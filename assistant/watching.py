"""Hot reload: changed knowledge is served within two seconds; broken knowledge never is.

A new edition first keeps the old understanding (texts and facts are live at once); when words changed,
the matcher is rebuilt in another process and follows seconds later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing import get_context

import structlog
from watchfiles import awatch

from assistant.answers.compose import Composer
from assistant.app import build_assistant, load_content, read_weights
from assistant.background import running
from assistant.channels.desk import Desk
from assistant.errors import KnowledgeError, LotseError, Problem
from assistant.matching.matcher import matcher_inputs, with_weights
from assistant.pipeline import Assistant
from assistant.settings import Settings

DEBOUNCE_MILLISECONDS = 400
log = structlog.get_logger()


@asynccontextmanager
async def run_watching(desk: Desk, settings: Settings) -> AsyncIterator[None]:
    """Watch knowledge and locales while the context is open."""
    async with running(_watch(desk, settings)):
        yield


async def _watch(desk: Desk, settings: Settings) -> None:
    while True:
        folders = [f for f in (settings.knowledge, settings.locales) if f.is_dir()]
        try:
            async for _changes in awatch(*folders, debounce=DEBOUNCE_MILLISECONDS, step=100, recursive=True):
                await reload(desk, settings)
        except (OSError, RuntimeError) as error:
            log.error("watching failed", error=type(error).__name__)
            await asyncio.sleep(2)


async def reload(desk: Desk, settings: Settings) -> None:
    """Serve the content there is now, or keep the last good one and say what is wrong."""
    try:
        knowledge, translations = await asyncio.to_thread(load_content, settings)
        old = desk.assistant
        same = matcher_inputs(knowledge, translations) == old.matcher.inputs
        knowledge = knowledge.without_words()
        composer = Composer(knowledge, translations, old.now, settings.public_url)
        if same or set(old.matcher.ranker.entries) <= {e.id for e in knowledge.public_entries()}:
            desk.assistant = replace(old, knowledge=knowledge, translations=translations, composer=composer)
        if same:  # only texts or weights changed: nothing to build
            weights = await asyncio.to_thread(read_weights, settings)
            matcher = with_weights(old.matcher, weights)
            desk.assistant = replace(desk.assistant, matcher=matcher)
        else:
            desk.assistant = await _rebuilt(settings, old)
    except LotseError as error:
        desk.problems = _problems(error)
        desk.metrics.reload.set(0)
        log.error("knowledge not reloaded; the last good one is served", problem=str(error))
        return
    desk.problems = ()
    desk.metrics.reload.set(1)
    log.info("knowledge reloaded", version=desk.assistant.knowledge.version)


async def _rebuilt(settings: Settings, old: Assistant) -> Assistant:
    """The full new edition; what is slow is built in another process and left in the cache."""
    if settings.cache is not None:
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            await loop.run_in_executor(pool, _warm, settings)
    return await asyncio.to_thread(build_assistant, settings, old.now)


def _warm(settings: Settings) -> None:
    build_assistant(settings)


def _problems(error: LotseError) -> tuple[Problem, ...]:
    if isinstance(error, KnowledgeError):
        return error.problems
    return (Problem(str(error), 1, 1, "repair or restore this file"),)
