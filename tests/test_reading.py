"""Reading YAML: every value stays text, every mistake has a place and an advice."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.knowledge.reading import MAX_BYTES, read_document


def read(tmp_path: Path, content: str | bytes):  # type: ignore[no-untyped-def]
    path = tmp_path / "file.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path, "file.yaml")


@pytest.mark.parametrize("value", ["04103", "03411234567", "16:00", "no", "on", "1.10", "2026-11-21", "~"])
def test_values_stay_as_they_are_written(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, f"key: {value}").tree == {"key": value}


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "second time"),
        ("a:\n\tb: 1", 2, 1, "tab"),
        ("a: &x 1", 1, 4, "anchor"),
        ("a: *x", 1, 4, "alias"),
        ("a: !!python/object:os.system x", 1, 4, "tag"),
        ("a: [1, 2", 1, 4, "bracket"),
        ('a: "open', 1, 9, "quotation mark"),
        ("a: [\n\n", 1, 5, "YAML"),
        ("a: b: c", 1, 5, "quotes"),
        ("? [1]\n: 2", 1, 3, "key"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("", 1, 1, "empty"),
        ("   \n\n", 1, 1, "empty"),
        (b"a: caf\xe9", 1, 7, "UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "UTF-16"),
        (b"a: b\nc: \0", 2, 4, "NUL"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, content: str | bytes, line: int, column: int, words: str
) -> None:
    (problem,) = read(tmp_path, content).problems
    assert words in problem.message
    assert ";" in problem.message, "says what to do"
    assert (problem.line, problem.column) == (line, column)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1").tree == {"a": "1"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(tmp_path: Path, opening: str) -> None:
    (problem,) = read(tmp_path, opening * 50_000).problems
    assert problem.message


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "a" * (MAX_BYTES + 1)).problems
    assert "split" in problem.message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read_document(tmp_path / "none.yaml", "none.yaml").problems
    assert "cannot be read" in problem.message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}#&*!|>'\"%@`\n\t ,?", max_size=80).map(str.encode))
def test_nothing_makes_reading_fail(tmp_path: Path, content: bytes) -> None:
    document = read(tmp_path, content)
    assert document.problems or document.tree is not None
