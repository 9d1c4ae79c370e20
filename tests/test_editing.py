"""New entries pass the check; confirming one touches nothing else in its file."""

import datetime as dt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.coordination.editing import confirm_entry, new_concept, new_entry
from assistant.errors import LotseError
from assistant.knowledge.loading import load_knowledge

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize("kind", ["procedure", "course", "organization", "guide", "event"])
def test_a_new_entry_passes_the_check(small: Path, kind: str) -> None:
    new_entry(
        small, kind, "neu", 'Titel: mit "Zeichen"', "Kurzer Text.", "flat", "https://example.org", TODAY
    )
    assert load_knowledge(small).entries["neu"].title == 'Titel: mit "Zeichen"'


@pytest.mark.parametrize(
    ("kind", "entry", "concept", "message"),
    [
        ("guide", "neu", "gibt-es-nicht", "unknown concept"),
        ("guide", "wohnung", "flat", "exists already"),
        ("guide", "Nicht Gut", "flat", "is no id"),
        ("brief", "neu", "flat", "is no kind of entry"),
    ],
)
def test_what_would_not_pass_is_not_written(
    small: Path, kind: str, entry: str, concept: str, message: str
) -> None:
    before = sorted(small.rglob("*"))
    with pytest.raises(LotseError, match=message):
        new_entry(small, kind, entry, "Titel", "Text.", concept, "https://example.org", TODAY)
    assert sorted(small.rglob("*")) == before


def test_a_new_concept_is_added(small: Path) -> None:
    new_concept(small, "balcony", "balcony of a flat")
    assert load_knowledge(small).concepts["balcony"].gloss == "balcony of a flat"


def test_confirming_changes_two_lines_only(small: Path) -> None:
    path = small / "guides" / "wohnung.yaml"
    path.write_text("# a comment\n" + path.read_text() + "# the end\n")
    before = path.read_text().splitlines()
    confirm_entry(small, "wohnung", "Ada", TODAY)
    confirm_entry(small, "wohnung", "Ada", TODAY)
    after = path.read_text().splitlines()
    assert set(after) - set(before) == {"assured_date: 2026-11-21", 'assured_by: "Ada"'}
    assert set(before) - set(after) == {"assured_date: 2026-07-01"}
    assert after[0] == "# a comment" and after[-1] == "# the end"


def test_confirming_something_unknown_is_refused(small: Path) -> None:
    with pytest.raises(LotseError, match="there is no entry"):
        confirm_entry(small, "nichts", "Ada", TODAY)


def test_the_commands_work(small: Path) -> None:
    runner = CliRunner()
    base = ["--knowledge", str(small)]
    options = [
        "--title",
        "Café",
        "--summary",
        "Text.",
        "--concept",
        "flat",
        "--source",
        "https://example.org",
    ]
    assert runner.invoke(app, [*base, "new", "guide", "cafe", *options]).exit_code == 0
    assert runner.invoke(app, [*base, "review", "cafe", "--by", "Ada"]).exit_code == 0
    assert load_knowledge(small).entries["cafe"].assured_by == "Ada"
