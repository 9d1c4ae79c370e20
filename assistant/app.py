"""The composition root: builds everything from settings, the only place that wires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.answers.compose import Composer
from assistant.caching import cached
from assistant.knowledge.loading import fingerprint, knowledge_files, load_knowledge
from assistant.knowledge.model import Knowledge
from assistant.language.translations import Translations, load_translations
from assistant.matching.matcher import Matcher, build_matcher, with_weights
from assistant.matching.weights import FILE, Weights, load_weights
from assistant.pipeline import Assistant
from assistant.settings import PACKAGE, Settings

Clock = Callable[[], dt.datetime]


def build_assistant(settings: Settings, now: Clock | None = None) -> Assistant:
    """Return an assistant for the knowledge and locales of the settings.

    Raise KnowledgeError, CatalogError or WeightsError when they cannot be used. What is slow to build
    comes from the cache while its inputs are unchanged.
    """
    knowledge, translations, matcher = cached(
        settings.cache, content_version(settings), lambda: _build(settings)
    )
    weights = read_weights(settings)
    zone = ZoneInfo(knowledge.base.time_zone)
    clock = now or (lambda: dt.datetime.now(zone))
    composer = Composer(knowledge, translations, clock, settings.public_url)
    return Assistant(knowledge, translations, with_weights(matcher, weights), composer, clock)


def read_weights(settings: Settings) -> Weights:
    """Return the weights beside the knowledge base; raise WeightsError. Reading 11 MB takes a second."""
    path = settings.knowledge / FILE
    if not path.is_file():
        return Weights()
    version = f"weights-{_code()}-{fingerprint(path.parent, [path])}"
    return cached(settings.cache, version, lambda: load_weights(path))


def load_content(settings: Settings) -> tuple[Knowledge, Translations]:
    """Return knowledge and translations of the settings; raise KnowledgeError or CatalogError."""
    knowledge = load_knowledge(settings.knowledge)
    fallbacks = {tag: info.fallback for tag, info in knowledge.languages.items()}
    source = knowledge.base.source_language
    return knowledge, load_translations(settings.locales, source, fallbacks)


def _build(settings: Settings) -> tuple[Knowledge, Translations, Matcher]:
    knowledge, translations = load_content(settings)
    return knowledge.without_words(), translations, build_matcher(knowledge, translations)


def content_version(settings: Settings) -> str:
    """Return a hash of everything an assistant is built from, the program included."""
    knowledge = settings.knowledge
    content = fingerprint(knowledge, knowledge_files(knowledge)) if knowledge.is_dir() else ""
    return "-".join((_code(), content, fingerprint(settings.locales, catalogs(settings.locales))))


@cache
def _code() -> str:
    """A hash of the program: what another edition of it has built is not trusted."""
    return fingerprint(PACKAGE, sorted(PACKAGE.rglob("*.py")))


def catalogs(folder: Path) -> list[Path]:
    """Return the translation catalogs of a locales folder, sorted."""
    return sorted(folder.rglob("*.po"))
