"""The error tree.

LotseError
├── SettingsError      an environment variable is wrong
├── KnowledgeError     the knowledge base cannot be used; carries the problems found
├── CatalogError       a translation catalog cannot be read
├── WeightsError       the fitted weights cannot be read or do not fit
└── ImportFileError    an export of another system cannot be imported

Not finding an answer is a value (the decision "fallback"), never an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in the content: where it is, what is wrong, what to do."""

    path: str
    line: int
    column: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class LotseError(Exception):
    """Root of all errors of Lotse."""


class SettingsError(LotseError):
    """A setting in the environment is missing or wrong; the message names it."""


class KnowledgeError(LotseError):
    """The knowledge base has errors; `problems` lists all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        first = f"; first: {self.problems[0]}" if self.problems else ""
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the knowledge base{first}")


class CatalogError(LotseError):
    """A translation catalog (.po) cannot be read."""


class WeightsError(LotseError):
    """The file of fitted weights is damaged; run `lotse fit`."""


class ImportFileError(LotseError):
    """An export of another system cannot be imported; the message names the file and what to do."""
