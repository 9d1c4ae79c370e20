"""How people name languages: the names of CLDR in every language Lotse speaks, and the endonyms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.normalize import script_of, tokens
from assistant.language.tags import endonym, locale_of

SHORTEST = 4
"""Letters a name needs: shorter ones are everyday words somewhere."""
ENDING = {"Cyrillic": 3}
"""Letters an inflected name may differ in at its end, by script; in Latin letters one."""
_ARABIC_STARTS = ("بال", "وال", "ال", "ب", "به")


@dataclass(frozen=True)
class LanguageNames:
    """Folded names of languages -> tag: as they are, and without their endings."""

    whole: Mapping[str, str]
    stems: Mapping[str, str]

    def without(self, words: Collection[str]) -> LanguageNames:
        """Return the names without some that are everyday words."""
        kept = {name: tag for name, tag in self.whole.items() if name not in words}
        return LanguageNames(kept, {name: tag for name, tag in self.stems.items() if name not in words})

    def named(self, words: Sequence[str]) -> tuple[str, int] | None:
        """Return the language that one of some folded words names, and where; or None."""
        for position, word in enumerate(words):
            for form in _forms(word):
                tag = self.whole.get(form) or self._inflected(form)
                if tag:
                    return tag, position
        return None

    def _inflected(self, word: str) -> str | None:
        """The language whose name differs from the word only in its ending."""
        stems = (word[: len(word) - cut] for cut in range(ENDING.get(script_of(word), 1) + 1))
        return next((self.stems[stem] for stem in stems if stem in self.stems), None)


@lru_cache(maxsize=8)
def language_names(spoken: tuple[str, ...], also_called: tuple[tuple[str, str], ...] = ()) -> LanguageNames:
    """Return the names of all languages in the languages `spoken`; `also_called`: more names, and tags.

    Names of languages Lotse does not speak are in it too, so that it can say so.
    """
    found: dict[str, str] = {}
    for tag in spoken:
        for other, name in locale_of(tag).languages.items() if "-" not in tag else ():
            base = other.partition("_")[0]  # Dari is fa_AF
            words = tokens(name)
            if (base == other or base in spoken) and len(words) == 1 and len(words[0]) >= SHORTEST:
                found.setdefault(words[0], base)
    for tag in spoken:
        if "-" not in tag:
            found.update(dict.fromkeys(tokens(endonym(tag)), tag))
    found.update({word: tag for name, tag in also_called for word in tokens(name)})
    # Arabic words look much alike: only names of the languages Lotse speaks are found inflected.
    inflected = {n: t for n, t in found.items() if t in spoken or script_of(n) != "Arabic"}
    return LanguageNames(found, dict(_stems(inflected)))


def _stems(names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Names without their last letters, where that leaves enough of them; the first of two counts."""
    for name, tag in reversed(list(names.items())):
        for cut in range(ENDING.get(script_of(name), 1) + 1):
            if len(name) - cut > SHORTEST:
                yield name[: len(name) - cut], tag


def _forms(word: str) -> Iterable[str]:
    yield word
    if script_of(word) == "Arabic":
        for start in _ARABIC_STARTS:
            if word.startswith(start) and len(word) - len(start) >= SHORTEST - 1:
                yield word.removeprefix(start)
                yield "ال" + word.removeprefix(start)
