"""The sentences of pages: each is marked up with the language it really is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from assistant.channels.texts import PAGE, WIDGET
from assistant.channels.web.pages.editions import PerEdition
from assistant.language.tags import primary
from assistant.language.translations import Text
from assistant.pipeline import Assistant

_SHORT_NUMBER = re.compile(r"(?<!\d)\d{3}(?!\d)", re.ASCII)
"""112, 110: numbers every phone dials without a prefix."""


@dataclass(frozen=True)
class Phrase:
    """A sentence on a page of some language; `value` is for attributes, where no markup can stand."""

    text: Text
    page: str

    @property
    def value(self) -> str:
        return self.text.value

    def __html__(self) -> Markup:
        return self._marked(escape(self.value))

    def _marked(self, inner: Markup) -> Markup:
        """Words in another language than the page say so (WCAG 2.2, 3.1.2)."""
        if primary(self.text.language) == primary(self.page):
            return inner
        tag, way = self.text.language, self.text.direction
        return Markup('<span lang="{}" dir="{}">{}</span>').format(tag, way, inner)

    def calling(self) -> Markup:
        """The sentence with its short numbers to tap."""
        parts, end = Markup(), 0
        for found in _SHORT_NUMBER.finditer(self.value):
            parts += escape(self.value[end : found.start()])
            parts += Markup('<a href="tel:{0}"><bdi dir="ltr">{0}</bdi></a>').format(found[0])
            end = found.end()
        return self._marked(parts + escape(self.value[end:]))


def _phrases(assistant: Assistant, language: str) -> Mapping[str, Phrase]:
    msgids = {**WIDGET, **PAGE}
    say = assistant.translations.message
    return {key: Phrase(say(language, msgid), language) for key, msgid in msgids.items()}


phrases_of = PerEdition(_phrases)
"""All sentences by name, in a language."""


def phrase(assistant: Assistant, language: str, msgid: str, **values: object) -> Phrase:
    """Return one sentence with its values filled in."""
    return Phrase(assistant.translations.message(language, msgid, **values), language)
