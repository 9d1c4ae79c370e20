"""Unseen questions of every language keep the figures that were reached; see recorded.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.coordination.evaluating import Figures, figures, load_questions, run_questions
from assistant.pipeline import Assistant
from tests.conftest import ROOT

FOLDER = Path(__file__).parent / "questions"
RECORDED = yaml.safe_load((FOLDER / "recorded.yaml").read_text())["languages"]
HELD = yaml.safe_load((FOLDER.parent / "held" / "recorded.yaml").read_text())["languages"]
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "recorded")


@pytest.fixture(scope="module")
def reached(assistant: Assistant) -> dict[str, Figures]:
    return {
        tag: figures(run_questions(assistant, load_questions(FOLDER / f"{tag}.yaml"))) for tag in LANGUAGES
    }


def test_every_language_has_test_questions(assistant: Assistant) -> None:
    own = {tag for tag, info in assistant.knowledge.languages.items() if info.variant_of is None}
    assert set(LANGUAGES) == own == set(RECORDED)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_there_are_enough_questions_with_known_entries(assistant: Assistant, tag: str) -> None:
    questions = load_questions(FOLDER / f"{tag}.yaml")
    assert len(questions) >= 40
    kinds = {question.kind for question in questions}
    assert {"plain", "colloquial", "typo", "mixed", "out", "crisis"} <= kinds
    unknown = {e for q in questions for e in q.accept} - assistant.knowledge.entries.keys()
    assert not unknown


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_does_not_fall_under_its_recorded_figure(reached: dict[str, Figures], tag: str) -> None:
    found, recorded = reached[tag], RECORDED[tag]
    assert 100 * found.right >= recorded["right"]
    assert 100 * found.among_three >= recorded["among_three"]
    assert 100 * found.wrong <= recorded["wrong"]
    assert 100 * found.out_answered <= recorded["foreign_answered"]


@pytest.mark.parametrize("tag", sorted(HELD))
def test_questions_that_are_held_back_keep_their_figure(assistant: Assistant, tag: str) -> None:
    found = figures(run_questions(assistant, load_questions(FOLDER.parent / "held" / f"{tag}.yaml")))
    assert 100 * found.right >= HELD[tag]["right"]  # no text is shown: nobody should read them
    assert 100 * found.wrong <= HELD[tag]["wrong"]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_danger_is_recognised(assistant: Assistant, tag: str) -> None:
    questions = [q for q in load_questions(FOLDER / f"{tag}.yaml") if q.kind == "crisis"]
    missed = [o.question.text for o in run_questions(assistant, questions) if o.decision != "crisis"]
    assert len(missed) <= RECORDED[tag]["missed"], missed


@pytest.mark.parametrize("tag", LANGUAGES)
def test_other_questions_raise_no_alarm(assistant: Assistant, tag: str) -> None:
    questions = [q for q in load_questions(FOLDER / f"{tag}.yaml") if q.kind != "crisis"]
    alarms = [o.question.text for o in run_questions(assistant, questions) if o.decision == "crisis"]
    assert len(alarms) <= RECORDED[tag]["false_alarms"], alarms


@pytest.mark.parametrize("tag", LANGUAGES)
def test_replies_are_in_the_language_of_the_message(assistant: Assistant, tag: str) -> None:
    questions = [q for q in load_questions(FOLDER / f"{tag}.yaml") if len(q.text.split()) >= 3]
    outcomes = run_questions(assistant, questions)
    others = [f"{o.language}: {o.question.text}" for o in outcomes if o.language != tag]
    assert len(others) <= RECORDED[tag]["other_language"] * len(questions), others


def test_no_question_of_the_shared_sample_is_in_the_project() -> None:
    """The sample only measures. It stands beside the project in CI; elsewhere there is nothing to compare."""
    import json

    sample = ROOT.parent / "shared" / "evaluation" / "sample.jsonl"
    texts = (
        {json.loads(line)["text"] for line in sample.read_text().splitlines() if line.strip()}
        if sample.is_file()
        else set()
    )
    own = {q.text for path in FOLDER.glob("*.yaml") if path.stem != "recorded" for q in load_questions(path)}
    for path in (ROOT / "knowledge" / "languages").rglob("questions.yaml"):
        for entry in yaml.load(path.read_text(), yaml.BaseLoader).values():
            lists = entry.values() if isinstance(entry, dict) else [entry]
            own |= {text for texts_of in lists for text in texts_of}
    assert not own & texts
