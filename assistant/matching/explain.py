"""Explaining a decision: what was read, which concepts, which scores, why this decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.matching.decision import Decision
from assistant.matching.ranking import Ranking
from assistant.matching.words import Query


@dataclass(frozen=True)
class Explanation:
    """The evidence behind one decision, as tables of text."""

    words: tuple[tuple[str, str, str], ...]
    concepts: tuple[tuple[str, str, str, str], ...]
    matches: tuple[tuple[str, str, str, str, str, str], ...]
    foreign: float
    margin: float
    decision: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the explanation as plain data."""
        return self.__dict__.copy()


def explain(query: Query, ranking: Ranking, decision: Decision) -> Explanation:
    """Return why a message got its decision."""
    scores = [match.score for match in ranking.matches]
    reason = decision.reason
    if decision.alarm:
        reason = f"{decision.alarm.danger.id}: {decision.alarm.pattern} ({decision.alarm.language})"
    return Explanation(
        words=tuple(_words(query)),
        concepts=tuple(_concepts(ranking)),
        matches=tuple(_matches(ranking)),
        foreign=round(ranking.foreign, 3),
        margin=round(scores[0] - scores[1], 3) if len(scores) > 1 else 0.0,
        decision=decision.name,
        reason=reason,
    )


def _words(query: Query) -> Iterator[tuple[str, str, str]]:
    for token in query.tokens:
        read = token.corrected if token.corrected != token.word else ""
        yield token.word, read, "" if token.known else "unknown"


def _concepts(ranking: Ranking) -> Iterator[tuple[str, str, str, str]]:
    for spotted in ranking.spotted:
        name = f"not {spotted.concept}" if spotted.negated else spotted.concept
        yield name, spotted.label, spotted.language, f"{spotted.strength:.2f}"


def _matches(ranking: Ranking) -> Iterator[tuple[str, str, str, str, str, str]]:
    for match in ranking.matches[:5]:
        evidence = ", ".join(f"{name} {weight:+.1f}" for name, weight in match.evidence)
        yield (
            match.entry, f"{match.score:.3f}", f"{match.linear:.2f}", f"{match.overlap:.3f}",
            f"{match.doubt:.1f}", evidence,
        )  # fmt: skip
