"""Broadcasts: one message to all who asked to hear of a topic, each in their language.

The texts come from people, for example:

    topic: events
    texts:
      de: Am Samstag ist Beratungstag.
      uk: У суботу день консультацій.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from assistant.channels.telegram.calls import Call
from assistant.channels.telegram.outbox import to_bytes
from assistant.channels.texts import TELEGRAM
from assistant.errors import LotseError
from assistant.knowledge.reading import read_document
from assistant.language.tags import negotiate
from assistant.language.translations import Translations
from assistant.storage.store import OptIn

LONGEST = 4000
"""Letters of a text; Telegram takes 4,096 UTF-16 units."""
CALLBACK_LIMIT = 64
"""Bytes of what a button may carry."""


@dataclass(frozen=True)
class News:
    """What shall be said on a topic, by language."""

    topic: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Share:
    """Those who get the same text: language asked for, language of the text, people."""

    wished: str
    given: str
    people: tuple[OptIn, ...]


def load_news(path: Path, languages: Iterable[str]) -> News:
    """Return the news of a YAML file; raise LotseError naming the place of a mistake."""
    document = read_document(path, str(path))
    if document.problems:
        raise LotseError(str(document.problems[0]))
    tree = document.tree
    if not isinstance(tree, dict) or set(tree) != {"topic", "texts"}:
        raise LotseError(f"{path}: write `topic:` and `texts:`, nothing else")
    topic, texts = tree["topic"], tree["texts"]
    if not isinstance(topic, str) or not isinstance(texts, dict):
        raise LotseError(f"{path}: `topic` is an id, `texts` has one text for each language")
    return make_news(topic, {tag: text for tag, text in texts.items() if isinstance(text, str)}, languages)


def make_news(topic: str, texts: Mapping[str, str], languages: Iterable[str]) -> News:
    """Return news that can be sent; raise LotseError saying what is wrong with them."""
    known = tuple(languages)
    texts = {tag: text.strip() for tag, text in texts.items() if text.strip()}
    if not texts:
        raise LotseError("there is no text; write at least one")
    if not topic.strip() or len(f"stop:{topic}".encode()) > CALLBACK_LIMIT:
        raise LotseError(f"the topic {topic!r} must have 1 to 59 letters")
    for tag, text in texts.items():
        if tag not in known:
            raise LotseError(f"{tag!r} is no language of the knowledge base; one of {', '.join(known)}")
        if len(text) > LONGEST:
            raise LotseError(f"the text in {tag!r} has {len(text)} letters; at most {LONGEST}")
    return News(topic.strip(), texts)


def shares(news: News, people: Sequence[OptIn], translations: Translations, source: str) -> tuple[Share, ...]:
    """Return who gets which text: the own language, else its fallbacks, English, the source language."""
    found: dict[str, list[OptIn]] = {}
    for person in people:
        found.setdefault(person.language, []).append(person)
    result = []
    for wished in sorted(found):
        chain = [wished, *translations.fallbacks.get(wished, ()), "en", source]
        given = negotiate(chain, list(news.texts)) or next(iter(news.texts))
        result.append(Share(wished, given, tuple(found[wished])))
    return tuple(result)


def messages(
    news: News, parts: Iterable[Share], translations: Translations
) -> tuple[tuple[OptIn, bytes], ...]:
    """Return one stored call for each person, with a button that ends these messages."""
    calls = ((who, _call(news, share, who, translations)) for share in parts for who in share.people)
    return tuple((who, to_bytes(call)) for who, call in calls)


def _call(news: News, share: Share, person: OptIn, translations: Translations) -> Call:
    stop = TELEGRAM["stay_stop"]
    label = translations.message(share.wished, stop).value
    button = {"text": label, "callback_data": f"stop:{news.topic}"}
    return Call(
        "sendMessage",
        {
            "chat_id": int(person.address) if person.address.lstrip("-").isdigit() else person.address,
            "text": escape(news.texts[share.given], quote=False),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
            "reply_markup": {"inline_keyboard": [[button]]},
        },
    )
