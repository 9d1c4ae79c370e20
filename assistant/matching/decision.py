"""Deciding: answer, offer a choice, say "I do not know", or raise the alarm.

Two thresholds on probabilities (Rasa's threshold and ambiguity threshold in one scale): sure of one
entry: answer; sure that it is one of a few: choose; else fallback.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.matching.crisis import Alarm
from assistant.matching.ranking import SURE, Ranking
from assistant.matching.weights import Weights
from assistant.matching.words import Query

DecisionName = Literal["answer", "choose", "fallback", "crisis"]
OFFERED = 3
OUR_KINDS = ("topic", "profession", "office", "person")
MOSTLY_UNKNOWN, SOME_UNKNOWN = 0.5, 0.25
"""Shares of words that no text knows."""
SURELY_FOREIGN, SURELY_OURS = 0.9, 0.3
SHORT = 2
"""Words up to which a message gets an answer only when it names what the entry is about."""


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
    best = ranking.matches[0].score
    three = sum(match.score for match in ranking.matches[:OFFERED])
    ours = names_our_topic(ranking)
    if not ours and query.unknown_share >= MOSTLY_UNKNOWN:
        return Decision("fallback", entries, best, None, "mostly unknown words")
    if ranking.foreign > (SURELY_FOREIGN if ours else weights.foreign):
        return Decision("fallback", entries, best, None, "another topic")
    sure = best >= weights.answer and (ours or query.unknown_share < SOME_UNKNOWN)
    if sure and (len(query.tokens) > SHORT or ranking.matches[0].named):
        return Decision("answer", entries, best, None, "sure of one entry")
    if three >= _choose_from(weights.choose, ours, ranking.foreign):
        return Decision("choose", entries, best, None, "sure of three entries together")
    return Decision("fallback", entries, best, None, "not sure")


def _choose_from(threshold: float, ours: bool, foreign: float) -> float:
    """From which probability of three entries together they are offered."""
    if ours and foreign < SURELY_OURS:
        return threshold / 4
    return threshold / 2 if ours or foreign < SURELY_OURS else threshold


def names_our_topic(ranking: Ranking) -> bool:
    """Whether the message surely names something Lotse knows about, and no foreign topic."""
    sure = [s for s in ranking.spotted if s.strength >= SURE]
    return any(s.kind in OUR_KINDS for s in sure) and not any(s.kind == "foreign" for s in sure)
