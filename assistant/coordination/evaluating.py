"""Evaluation: how often Lotse is right on questions with known answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.dialogue.state import Message
from assistant.errors import LotseError
from assistant.knowledge.loading import Reading
from assistant.pipeline import Assistant, Turn


@dataclass(frozen=True)
class TestQuestion:
    """A question with the entries that would be right; none: Lotse should not answer it."""

    __test__ = False

    id: str
    language: str
    kind: str
    text: str
    accept: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What Lotse did with one test question."""

    question: TestQuestion
    decision: str
    entries: tuple[str, ...]
    score: float
    language: str
    milliseconds: float

    @property
    def in_scope(self) -> bool:
        return bool(self.question.accept)

    @property
    def first(self) -> bool:
        """Whether the best entry is right, whatever was decided."""
        return bool(self.entries) and self.entries[0] in self.question.accept

    @property
    def among_three(self) -> bool:
        return any(entry in self.question.accept for entry in self.entries[:3])

    @property
    def right(self) -> bool:
        """Right first answer as design.md, section 7, defines it."""
        if self.decision in ("answer", "crisis"):
            return self.first
        return self.decision == "choose" and self.among_three

    @property
    def wrong(self) -> bool:
        """A direct answer with the wrong entry."""
        return self.decision == "answer" and not self.first


@dataclass(frozen=True)
class Figures:
    """Shares (0 to 1) over a group of outcomes; `out_answered` is over foreign questions."""

    count: int
    right: float
    answered_right: float
    first: float
    among_three: float
    wrong: float
    fallback: float
    out_count: int
    out_answered: float
    reply_language: float


def load_questions(path: Path) -> list[TestQuestion]:
    """Read test questions from JSON Lines or from YAML (tests/questions); raise LotseError."""
    try:
        if path.suffix in (".yaml", ".yml"):
            return list(_from_yaml(path))
        lines = path.read_text(encoding="utf-8").splitlines()
        return [_from_json(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LotseError(f"{path}: no test questions ({error}); see tests/questions") from error


def _from_json(item: Mapping[str, Any]) -> TestQuestion:
    return TestQuestion(
        str(item["id"]), str(item["lang"]), str(item.get("kind", "")), str(item["text"]),
        tuple(item["accept"]),
    )  # fmt: skip


def _from_yaml(path: Path) -> Iterator[TestQuestion]:
    document = Reading(path.parent).read(path)
    if document.problems or not isinstance(document.tree, list):
        raise LotseError("; ".join(map(str, document.problems)) or f"{path}: must be a list")
    for number, item in enumerate(document.tree, 1):
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            raise LotseError(f"{path}: item {number} needs text, kind and accept")
        accept = item.get("accept", [])
        yield TestQuestion(
            f"{path.stem}-{number:03}", path.stem.split(".")[0], str(item.get("kind", "plain")),
            str(item["text"]), tuple(map(str, accept if isinstance(accept, list) else [])),
        )  # fmt: skip


def run_questions(
    assistant: Assistant,
    questions: Iterable[TestQuestion],
    step: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Ask every question in a new conversation."""
    outcomes = []
    for question in questions:
        outcomes.append(_outcome(question, assistant.respond(Message(question.text))))
        step()
    return outcomes


def _outcome(question: TestQuestion, turn: Turn) -> Outcome:
    return Outcome(
        question, turn.reply.decision, ranked_entries(turn), turn.decision.score,
        turn.reply.language, turn.milliseconds,
    )  # fmt: skip


def ranked_entries(turn: Turn) -> tuple[str, ...]:
    """Return the entries of a turn, best first, also those below the threshold."""
    if turn.decision.name == "crisis":
        return turn.decision.entries[:5]
    return turn.ranking.entries[:5]


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Return the figures of a group of outcomes."""
    inside = [o for o in outcomes if o.in_scope]
    outside = [o for o in outcomes if not o.in_scope]
    answered = [o for o in inside if o.decision in ("answer", "crisis")]
    return Figures(
        count=len(inside),
        right=_share(o.right for o in inside),
        answered_right=_share(o.right for o in answered),
        first=_share(o.first for o in inside),
        among_three=_share(o.among_three for o in inside),
        wrong=_share(o.wrong for o in inside),
        fallback=_share(o.decision == "fallback" for o in inside),
        out_count=len(outside),
        out_answered=_share(o.decision in ("answer", "crisis") for o in outside),
        reply_language=_share(o.language == o.question.language for o in outcomes),
    )


def grouped(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """Return outcomes by a key, in order of the key."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return dict(sorted(groups.items()))


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0
