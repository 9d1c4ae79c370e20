"""The measuring stand: figures with their intervals, spoiled questions, reports that keep secrets."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.app import load_content
from assistant.cli import app
from assistant.coordination import noise
from assistant.coordination.evaluating import (
    Outcome,
    TestQuestion,
    calibration,
    confusions,
    interval,
    sweep,
)
from assistant.coordination.evaluation_report import Run, write_report
from assistant.pipeline import Assistant
from assistant.settings import load_settings

DICE = random.Random(1)


def outcome(text: str, accept: tuple[str, ...], decision: str, score: float, *entries: str) -> Outcome:
    question = TestQuestion(text, "de", "plain", text, accept)
    return Outcome(question, decision, entries, score, "de", 1.0)


OUTCOMES = [
    outcome("sure and right", ("kurs",), "answer", 0.95, "kurs"),
    outcome("sure and wrong", ("kurs",), "answer", 0.92, "amt"),
    outcome("unsure", ("kurs",), "choose", 0.4, "amt", "kurs"),
    outcome("foreign", (), "fallback", 0.1, "amt"),
]


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [(0.5, 100, 0.404, 0.596), (1.0, 20, 0.839, 1.0), (0.0, 0, 0.0, 1.0)],
)
def test_an_interval_is_as_wide_as_the_count_is_small(
    share: float, count: int, low: float, high: float
) -> None:
    assert interval(share, count) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_calibration_sets_the_score_against_how_often_the_first_entry_is_right() -> None:
    rows = {round(row.low, 1): (row.count, row.right) for row in calibration(OUTCOMES)}
    assert rows == {0.1: (1, 0.0), 0.4: (1, 0.0), 0.9: (2, 0.5)}


def test_a_sweep_says_what_each_threshold_would_answer() -> None:
    rows = {row.threshold: row for row in sweep(OUTCOMES)}
    assert rows[0.2].answered == 1.0 and rows[0.2].precision == pytest.approx(1 / 3)
    assert rows[0.95].answered == pytest.approx(1 / 3) and rows[0.95].precision == 1.0


def test_confusions_name_what_was_wanted_and_what_came() -> None:
    assert confusions(OUTCOMES) == [("kurs", "amt", 2)]


@pytest.mark.parametrize(
    ("spoil", "text", "spoiled"),
    [
        (noise.no_marks, "Prüfung für Ärzte, học tiếng Đức", "Prufung fur Arzte, hoc tieng Đuc"),
        (noise.umlauts_written_out, "Straße für Ärzte", "Strasse fuer Aerzte"),
        (noise.lower_bare, "Wo ist das Jobcenter?", "wo ist das jobcenter"),
        (noise.arabizi, "شغل", "shghl"),
        (noise.german_style, "переклад", "pereklad"),
        (noise.chat_style, "хочу", "ho4u"),
    ],
)
def test_spoiling_changes_what_it_says(spoil: noise.Spoil, text: str, spoiled: str) -> None:
    assert spoil(text, DICE) == spoiled


def test_typos_leave_short_words_alone_and_are_always_the_same() -> None:
    text = "wie lange dauert die Anerkennung meiner Ausbildung"
    once = noise.typos(text, random.Random(text))
    assert once != text
    assert once == noise.typos(text, random.Random(text))
    assert once.split()[3] == "die"


def test_a_question_is_spoiled_only_in_the_ways_of_its_script(assistant: Assistant) -> None:
    knowledge, _ = load_content(load_settings())
    spoiler = noise.Spoiler(knowledge, assistant.matcher)
    question = TestQuestion("1", "uk", "plain", "Де я можу записатися на курс німецької мови?", ("x",))
    ways = dict(spoiler.spoiled(question))
    latin_typed = {way for way in ways if "Latin" in way}
    assert latin_typed == {"Latin-typed (anyascii)", "Latin-typed (German)", "Latin-typed (chat)"}
    assert "ae oe ue" not in ways
    assert "Deutschkurs" in ways["half German"].text
    assert ways["words swapped"].accept == ("x",)


def test_a_report_shows_misses_only_where_they_may_be_read(tmp_path: Path) -> None:
    run = Run(dt.datetime(2026, 11, 21), "v1", ("tests/questions/de.yaml",), OUTCOMES, {})
    shown = write_report(tmp_path / "open", run, show_misses=True).read_text()
    hidden = write_report(tmp_path / "held", run, show_misses=False).read_text()
    assert "sure and wrong" in shown and "| kurs | amt | 2 |" in shown
    assert "sure and wrong" not in hidden and "| all | 3 |" in hidden


def test_misses_of_questions_held_back_are_not_listed(tmp_path: Path) -> None:
    held = tmp_path / "held"
    held.mkdir()
    question = '- text: "Wo ist das Jobcenter?"\n  kind: plain\n  accept: [jobcenter-leipzig]\n'
    (held / "de.yaml").write_text(question)
    result = CliRunner().invoke(app, ["evaluate", str(held), "--misses"])
    assert result.exit_code != 0
