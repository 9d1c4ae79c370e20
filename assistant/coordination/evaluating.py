"""Evaluation: how often Lotse is right on questions with known answers."""

from __future__ import annotations

import json
import math
from collections import Counter
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


HELD_BACK = "held"
"""Folder of questions that only measure: nobody reads what went wrong there, so that they stay unseen."""


def question_files(path: Path) -> list[Path]:
    """Return the question files of a folder (`recorded.yaml` holds figures), or the file itself."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.glob("*.yaml") if p.stem != "recorded")


def is_held_back(path: Path) -> bool:
    """Whether a question file only measures."""
    return path.parent.name == HELD_BACK


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
    return turn.decision.entries[:5]


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


def interval(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share (0 to 1) of `count` trials (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def confusions(outcomes: Iterable[Outcome]) -> list[tuple[str, str, int]]:
    """Return which entry came first instead of which: (wanted, came first, how often), most often first."""
    pairs = Counter(
        (o.question.accept[0], o.entries[0]) for o in outcomes if o.in_scope and o.entries and not o.first
    )
    return [(wanted, came, n) for (wanted, came), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]


@dataclass(frozen=True)
class Bin:
    """Messages whose score lies between two bounds: how many, how sure Lotse was, how often right."""

    low: float
    high: float
    count: int
    sure: float
    right: float


def calibration(outcomes: Iterable[Outcome], bins: int = 10) -> list[Bin]:
    """Return score against precision of the first entry; foreign messages count as never right."""
    rows = [o for o in outcomes if o.decision != "crisis"]
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        own = [o for o in rows if low <= o.score < high or (high == 1.0 and o.score >= 1.0)]
        if own:
            sure = sum(o.score for o in own) / len(own)
            found.append(Bin(low, high, len(own), sure, _share(o.first for o in own)))
    return found


@dataclass(frozen=True)
class SweepRow:
    """What one threshold for direct answers would mean."""

    threshold: float
    answered: float
    precision: float
    wrong: float
    foreign_answered: float


def sweep(outcomes: Iterable[Outcome]) -> list[SweepRow]:
    """Return what direct answers from each threshold on would be like, all else left aside."""
    rows = [o for o in outcomes if o.decision != "crisis"]
    inside, outside = [o for o in rows if o.in_scope], [o for o in rows if not o.in_scope]
    found = []
    for percent in range(20, 100, 5):
        taken = [o for o in inside if o.score >= percent / 100]
        found.append(
            SweepRow(
                percent / 100,
                len(taken) / max(len(inside), 1),
                _share(o.first for o in taken),
                sum(not o.first for o in taken) / max(len(inside), 1),
                _share(o.score >= percent / 100 for o in outside),
            )
        )
    return found


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0
