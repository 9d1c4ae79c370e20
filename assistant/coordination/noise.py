"""Noise: test questions as they are typed in a hurry, on the wrong keyboard, in two languages at once.

Every way of spoiling a question is a function of the question alone (seeded by its text), so that a
figure stays the same until Lotse or the questions change.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from anyascii import anyascii

from assistant.coordination.evaluating import TestQuestion
from assistant.knowledge.model import Knowledge
from assistant.language.normalize import script_of
from assistant.matching.concepts import Spotted
from assistant.matching.matcher import Matcher

TYPO_SHARE, SHORTEST_TYPO = 0.3, 5
"""Share of long words that get one typing error, as in matching.md, section 3."""
GREETING, THANKS = "t-hello", "t-thanks"
"""Concepts whose labels are used as filler words."""

NAMED = ("topic", "office", "profession")
"""Kinds of concepts that people name in German."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_ARABIZI = (
    ("خ", "5"), ("ح", "7"), ("ع", "3"), ("ء", "2"), ("أ", "2a"), ("ط", "6"), ("ص", "9"), ("ق", "8"),
    ("ش", "sh"), ("غ", "gh"), ("ث", "th"), ("ذ", "z"), ("ة", "a"), ("ى", "a"), ("و", "o"), ("ي", "i"),
    ("ی", "i"), ("چ", "ch"), ("ژ", "zh"), ("پ", "p"), ("گ", "g"), ("ک", "k"),
)  # fmt: skip
_GERMAN_STYLE = (
    ("щ", "schtsch"), ("ш", "sch"), ("ч", "tsch"), ("ж", "sch"), ("ц", "z"), ("х", "ch"), ("я", "ja"),
    ("ю", "ju"), ("є", "je"), ("ї", "ji"), ("в", "w"), ("з", "s"), ("й", "j"), ("и", "y"),
)  # fmt: skip
_CHAT_STYLE = (
    ("щ", "sh"),
    ("ч", "4"),
    ("ш", "sh"),
    ("ж", "j"),
    ("х", "h"),
    ("ц", "c"),
    ("я", "ya"),
    ("ы", "y"),
)

Spoil = Callable[[str, random.Random], str]


def typos(text: str, dice: random.Random) -> str:
    """One edit (letter lost, doubled, exchanged or two swapped) in some of the long words."""
    return _each_word(text, lambda word: _typo(word, dice) if _hit(word, dice) else word)


def no_marks(text: str, dice: random.Random) -> str:
    """Latin letters without their marks, as on a foreign keyboard."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not 0x300 <= ord(c) <= 0x36F)
    return unicodedata.normalize("NFC", plain).replace("đ", "d").replace("ł", "l").replace("ı", "i")


def umlauts_written_out(text: str, dice: random.Random) -> str:
    """Ae, oe, ue and ss."""
    return text.translate(_UMLAUTS)


def lower_bare(text: str, dice: random.Random) -> str:
    """Lower case, no punctuation."""
    return re.sub(r"[^\w\s'’]+", " ", text).lower().strip()


def swapped(text: str, dice: random.Random) -> str:
    """Two neighbouring words exchanged."""
    words = text.split()
    if len(words) > 1:
        at = dice.randrange(len(words) - 1)
        words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def arabizi(text: str, dice: random.Random) -> str:
    """Arabic or Persian letters as chat users type them in Latin ones, with digits for some."""
    return anyascii(_exchanged(text, _ARABIZI)).lower()


def ascii_letters(text: str, dice: random.Random) -> str:
    """Any script in plain Latin letters."""
    return anyascii(text).lower()


def german_style(text: str, dice: random.Random) -> str:
    """Cyrillic as it is spelled in German."""
    return anyascii(_exchanged(text.lower(), _GERMAN_STYLE)).lower()


def chat_style(text: str, dice: random.Random) -> str:
    """Cyrillic as it is typed in chats."""
    return anyascii(_exchanged(text.lower(), _CHAT_STYLE)).lower()


_ANYWHERE: Mapping[str, Spoil] = {"typos": typos, "lower case": lower_bare, "words swapped": swapped}
_LATIN: Mapping[str, Spoil] = {"no diacritics": no_marks, "ae oe ue": umlauts_written_out}
_LATIN_TYPED: Mapping[str, Mapping[str, Spoil]] = {
    "Arabic": {"Latin-typed (anyascii)": ascii_letters, "Latin-typed (Arabizi)": arabizi},
    "Cyrillic": {
        "Latin-typed (anyascii)": ascii_letters, "Latin-typed (German)": german_style,
        "Latin-typed (chat)": chat_style,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Spoiler:
    """Spoils questions; filler and German words come from the vocabulary of the knowledge base."""

    knowledge: Knowledge
    matcher: Matcher

    def spoiled(self, question: TestQuestion) -> Iterator[tuple[str, TestQuestion]]:
        """Yield a question in every way of typing that changes it: name of the way, question."""
        script = script_of(next((c for c in question.text if c.isalpha() and not c.isascii()), "a"))
        ways: dict[str, Spoil] = dict(_ANYWHERE)
        if script in _LATIN_TYPED:
            if question.language in self.knowledge.typed_in_latin():
                ways.update(_LATIN_TYPED[script])
        else:
            ways.update(_LATIN)
        ways["filler words"] = lambda text, dice: self._with_fillers(text, question.language, dice)
        ways["half German"] = lambda text, dice: self._half_german(text, question.language, dice)
        for name, spoil in ways.items():
            text = spoil(question.text, random.Random(f"{name}:{question.text}"))
            if text.strip() and text != question.text:
                yield name, replace(question, text=text)

    def _with_fillers(self, text: str, language: str, dice: random.Random) -> str:
        vocabulary = self.knowledge.vocabularies.get(language)
        labels = vocabulary.labels if vocabulary else {}
        before = labels[GREETING].all() if GREETING in labels else ("hallo",)
        after = labels[THANKS].all() if THANKS in labels else ("danke",)
        return f"{dice.choice(before)} {text} {dice.choice(after)}"

    def _half_german(self, text: str, language: str, dice: random.Random) -> str:
        """Every second concept by its German name, as people do who know only the office's word."""
        source = self.knowledge.base.source_language
        if language == source or source not in self.knowledge.vocabularies:
            return text
        query = self.matcher.lexicon.query(text)
        words = [token.word for token in query.tokens]
        spotted_ours = [s for s in self.matcher.spotter.spot(query) if s.strength > 0.8 and s.kind in NAMED]
        found = sorted(_apart(spotted_ours), key=lambda s: s.positions)[::2]
        if not found:
            return text
        for spotted in found:
            label = self.knowledge.vocabularies[source].labels[spotted.concept].prefLabel
            for position in spotted.positions:
                words[position] = ""
            words[spotted.positions[0]] = label
        return " ".join(word for word in words if word)


def _apart(spotted: list[Spotted]) -> list[Spotted]:
    """Concepts that share no word, longest first."""
    taken: set[int] = set()
    kept = []
    for item in spotted:
        if taken.isdisjoint(item.positions):
            taken.update(item.positions)
            kept.append(item)
    return kept


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: change(match.group()), text)


def _hit(word: str, dice: random.Random) -> bool:
    return len(word) >= SHORTEST_TYPO and dice.random() < TYPO_SHARE


def _typo(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + dice.choice(word) + word[at + 1 :]


def _exchanged(text: str, letters: tuple[tuple[str, str], ...]) -> str:
    for old, new in letters:
        text = text.replace(old, new)
    return text
