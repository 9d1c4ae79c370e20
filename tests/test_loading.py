"""Loading the knowledge folder: all problems of all files at once, nothing half loaded."""

from pathlib import Path

import pytest

from assistant.errors import KnowledgeError
from assistant.knowledge.loading import load_knowledge
from assistant.knowledge.model import Organization


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    return [str(problem) for problem in error.value.problems]


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_small_folder_loads(small: Path) -> None:
    knowledge = load_knowledge(small)
    assert set(knowledge.entries) == {"anerkennung", "wohnung", "beratung"}
    advice = knowledge.organization("beratung")
    assert isinstance(advice, Organization)
    assert advice.phones[0].number == "+493411234567"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("procedures/anerkennung.yaml", "summary:", "sumary:", "did you mean `summary`"),
        ("procedures/anerkennung.yaml", "title: Anerkennung\n", "", "`title` is missing; add it"),
        (
            "procedures/anerkennung.yaml",
            "core: [recognition]",
            "core: [recogniton]",
            "did you mean recognition",
        ),
        ("procedures/anerkennung.yaml", "[beratung]", "[beratnug]", "did you mean beratung"),
        ("procedures/anerkennung.yaml", "2026-07-01", "1.7.2026", "write a date like"),
        ("procedures/anerkennung.yaml", "minimum: 100", "minimum: hundert", "write a number"),
        ("procedures/anerkennung.yaml", "unit: month", "unit: monat", "use one of"),
        ("procedures/anerkennung.yaml", "title: Anerkennung", "title:", "is empty"),
        (
            "procedures/anerkennung.yaml",
            "title: Anerkennung",
            "id: x\ntitle: Anerkennung",
            "delete this line",
        ),
        ("organizations/beratung.yaml", "+493411234567", "0341 1234567", "wrong form"),
        ("organizations/beratung.yaml", "region: leipzig", "region: mars", "use one of"),
        ("guides/wohnung.yaml", "contacts: [beratung]", "broader: wohnung", "back to itself"),
        ("languages/de/labels.yaml", "flat:", "flatt:", "did you mean flat"),
        ("languages/de/questions.yaml", "wohnung: {chat: [suche wohnung]", "wohnung: {chat: suche", "list"),
        ("concepts.yaml", "entry: anerkennung", "entry: nichts", "unknown entry"),
        ("crisis.yaml", "entries: [beratung]", "entries: [weg]", "unknown entry"),
        ("base.yaml", "topics: [anerkennung]", "topics: [weg]", "unknown entry"),
    ],
)
def test_a_mistake_is_explained_at_its_place(
    small: Path, name: str, old: str, new: str, expected: str
) -> None:
    change(small, name, old, new)
    found = problems_of(small)
    assert any(line.startswith(f"{name}:") and expected in line for line in found), found


def test_problems_of_all_files_come_at_once(small: Path) -> None:
    change(small, "procedures/anerkennung.yaml", "summary:", "sumary:")
    change(small, "guides/wohnung.yaml", "title:", "titel:")
    (small / "guides" / "leer.yaml").write_text("")
    names = {line.split(":")[0] for line in problems_of(small)}
    assert {"procedures/anerkennung.yaml", "guides/wohnung.yaml", "guides/leer.yaml"} <= names


def test_the_same_id_twice_is_a_problem(small: Path) -> None:
    (small / "procedures" / "wohnung.yaml").write_text((small / "guides" / "wohnung.yaml").read_text())
    assert any("is taken by" in line for line in problems_of(small))


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    assert "does not exist" in problems_of(tmp_path / "none")[0]


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert any("base.yaml" in line for line in problems_of(tmp_path))


def test_adding_an_entry_needs_only_a_file(small: Path) -> None:
    text = (small / "guides" / "wohnung.yaml").read_text().replace("Wohnung finden", "Umzug")
    (small / "guides" / "umzug.yaml").write_text(text)
    assert "umzug" in load_knowledge(small).entries
