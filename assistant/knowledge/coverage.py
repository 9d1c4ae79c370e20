"""How far Lotse is in each language: sentences, answers, and what a person has checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.knowledge.model import Knowledge
from assistant.knowledge.texts import source_texts
from assistant.language.translations import Catalog, State, Translations


@dataclass(frozen=True)
class Coverage:
    """One language in whole percent, rounded down: 100 means all of it.

    `reviewed`: of its translations; None where nothing is translated.
    """

    tag: str
    state: Literal["full", "started"]
    interface: int
    answers: int
    reviewed: int | None


def coverages(
    knowledge: Knowledge, translations: Translations, sentences: Iterable[str] = ()
) -> tuple[Coverage, ...]:
    """Return the coverage of every language; `sentences`: msgids that count though no catalog has them yet.

    English needs no sentences translated, the source language no answers. An outdated translation is
    shown with a notice and does not count.
    """
    wanted = {("", msgid) for msgid in sentences}
    wanted |= {key for catalog in translations.messages.values() for key in catalog.texts}
    texts = [(text.context, text.text) for text in source_texts(knowledge)]
    found = []
    for tag, info in knowledge.languages.items():
        own = translations.messages.get(info.variant_of or tag, Catalog())
        said = [own.texts.get(key, ((), None))[1] for key in wanted]
        answers = translations.knowledge.get(tag, Catalog())
        told = [answers.texts.get(key, ((), None))[1] for key in texts]
        is_english, is_source = tag == "en", tag == translations.source_language
        interface = 100 if is_english else _percent(map(_is_current, said))
        answered = 100 if is_source else _percent(map(_is_current, told))
        translated = [state for state in (*said, *told) if _is_current(state)]
        reviewed = _percent(state == "reviewed" for state in translated) if translated else None
        found.append(Coverage(tag, info.state, interface, answered, reviewed))
    return tuple(found)


def _is_current(state: State | None) -> bool:
    return state is not None and state != "outdated"


def _percent(values: Iterable[bool]) -> int:
    counted = list(values)
    return 100 * sum(counted) // len(counted) if counted else 0
