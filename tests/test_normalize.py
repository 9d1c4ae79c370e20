"""Folding: the same word written differently becomes the same string."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.language.normalize import MAX_LENGTH, fold, script_of, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Müller", "Muller"),
        ("İSTANBUL", "istanbul"),
        ("işten çıkarıldım", "isten cikarildim"),
        ("مَرْحَبًا", "مرحبا"),
        ("شهادة", "شهاده"),
        ("إقامة", "اقامه"),
        ("كار", "کار"),
        ("वीज़ा", "वीजा"),
        ("माँ", "मां"),
        ("می‌خواهم", "می خواهم"),
        ("٣ ساعات", "3 ساعات"),
        ("۳ ساعت", "3 ساعت"),
        ("п’ять", "п'ять"),
        ("ещё", "еще"),
        ("khóa học tiếng Đức", "khoa hoc tieng duc"),
        ("В1", "b1"),
        ("B 1", "b1"),
        ("\u202eabc\u200b", "abc"),
        ("Łódź", "lodz"),
    ],
)
def test_spellings_of_a_word_fold_together(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(
    ("word", "kept"), [("мій", "мій"), ("їжа", "їжа"), ("हिन्दी", "हिन्दी"), ("ትግርኛ", "ትግርኛ")]
)
def test_letters_that_matter_are_kept(word: str, kept: str) -> None:
    assert tokens(word) == (kept,)


def test_paragraph_signs_are_words() -> None:
    assert tokens("§24") == ("§", "24")


@pytest.mark.parametrize(
    ("word", "script"),
    [("haus", "Latin"), ("дом", "Cyrillic"), ("بيت", "Arabic"), ("ቤት", "Ethiopic"), ("12", "Other")],
)
def test_scripts_are_told_apart(word: str, script: str) -> None:
    assert script_of(word) == script


@given(st.text(max_size=400))
@example("a-1")
def test_folding_settles(text: str) -> None:
    """Once more may join a level that punctuation parted ("a-1" -> "a 1" -> "a1"); then nothing changes."""
    once = " ".join(tokens(text))
    twice = " ".join(tokens(once))
    assert twice.replace(" ", "") == once.replace(" ", "")
    assert " ".join(tokens(twice)) == twice


@given(st.text())
def test_any_text_is_folded_without_an_error(text: str) -> None:
    assert isinstance(fold(text), str)
    assert all(word and not word.isspace() for word in tokens(text))


def test_long_messages_are_cut() -> None:
    assert len("".join(tokens("a" * 100_000))) <= MAX_LENGTH
    assert len(tokens("\u0301" * 100_000)) <= 1
