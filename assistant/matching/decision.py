"""Deciding: answer, offer a choice, say "I do not know", or raise the alarm.

Two thresholds on probabilities (Rasa's threshold and ambiguity threshold in one scale): sure of one
entry: answer; sure that it is one of a few: choose; else fallback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from assistant.knowledge.model import Knowledge
from assistant.matching.crisis import Alarm
from assistant.matching.ranking import SURE, Ranking
from assistant.matching.weights import Weights
from assistant.matching.words import Query

DecisionName = Literal["answer", "choose", "fallback", "crisis"]
OFFERED = 3
SHORT = 2
"""Words up to which a message gets an answer only when it names what the entry is about."""
LIKELY = 0.3
"""Probability from which the best entry is offered before the menu of an area."""
EVIDENCE = 1.0
"""Linear score an answer needs when no topic is named: words that only look alike are not enough."""
VAGUE = 3
"""Words up to which a message that names one area gets the menu of this area, and one that names no
topic at all no direct answer."""
OUR_KINDS = ("topic", "profession", "office", "person")
MOSTLY_UNKNOWN, SOME_UNKNOWN = 0.5, 0.25
"""Shares of words that no text knows."""
SURELY_FOREIGN, SURELY_OURS = 0.9, 0.3


@dataclass(frozen=True)
class Decision:
    """What to do with a message and why."""

    name: DecisionName
    entries: tuple[str, ...] = ()
    score: float = 0.0
    alarm: Alarm | None = None
    reason: str = ""


Menus = Mapping[str, tuple[str, ...]]
"""What to offer to somebody who names one concept and says no more: concept -> entries."""


NO_MENUS: Menus = MappingProxyType({})


def menus_of(knowledge: Knowledge) -> Menus:
    """Return the menus of a knowledge base."""
    public = {entry.id for entry in knowledge.public_entries()}
    menus = {c.id: tuple(e for e in c.menu if e in public) for c in knowledge.concepts.values()}
    return {concept: entries for concept, entries in menus.items() if entries}


def decide(
    query: Query, ranking: Ranking, alarm: Alarm | None, weights: Weights, menus: Menus = NO_MENUS
) -> Decision:
    """Return the decision for a message."""
    if alarm is not None:
        return Decision("crisis", alarm.danger.entries, 1.0, alarm, "a danger is named")
    if not any(len(token.word) > 1 for token in query.tokens) or not ranking.matches:
        return Decision("fallback", (), 0.0, None, "no words")
    entries = ranking.entries
    best = ranking.matches[0].score
    three = sum(match.score for match in ranking.matches[:OFFERED])
    menu = _menu(query, ranking, menus)
    ours = names_our_topic(ranking)
    if not ours and query.unknown_share >= MOSTLY_UNKNOWN:
        return Decision("fallback", entries, best, None, "mostly unknown words")
    if menu and (best < weights.answer or entries[0] not in menu):
        return _offer(menu, entries, best)
    if ranking.foreign > (SURELY_FOREIGN if ours else weights.foreign):
        return Decision("fallback", entries, best, None, "another topic")
    learned = ranking.matches[0].linear >= EVIDENCE or not weights.classes
    enough = learned and len(query.tokens) > VAGUE and query.unknown_share < SOME_UNKNOWN
    sure = best >= weights.answer and (ours or enough)
    if sure and (len(query.tokens) > SHORT or ranking.matches[0].named):
        return Decision("answer", entries, best, None, "sure of one entry")
    if menu:
        return _offer(menu, entries, best)
    if three >= _choose_from(weights.choose, ours, ranking.foreign):
        return Decision("choose", entries, best, None, "sure of three entries together")
    return Decision("fallback", entries, best, None, "not sure")


def _menu(query: Query, ranking: Ranking, menus: Menus) -> tuple[str, ...]:
    """The menu of the one area a short message names; () when it says more than that."""
    if len(query.tokens) > VAGUE:
        return ()
    sure = [s for s in ranking.spotted if s.strength >= SURE and not s.negated]
    areas = {s.concept for s in sure if s.concept in menus}
    more = any(s.concept not in menus and s.kind in (*OUR_KINDS, "foreign") for s in sure)
    return menus[areas.pop()] if len(areas) == 1 and not more else ()


def _offer(menu: tuple[str, ...], entries: tuple[str, ...], best: float) -> Decision:
    """Offer the menu of an area, after the best entry where that is likely."""
    ordered = dict.fromkeys((*entries[: int(best >= LIKELY)], *menu, *entries))
    return Decision("choose", tuple(ordered), best, None, "names an area and no more")


def _choose_from(threshold: float, ours: bool, foreign: float) -> float:
    """From which probability of three entries together they are offered."""
    if ours and foreign < SURELY_OURS:
        return threshold / 4
    return threshold / 2 if ours or foreign < SURELY_OURS else threshold


def names_our_topic(ranking: Ranking) -> bool:
    """Whether the message surely names something Lotse knows about, and no foreign topic."""
    sure = [s for s in ranking.spotted if s.strength >= SURE]
    return any(s.kind in OUR_KINDS for s in sure) and not any(s.kind == "foreign" for s in sure)
