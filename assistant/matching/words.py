"""The words of the knowledge base and the words of a message, made comparable.

Every word carries keys: its folded form and its stems in each language of its script. Two words are
the same when they share a key. No language is guessed: a message may mix languages word by word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.knowledge.model import Knowledge, LanguageInfo
from assistant.language.normalize import MAX_LENGTH, script_of, tokens
from assistant.language.romanize import skeleton, sound_key
from assistant.language.stem import StemRules, WordStemmer
from assistant.matching.spelling import Speller

SURE, CORRECTED, SAME_SOUND, SAME_SKELETON = 1.0, 0.8, 0.85, 0.65
TYPED_IN_LATIN = 0.35
"""Share of doubtful words from which a Latin-script message is also read by its consonants."""


@dataclass(frozen=True)
class Token:
    """One word of a message: as typed, as understood, and the keys it answers to.

    `keys` maps each key to how sure it is: 1 as typed, less when corrected or romanized.
    """

    word: str
    corrected: str
    keys: Mapping[str, float]
    known: bool

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
        self._languages_of = _by_script(knowledge, texts)
        self._compounds = [t for t, info in knowledge.languages.items() if info.compounds]
        self.words: dict[str, frozenset[str]] = {}
        self._sounds: dict[str, list[str]] = {}
        self._skeletons: dict[str, list[str]] = {}
        self._gather(knowledge, texts)
        self.speller = Speller(self.words.keys() - self._rare_words)
        self._label_speller = Speller(self._label_words)
        self._memory: dict[str, Token] = {}

    def query(self, text: str) -> Query:
        """Prepare a message; one that is mostly unknown may be another script in Latin letters."""
        words = tokens(text)
        found = tuple(self.token(w) for w in words)
        doubtful = sum(not t.known or t.word != t.corrected for t in found)
        if doubtful > 1 and doubtful >= TYPED_IN_LATIN * len(found):
            found = tuple(self._romanized(t) for t in found)
        return Query(text, found, len(text) > MAX_LENGTH)

    def token(self, word: str) -> Token:
        """Return a word of a message with its keys; unknown words are corrected or romanized."""
        found = self._memory.get(word)
        if found is None:
            if len(self._memory) > 100_000:
                self._memory.clear()
            found = self._memory[word] = self._understand(word)
        return found

    def main_languages(self, query: Query) -> frozenset[str]:
        """Return the languages that know most words of a message."""
        votes: dict[str, int] = {}
        for token in query.tokens:
            for tag in self.words.get(token.corrected, ()):
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
        return self.words.get(word) or self._languages_of.get(script_of(word), ())

    def _understand(self, word: str) -> Token:
        keys = dict.fromkeys(self.keys(word), SURE)
        if word in self._label_words or word.isdigit() or len(word) < 3:
            return Token(word, word, keys, True)
        parts = self._parts(word)
        keys |= dict.fromkeys(parts - keys.keys(), SURE)
        known = word in self.words or any(key in self._known_stems for key in keys)
        if known or parts:
            if word in self._rare_words:  # perhaps somebody's typing error in an example question
                self._add_correction(word, keys, self._label_speller.correct(word))
            return Token(word, word, keys, True)
        for original in self._same_sound(word):
            for key in self.keys(original):
                keys[key] = max(keys.get(key, 0.0), SAME_SOUND)
            return Token(word, original, keys, True)
        corrected = self._label_speller.correct(word) or self.speller.correct(word)
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
        key = sound_key(word)
        return self._sounds.get(key, [])[:1] if len(key) >= 4 else []

    def _romanized(self, token: Token) -> Token:
        """The token with the keys of words that have the same consonants in another script."""
        bones = skeleton(token.word)
        if (token.known and token.word == token.corrected) or len(bones) < 3:
            return token
        keys = dict(token.keys)
        originals = self._skeletons.get(bones, [])[:6]
        for original in originals:
            for key in self.keys(original):
                keys[key] = max(keys.get(key, 0.0), SAME_SKELETON)
        if not originals:
            return token
        return Token(token.word, originals[0], keys, True)

    def _parts(self, word: str) -> set[str]:
        """Keys of the parts of a compound, if it splits into known words."""
        if not self._compounds or len(word) < 9 or script_of(word) != "Latin":
            return set()
        found: set[str] = set()
        for part in split_compound(word, self._compound_words):
            for tag in self._compounds:
                found |= self.keys(part, tag)
        return found

    def _gather(self, knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> None:
        compound_words: set[str] = set()
        shared: dict[frozenset[str], frozenset[str]] = {}
        all_label_words: set[str] = set()
        counts: Counter[str] = Counter()
        sure: set[str] = set()
        stems: set[str] = set()
        for tag, vocabulary in knowledge.vocabularies.items():
            info = knowledge.languages[tag]
            labels = [w for item in vocabulary.labels.values() for w in item.all()]
            questions = [q for item in vocabulary.questions.values() for q in item.all()]
            label_words = {w for text in labels for w in tokens(text)}
            all_label_words |= label_words
            words = label_words | {w for text in questions for w in tokens(text)}
            counts.update(w for text in questions for w in tokens(text))
            own = {w for text in texts.get(tag, ()) for w in tokens(text)}
            sure |= own
            words |= own
            words |= {w for text in vocabulary.foreign for w in tokens(text)}
            for word in words:
                tags = self.words.get(word, frozenset()) | {tag}
                self.words[word] = shared.setdefault(tags, tags)
                stems |= {f"{tag}:{stem}" for stem in self._stemmers[tag].stems(word)}
                stems.add(f"{tag}:{word}")
                if info.transliterated and script_of(word) != "Latin" and len(word) >= 3:
                    self._romanize(word, info, word in label_words)
            if info.compounds:
                compound_words |= {w for w in label_words if len(w) >= 4}
        self._compound_words = frozenset(compound_words)
        self._label_words = frozenset(all_label_words)
        self._rare_words = frozenset(
            w for w, n in counts.items() if n == 1 and w not in all_label_words and w not in sure
        )
        self._known_stems = frozenset(s for s in stems if len(s.partition(":")[2]) >= 4)

    def _romanize(self, word: str, info: LanguageInfo, is_label: bool) -> None:
        if info.transliterated == "vowels" and not any(c.isdigit() for c in word):
            self._sounds.setdefault(sound_key(word), []).append(word)
        if is_label and len(skeleton(word)) >= 3:
            self._skeletons.setdefault(skeleton(word), []).append(word)


def _stemmer(info: LanguageInfo) -> WordStemmer:
    return WordStemmer(StemRules(info.snowball, info.prefixes, info.suffixes, info.shortest_stem))


def _by_script(knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Which languages are written in which script, by the script of most of their labels."""
    found: dict[str, list[str]] = {}
    for tag, vocabulary in knowledge.vocabularies.items():
        scripts: dict[str, int] = {}
        for label in vocabulary.labels.values():
            for word in tokens(label.prefLabel):
                script = script_of(word)
                scripts[script] = scripts.get(script, 0) + 1
        if scripts:
            found.setdefault(max(scripts, key=lambda s: scripts[s]), []).append(tag)
    return {script: tuple(tags) for script, tags in found.items()}


_LINKS = ("", "s", "es", "n", "en", "er", "e")


def split_compound(word: str, known: frozenset[str]) -> list[str]:
    """Split a compound into known words (linking letters allowed); [] when it does not split."""
    best: dict[int, list[str]] = {0: []}
    for end in range(3, len(word) + 1):
        for start, parts in list(best.items()):
            piece = word[start:end]
            if len(piece) < 4 or end in best:
                continue
            for link in _LINKS:
                core = piece[: len(piece) - len(link)] if link else piece
                if piece.endswith(link) and len(core) >= 4 and core in known and core != word:
                    best[end] = [*parts, core]
                    break
    parts = best.get(len(word), [])
    return parts if len(parts) > 1 else []
