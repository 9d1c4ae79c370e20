"""What is sealed can be opened by the same secret and purpose only; a conversation survives it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.situation import Situation
from assistant.dialogue.state import Conversation
from assistant.storage.remembering import from_bytes, to_bytes
from assistant.storage.sealing import Sealer

SEALER = Sealer("secret", "chat")
ANSWERED = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
FULL = Conversation(
    "ar", "jobcenter-leipzig", ANSWERED, Situation((("status", "duldung"),), ("level",)),
    "recognition", (("start", "yes"), ("job", "nurse")), "mbeon", "ar",
)  # fmt: skip


@given(st.binary(max_size=300))
def test_what_is_sealed_can_be_opened(plain: bytes) -> None:
    assert SEALER.open(SEALER.seal(plain)) == plain
    assert SEALER.open_text(SEALER.seal_text(plain)) == plain


def test_sealed_twice_looks_different() -> None:
    assert SEALER.seal(b"chat 42") != SEALER.seal(b"chat 42")


def test_another_secret_or_purpose_opens_nothing() -> None:
    sealed = SEALER.seal(b"chat 42")
    assert Sealer("other", "chat").open(sealed) is None
    assert Sealer("secret", "web").open(sealed) is None


@given(st.text(max_size=100))
def test_anything_else_is_refused_quietly(text: str) -> None:
    assert SEALER.open_text(text) is None


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(SEALER.seal(b"chat 42"))
    sealed[-1] ^= 1
    assert SEALER.open(bytes(sealed)) is None


def test_a_conversation_survives() -> None:
    assert from_bytes(to_bytes(FULL)) == FULL
    assert from_bytes(to_bytes(Conversation())) == Conversation()
    assert to_bytes(Conversation()) == b"{}"


def test_what_another_edition_wrote_is_refused() -> None:
    assert from_bytes(b'{"language": 7}') is None
    assert from_bytes(b"no json") is None
