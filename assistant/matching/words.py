"""The words of the knowledge base and the words of a message, made comparable.

Every word carries keys: its folded form and its stems in each language of its script. Two words are
the same when they share a key. No language is guessed: a message may mix languages word by word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import OSA

from assistant.knowledge.model import Knowledge, LanguageInfo
from assistant.language.normalize import LONGEST, MAX_LENGTH, script_of, tokens
from assistant.language.romanize import skeleton, sound_key, sound_keys
from assistant.language.stem import StemRules, WordStemmer
from assistant.matching.spelling import Speller
from assistant.tables import Memory, Names, lists

SURE, CORRECTED, SAME_SOUND, SAME_SKELETON = 1.0, 0.8, 0.85, 0.65
CANDIDATES = 6
"""Words of another script one Latin-typed word may stand for."""
TYPED_IN_LATIN = 0.35
"""Share of doubtful words from which a Latin-script message is also read by its consonants."""


REMEMBERED = 20_000
"""Words of messages whose reading is remembered."""
IN_LABEL, RARE, IN_COMPOUND = 1, 2, 4
"""What is known of a word: it stands in a label; once in one example question; in compounds."""
_NO_TAGS = frozenset[str]()


@dataclass(frozen=True, eq=False)
class Token:
    """One word of a message: as typed, as understood, and the keys it answers to.

    `keys` maps each key to how sure it is: 1 as typed, less when corrected or romanized. The lexicon
    remembers tokens, so that the same word is the same object. `stem`: what the index counts instead of the
    word where there are no labels that would know its forms.
    """

    word: str
    corrected: str
    keys: Mapping[str, float]
    known: bool
    stem: str = ""

    @property
    def counted(self) -> str:
        """The word as the index counts it."""
        return self.stem or self.corrected

    @property
    def spellings(self) -> tuple[str, ...]:
        """The word as typed and, where it differs, as corrected."""
        return (self.word,) if self.word == self.corrected else (self.word, self.corrected)


@dataclass(frozen=True)
class Query:
    """A message prepared for matching."""

    text: str
    tokens: tuple[Token, ...]
    shortened: bool = False

    @property
    def unknown_share(self) -> float:
        """Share of words no text of the knowledge base has."""
        return sum(not t.known for t in self.tokens) / len(self.tokens) if self.tokens else 0.0


class Lexicon:
    """All words of a knowledge base; turns texts into queries."""

    def __init__(self, knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> None:
        """`texts`: further texts by language (entry titles, summaries, their translations)."""
        self._stemmers = {tag: _stemmer(info) for tag, info in knowledge.languages.items()}
        self._typed_in_latin = knowledge.typed_in_latin()
        self._only_texts = not knowledge.has_words()
        self._languages_of = _by_script(knowledge, texts if self._only_texts else {})
        self._compounds = [t for t, info in knowledge.languages.items() if info.compounds]
        self._tag_sets = [frozenset[str]()]
        self._gather(knowledge, texts)
        self._memory = Memory(self._read, REMEMBERED)

    def query(self, text: str, limit: int = MAX_LENGTH, language: str | None = None) -> Query:
        """Prepare a message; one that is mostly unknown may be another script in Latin letters.

        `limit`: characters that are read. `language`: what the message is in, where that is clear; of
        one that is usually written in another script, every Latin word is read by its sound.
        """
        words = tokens(text, limit)
        found = tuple(self.token(w) for w in words)
        doubtful = sum(not t.known or t.word != t.corrected for t in found)
        # Latin words among those of another script are German office words, not Latin-typed ones.
        all_latin = all(script_of(word) in ("Latin", "Other") for word in words)
        if language in self._typed_in_latin and all_latin:
            found = tuple(self._romanized(t, language) for t in found)
        elif doubtful > 1 and doubtful >= TYPED_IN_LATIN * len(found):
            found = tuple(self._romanized(t) for t in found)
        return Query(text, found, len(text) > limit)

    def token(self, word: str) -> Token:
        """Return a word of a message with its keys; unknown words are corrected or romanized."""
        return self._memory[word]

    def _read(self, word: str) -> Token:
        found = self._understand(word)
        return replace(found, stem=self._stem(found.corrected)) if self._only_texts else found

    def _stem(self, word: str) -> str:
        """The stem of a word in the first language that knows it, or writes with its letters."""
        for tag in sorted(self._tags_of(word)):
            return self._stemmers[tag].stem(word)
        return word

    def main_languages(self, query: Query) -> frozenset[str]:
        """Return the languages that know most words of a message."""
        votes: dict[str, int] = {}
        for token in query.tokens:
            for tag in self.languages_of(token.corrected):
                votes[tag] = votes.get(tag, 0) + 1
        most = max(votes.values(), default=0)
        return frozenset(tag for tag, count in votes.items() if count >= 0.8 * most)

    def keys(self, word: str, language: str | None = None) -> set[str]:
        """Return the keys of a folded word: itself and its stems.

        Stems of one language, or of those that know the word, or of all languages of its script.
        """
        found = {word}
        for tag in (language,) if language else self._tags_of(word):
            found.add(f"{tag}:{word}")
            found.update(f"{tag}:{stem}" for stem in self._stemmers[tag].stems(word))
        return found

    def _tags_of(self, word: str) -> Iterable[str]:
        return self.languages_of(word) or self._languages_of.get(script_of(word), ())

    def languages_of(self, word: str) -> frozenset[str]:
        """Return the languages whose texts have a word."""
        number = self._words.number(word)
        return self._tag_sets[self._tags[number]] if number >= 0 else _NO_TAGS

    def _is(self, word: str, flag: int) -> bool:
        number = self._words.number(word)
        return number >= 0 and bool(self._flags[number] & flag)

    def _understand(self, word: str) -> Token:
        keys = dict.fromkeys(self.keys(word), SURE)
        if self._is(word, IN_LABEL) or word.isdigit() or len(word) < 3:
            return Token(word, word, keys, True)
        parts = self._parts(word)
        keys |= dict.fromkeys(parts - keys.keys(), SURE)
        known = word in self._words or any(key in self._known_stems for key in keys)
        if known or parts:
            if self._is(word, RARE):  # perhaps somebody's typing error in an example question
                self._add_correction(word, keys, self._label_speller.correct(word))
            return Token(word, word, keys, True)
        for original in self._same_sound(word):
            for key in self.keys(original):
                keys[key] = max(keys.get(key, 0.0), SAME_SOUND)
            return Token(word, original, keys, True)
        corrected = self._label_speller.correct(word) or self._speller.correct(word)
        self._add_correction(word, keys, corrected)
        return Token(word, corrected or word, keys, corrected is not None)

    def _add_correction(self, word: str, keys: dict[str, float], corrected: str | None) -> None:
        if corrected is not None and corrected != word:
            for key in self.keys(corrected) | self._parts(corrected):
                keys.setdefault(key, CORRECTED)

    def _same_sound(self, word: str) -> list[str]:
        """Words in other scripts, vowels written, that sound like this Latin-typed one."""
        if len(word) < 4 or script_of(word) != "Latin":
            return []
        found = (w for key in sound_keys(word) if len(key) >= 4 for w in self._sounds.words(key))
        return _most_alike(word, found)[:1]

    def _romanized(self, token: Token, language: str | None = None) -> Token:
        """The token with the keys of words in another script (of a language) that it may stand for."""
        known = token.known and token.word == token.corrected
        if script_of(token.word) != "Latin" or (known and language is None):
            return token
        bones = skeleton(token.word)
        originals = self._skeletons.words(bones) if len(bones) >= 3 else []
        if len(token.word) >= 6:
            near = (self._sound_speller.correct(key) for key in sound_keys(token.word))
            originals += [w for key in near if key for w in self._sounds.words(key)]
        if language is not None:
            originals = [w for w in originals if language in self.languages_of(w)]
        if not originals:
            return token
        originals = _most_alike(token.word, originals)[:CANDIDATES]
        keys = dict(token.keys)
        for original in originals:
            for key in self.keys(original):
                keys[key] = max(keys.get(key, 0.0), SAME_SKELETON)
        return Token(token.word, token.word if known else originals[0], keys, True)

    def _parts(self, word: str) -> set[str]:
        """Keys of the parts of a compound, if it splits into known words."""
        if not self._compounds or len(word) < 9 or script_of(word) != "Latin":
            return set()
        found: set[str] = set()
        for part in split_compound(word, lambda part: self._is(part, IN_COMPOUND)):
            for tag in self._compounds:
                found |= self.keys(part, tag)
        return found

    def _gather(self, knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> None:
        """Read all words of the knowledge base into tables."""
        tags_of: dict[str, set[str]] = {}
        in_label: set[str] = set()
        in_compound: set[str] = set()
        certain: set[str] = set()
        counts: Counter[str] = Counter()
        stems: set[str] = set()
        sounds: dict[str, list[str]] = {}
        skeletons: dict[str, list[str]] = {}
        for tag, vocabulary in knowledge.vocabularies.items():
            info, stemmer = knowledge.languages[tag], self._stemmers[tag]
            labels = {w for item in vocabulary.labels.values() for text in item.all() for w in tokens(text)}
            questions = [text for item in vocabulary.questions.values() for text in item.all()]
            questions += [text for words in vocabulary.crisis.values() for text in words.examples]
            asked = [w for text in (*questions, *vocabulary.harmless) for w in tokens(text)]
            written = {w for text in texts.get(tag, ()) for w in tokens(text, LONGEST)}
            foreign = {w for text in vocabulary.foreign for w in tokens(text)}
            in_label |= labels
            certain |= written
            counts.update(asked)
            if info.compounds:
                in_compound |= {w for w in labels if len(w) >= 4}
            for word in sorted(labels | written | foreign | set(asked)):
                tags_of.setdefault(word, set()).add(tag)
                stems |= {f"{tag}:{s}" for s in (word, *stemmer.stems(word)) if len(s) >= 4}
                if info.transliterated and script_of(word) != "Latin" and len(word) >= 3:
                    if info.transliterated == "vowels" and not any(c.isdigit() for c in word):
                        sounds.setdefault(sound_key(word), []).append(word)
                    if word in labels and len(skeleton(word)) >= 3:
                        skeletons.setdefault(skeleton(word), []).append(word)
        rare = {w for w, n in counts.items() if n == 1} - in_label - certain
        self._words = Names(tags_of)
        self._known_stems = Names(stems)
        self._flags = np.zeros(len(self._words), dtype=np.uint8)
        self._tags = np.zeros(len(self._words), dtype=np.uint16)
        for flag, words in ((IN_LABEL, in_label), (RARE, rare), (IN_COMPOUND, in_compound)):
            self._flags[self._words.all_numbers(words)] |= flag
        known_sets = {self._tag_sets[0]: 0}
        found = [known_sets.setdefault(frozenset(t), len(known_sets)) for t in tags_of.values()]
        self._tags[self._words.all_numbers(tags_of)] = found
        self._tag_sets = list(known_sets)
        self._sounds = _Sounds(sounds, self._words)
        self._sound_speller = Speller(key for key in sounds if len(key) >= 5)
        self._skeletons = _Sounds(skeletons, self._words)
        self._label_speller = Speller(in_label)
        self._speller = Speller(tags_of.keys() - in_label - rare)


class _Sounds:
    """Words by how they sound."""

    def __init__(self, words: Mapping[str, Iterable[str]], names: Names) -> None:
        self._words = names
        self._keys = Names(words)
        numbers = {self._keys.number(k): [names.number(w) for w in found] for k, found in words.items()}
        self._lists = lists(numbers, len(self._keys))

    def words(self, key: str) -> list[str]:
        """Return the words with this key."""
        return [self._words.name(n) for n in self._lists.at(self._keys.number(key))]


def _most_alike(word: str, originals: Iterable[str]) -> list[str]:
    """Words of another script, those first that are spelled most like a Latin-typed word."""
    typed = sound_key(word)
    return sorted(dict.fromkeys(originals), key=lambda w: (OSA.distance(typed, sound_key(w)), w))


def _stemmer(info: LanguageInfo) -> WordStemmer:
    return WordStemmer(
        StemRules(info.snowball, info.prefixes, info.suffixes, info.shortest_stem, info.squeeze)
    )


def _by_script(knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Which languages are written in which script, by the script of most of their labels, else texts."""
    found: dict[str, list[str]] = {}
    for tag, vocabulary in knowledge.vocabularies.items():
        scripts: dict[str, int] = {}
        labels = [label.prefLabel for label in vocabulary.labels.values()]
        for text in labels or texts.get(tag, ()):
            for word in tokens(text):
                script = script_of(word)
                scripts[script] = scripts.get(script, 0) + 1
        if scripts:
            found.setdefault(max(scripts, key=lambda s: scripts[s]), []).append(tag)
    return {script: tuple(tags) for script, tags in found.items()}


_LINKS = ("", "s", "es", "n", "en", "er", "e")


def split_compound(word: str, known: Callable[[str], bool]) -> list[str]:
    """Split a compound into known words (linking letters allowed); [] when it does not split."""
    best: dict[int, list[str]] = {0: []}
    for end in range(3, len(word) + 1):
        for start, parts in list(best.items()):
            piece = word[start:end]
            if len(piece) < 4 or end in best:
                continue
            for link in _LINKS:
                core = piece[: len(piece) - len(link)] if link else piece
                if piece.endswith(link) and len(core) >= 4 and core != word and known(core):
                    best[end] = [*parts, core]
                    break
    parts = best.get(len(word), [])
    return parts if len(parts) > 1 else []
