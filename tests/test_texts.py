"""Every sentence of the channels is said somewhere, and the widget loads no other than its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from assistant.channels.texts import PAGE, TELEGRAM, WIDGET
from assistant.coordination.translating import wanted_messages
from assistant.knowledge.model import EntryType
from assistant.settings import PACKAGE

CHANNELS = PACKAGE / "channels"
WEB, BOT = CHANNELS / "web", CHANNELS / "telegram"
SCRIPTS = [WEB / "static" / "widget.js", *(WEB / "static" / "widget").glob("*.js")]
PAGES = [*(WEB / "pages").glob("*.py"), *(WEB / "templates").glob("*.html"), WEB / "widget.py"]
FAMILIES = ("privacy_", "access_", "command_", "wrong_")
"""Sentences that are said by the name of something: /help is described by `command_help`."""
SAID = r"""(?:\bsay\.|\bt\.|\btexts\.){key}\b|["']{key}["']"""


@pytest.mark.parametrize(
    ("sentences", "files"),
    [
        pytest.param(WIDGET, SCRIPTS, id="widget"),
        pytest.param(PAGE, PAGES, id="pages"),
        pytest.param(TELEGRAM, [*BOT.glob("*.py"), *PAGES], id="telegram"),
    ],
)
def test_every_sentence_is_said(sentences: Mapping[str, str], files: list[Path]) -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    groups = {f"{kind}s" for kind in get_args(EntryType)}
    unsaid = [
        key
        for key in sentences
        if not re.search(SAID.format(key=key), code)
        and not key.startswith(FAMILIES)
        and not (sentences is PAGE and key in groups)
    ]
    assert unsaid == []


def test_what_the_widget_says_is_loaded() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    said = {*re.findall(r'\bown\("(\w+)"\)', code), *re.findall(r"\bsay\.(\w+)", code)}
    assert said and said <= WIDGET.keys()


def test_translators_get_sentences_and_not_their_names() -> None:
    names = {*WIDGET, *PAGE, *TELEGRAM}
    assert not names & {wanted.msgid for wanted in wanted_messages(PACKAGE)}
