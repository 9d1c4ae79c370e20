"""Deciding: answer, offer a choice, say "I do not know", or raise the alarm.

Two thresholds on probabilities (Rasa's threshold and ambiguity threshold in one scale): sure of one
entry: answer; sure that it is one of a few: choose; else fallback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.matching.crisis import Alarm
from assistant.matching.ranking import Ranking
from assistant.matching.weights import Weights
from assistant.matching.words import Query

DecisionName = Literal["answer", "choose", "fallback", "crisis"]
OFFERED = 3


@dataclass(frozen=True)
class Decision:
    """What to do with a message and why."""

    name: DecisionName
    entries: tuple[str, ...] = ()
    score: float = 0.0
    alarm: Alarm | None = None
    reason: str = ""


def decide(query: Query, ranking: Ranking, alarm: Alarm | None, weights: Weights) -> Decision:
    """Return the decision for a message."""
    if alarm is not None:
        return Decision("crisis", alarm.danger.entries, 1.0, alarm, "a danger is named")
    if not query.tokens or not ranking.matches:
        return Decision("fallback", (), 0.0, None, "no words")
    entries = ranking.entries
    best = ranking.matches[0]
    three = sum(match.score for match in ranking.matches[:OFFERED])
    if not ranking.spotted and query.unknown_share > 0.5:
        return Decision("fallback", entries, best.score, None, "mostly unknown words")
    if ranking.foreign > weights.foreign or ranking.foreign > three:
        return Decision("fallback", entries, best.score, None, "another topic")
    if best.score >= weights.answer:
        return Decision("answer", entries, best.score, None, "sure of one entry")
    if three >= weights.choose:
        return Decision("choose", entries, best.score, None, "sure of three entries together")
    return Decision("fallback", entries, best.score, None, "not sure")
