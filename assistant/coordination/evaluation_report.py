"""The report of one evaluation: a Markdown file to read and a JSON file to compare, one pair per run."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.coordination.evaluating import (
    Outcome,
    calibration,
    confusions,
    figures,
    grouped,
    interval,
    sweep,
)

CONFUSIONS, MISSES = 25, 20
BAR = 30


@dataclass(frozen=True)
class Run:
    """Everything one evaluation found; `noisy`: outcomes of spoiled questions by the way of spoiling."""

    when: dt.datetime
    version: str
    files: tuple[str, ...]
    outcomes: Sequence[Outcome]
    noisy: Mapping[str, Sequence[Outcome]]


def write_report(folder: Path, run: Run, show_misses: bool) -> Path:
    """Write the report of a run into a folder and return the Markdown file.

    `show_misses`: texts that went wrong; never for questions that are held back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = folder / f"evaluation-{run.when:%Y-%m-%d-%H%M%S}"
    name.with_suffix(".json").write_text(json.dumps(_as_json(run), ensure_ascii=False, indent=1) + "\n")
    markdown = name.with_suffix(".md")
    markdown.write_text("\n".join(_lines(run, show_misses)) + "\n", encoding="utf-8")
    return markdown


def _as_json(run: Run) -> dict[str, object]:
    groups: dict[str, Mapping[str, Sequence[Outcome]]] = {
        "all": {"all": run.outcomes},
        "language": grouped(run.outcomes, lambda o: o.question.language),
        "kind": grouped(run.outcomes, lambda o: o.question.kind),
        "language and kind": grouped(run.outcomes, lambda o: f"{o.question.language} {o.question.kind}"),
        "noise": run.noisy,
    }
    shares = {name: {key: asdict(figures(rows)) for key, rows in g.items()} for name, g in groups.items()}
    return {"when": f"{run.when:%Y-%m-%d %H:%M}", "knowledge": run.version, "files": run.files, **shares}


def _lines(run: Run, show_misses: bool) -> Iterator[str]:
    yield f"# Evaluation of {run.when:%Y-%m-%d %H:%M}"
    yield ""
    yield f"Knowledge {run.version}; questions: {', '.join(run.files)}. Shares in percent; ± is half the"
    yield "width of the 95 % confidence interval. *foreign*: messages Lotse should not answer."
    yield from _section("All", _shares({"all": run.outcomes}))
    yield from _section("Languages", _shares(grouped(run.outcomes, lambda o: o.question.language)))
    yield from _section("Kinds", _shares(grouped(run.outcomes, lambda o: o.question.kind)))
    yield from _section("Right first answer by language and kind", _crossed(run.outcomes))
    if run.noisy:
        yield from _section("The same questions, spoiled", _spoiled(run))
    yield from _section("Score against precision", _calibration(run.outcomes))
    yield from _section("What other thresholds for direct answers would do", _sweep(run.outcomes))
    yield from _section("Taken for one another", _confusions(run.outcomes))
    if show_misses:
        yield from _section("Questions that went wrong", _misses(run.outcomes))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from lines


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def percent(share: float) -> str:
    """Return a share (0 to 1) as percent with one decimal."""
    return f"{100 * share:.1f}"


def with_interval(share: float, count: int) -> str:
    """Return a share as percent with half the width of its confidence interval."""
    low, high = interval(share, count)
    return f"{percent(share)} ± {50 * (high - low):.1f}"


def _shares(groups: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    head = ("", "asked", "right", "first", "in 3", "wrong", "unsure", "foreign", "answered", "language")
    rows = []
    for name, outcomes in groups.items():
        f = figures(outcomes)
        own = [""] * 5
        if f.count:
            own = [
                with_interval(f.right, f.count),
                *map(percent, (f.first, f.among_three, f.wrong, f.fallback)),
            ]
        answered = percent(f.out_answered) if f.out_count else ""
        rows.append((name, str(f.count), *own, str(f.out_count), answered, percent(f.reply_language)))
    return _table(head, rows)


def _crossed(outcomes: Sequence[Outcome]) -> Iterator[str]:
    inside = [o for o in outcomes if o.in_scope]
    kinds = sorted({o.question.kind for o in inside})
    rows = []
    for language, own in grouped(inside, lambda o: o.question.language).items():
        by_kind = grouped(own, lambda o: o.question.kind)
        rows.append((language, *(percent(figures(by_kind[k]).right) if k in by_kind else "" for k in kinds)))
    return _table(("", *kinds), rows)


def _spoiled(run: Run) -> Iterator[str]:
    clean = {o.question.id: o for o in run.outcomes}
    rows = []
    for name, outcomes in run.noisy.items():
        inside = [o for o in outcomes if o.in_scope]
        before, after = figures([clean[o.question.id] for o in inside]), figures(inside)
        shares = (before.right, after.right, before.right - after.right, after.wrong)
        rows.append((name, str(after.count), *map(percent, shares)))
    return _table(("way of typing", "asked", "right, clean", "right, spoiled", "lost", "wrong"), rows)


def _calibration(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "```"
    yield "score       right   count  (bar: right; mark: how sure Lotse was)"
    for row in calibration(outcomes):
        filled = round(row.right * BAR)
        bar = list("█" * filled + " " * (BAR - filled) + " ")
        bar[min(round(row.sure * BAR), BAR)] = "|"
        yield f"{row.low:.1f} – {row.high:.1f}  {percent(row.right):>6}  {row.count:>6}  {''.join(bar)}"
    yield "```"


def _sweep(outcomes: Sequence[Outcome]) -> Iterator[str]:
    head = ("answer from", "answered", "precision", "wrong", "foreign answered")
    return _table(
        head,
        (
            (f"{r.threshold:.2f}", *map(percent, (r.answered, r.precision, r.wrong, r.foreign_answered)))
            for r in sweep(outcomes)
        ),
    )


def _confusions(outcomes: Sequence[Outcome]) -> Iterator[str]:
    rows = ((wanted, came, str(n)) for wanted, came, n in confusions(outcomes)[:CONFUSIONS])
    return _table(("wanted", "came first", "times"), rows)


def _misses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    missed = [o for o in outcomes if o.wrong or (o.in_scope and not o.right)]
    for outcome in missed[:MISSES]:
        question = outcome.question
        came, wanted = ", ".join(outcome.entries[:2]), ", ".join(question.accept[:2])
        yield (
            f"- {question.language}, {question.kind}: {question.text} — {outcome.decision} "
            f"{outcome.score:.2f}, first {came}; wanted {wanted}"
        )
