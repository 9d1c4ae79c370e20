"""What pages work out once for each edition of the knowledge, not for each request."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from assistant.pipeline import Assistant

T = TypeVar("T")


class PerEdition(Generic[T]):
    """Remembers results for the newest edition only, and does not keep an old one in memory."""

    def __init__(self, work: Callable[[Assistant, str], T]) -> None:
        """`work`: from an assistant and a language to the result."""
        self._work = work
        self._edition: weakref.ref[Assistant] | None = None
        self._found: dict[str, T] = {}

    def __call__(self, assistant: Assistant, language: str = "") -> T:
        """Return the result for a language."""
        if self._edition is None or self._edition() is not assistant:
            self._edition, self._found = weakref.ref(assistant), {}
        if language not in self._found:
            self._found[language] = self._work(assistant, language)
        return self._found[language]
