"""The command line as people and programs use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.pipeline import Assistant
from assistant.settings import Settings
from tests.conftest import ROOT

runner = CliRunner()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings, assistant: Assistant) -> None:
    """The index that the session built is in the cache already."""
    monkeypatch.setenv("LOTSE_CACHE", str(settings.cache))
    monkeypatch.chdir(ROOT)


def test_ask_prints_the_answer() -> None:
    result = runner.invoke(app, ["ask", "Wie lasse ich mein Pflege-Diplom anerkennen?"])
    assert result.exit_code == 0
    assert "PFLEGEFACHKRAFT" in result.stdout


def test_ask_gives_json_to_programs() -> None:
    result = runner.invoke(app, ["ask", "بدي اعرف كيف اعادل شهادة التمريض", "--json"])
    reply = json.loads(result.stdout)
    assert (reply["language"], reply["entry"]) == ("ar", "pflegefachkraft")


def test_ask_explains_itself() -> None:
    result = runner.invoke(app, ["ask", "krankenschwster anerkenung", "--explain"])
    assert "krankenschwester" in result.stdout
    assert "j-nurse" in result.stdout
    assert "decision" in result.stdout


def test_json_lines_are_answered_in_order() -> None:
    lines = [
        {"id": "1", "text": "Kindergeld beantragen"},
        {"id": "2", "text": "B1", "language": "ar"},
        {"id": "3", "text": "Rezept für Apfelkuchen"},
    ]
    result = runner.invoke(app, ["ask", "--jsonl"], input="\n".join(map(json.dumps, lines)))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["1", "2", "3"]
    assert answers[0]["entries"][0] == "kindergeld"
    assert answers[1]["language"] == "ar"
    assert answers[2]["decision"] == "fallback"
    assert all(set(a) == {"id", "language", "decision", "entries", "score", "ms"} for a in answers)
    assert all(len(a["entries"]) <= 5 for a in answers)


def test_a_broken_json_line_does_not_stop_the_others() -> None:
    result = runner.invoke(app, ["ask", "--jsonl"], input='nonsense\n{"id": 2, "text": "Jobcenter"}\n')
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert "error" in first
    assert second["id"] == 2
    assert result.exit_code == 1


def test_check_finds_no_error_in_the_knowledge_base() -> None:
    result = runner.invoke(app, ["check", "--errors-only"])
    assert result.exit_code == 0, result.stdout
    assert "0 errors" in result.stdout


def test_check_explains_a_broken_file(small: Path) -> None:
    (small / "guides" / "wohnung.yaml").write_text("title: [\n")
    result = runner.invoke(app, ["--knowledge", str(small), "check"])
    assert result.exit_code == 1
    assert "guides/wohnung.yaml:1:" in result.stdout


def test_check_gives_json_to_programs(small: Path) -> None:
    result = runner.invoke(app, ["--knowledge", str(small), "check", "--json"])
    problems = json.loads(result.stdout)
    assert {"path", "line", "column", "message", "severity"} == set(problems[0])


def test_evaluate_prints_a_table_and_json(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    question = {
        "id": "1",
        "lang": "de",
        "kind": "plain",
        "text": "Kindergeld beantragen",
        "accept": ["kindergeld"],
    }
    file.write_text(json.dumps(question))
    assert "100.0" in runner.invoke(app, ["evaluate", str(file)]).stdout
    data = json.loads(runner.invoke(app, ["evaluate", str(file), "--json"]).stdout)
    assert data["language"]["de"]["right"] == 1.0


def test_schema_is_written_and_describes_the_model(tmp_path: Path) -> None:
    assert runner.invoke(app, ["schema", "--folder", str(tmp_path)]).exit_code == 0
    schema = json.loads((tmp_path / "organization.json").read_text())
    assert "phones" in schema["properties"]
    assert "id" not in schema["properties"]
    committed = ROOT / "knowledge" / "schema" / "organization.json"
    assert json.loads(committed.read_text()) == schema, "run `lotse schema`"


def test_translate_status_gives_json() -> None:
    rows = json.loads(runner.invoke(app, ["translate", "status", "--json"]).stdout)
    assert {"language", "domain", "total", "missing", "outdated", "unreviewed"} == set(rows[0])


@pytest.mark.parametrize(
    "command", [[], ["--help"], ["ask", "--help"], ["translate", "--help"], ["evaluate", "--help"]]
)
def test_help_is_there(command: list[str]) -> None:
    assert "Usage" in runner.invoke(app, command).output


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output=True, text=True, cwd=ROOT, env={"PATH": "", **environment}, timeout=60,
    )  # fmt: skip


def test_wrong_settings_are_one_sentence() -> None:
    result = run("check", LOTSE_PORT="http")
    assert result.returncode == 1
    assert "LOTSE_PORT" in result.stderr and "Traceback" not in result.stderr


def test_a_missing_knowledge_folder_is_one_sentence(tmp_path: Path) -> None:
    result = run("--knowledge", str(tmp_path / "none"), "ask", "x", LOTSE_CACHE="")
    assert result.returncode == 1
    assert "does not exist" in result.stderr and "Traceback" not in result.stderr
