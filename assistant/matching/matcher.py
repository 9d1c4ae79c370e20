"""The matcher: everything that understands messages, built once from the knowledge base."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.knowledge.model import Entry, Knowledge
from assistant.knowledge.texts import entry_texts
from assistant.language.detect import Detector
from assistant.language.translations import Translations
from assistant.matching.concepts import Spotter
from assistant.matching.crisis import CrisisWatch
from assistant.matching.features import concept_features, text_features
from assistant.matching.index import build_index, merge
from assistant.matching.ranking import Features, Ranker, SiblingRules, columns_of, recognition_paths
from assistant.matching.weights import DANGER, FOREIGN, Weights
from assistant.matching.words import Lexicon

FIELDS = {"title": 3.0, "summary": 1.0, "steps": 0.5, "documents": 0.3, "details": 0.5}
QUESTION, FOREIGN_QUESTION, CORE, ALSO = 1.5, 0.7, 3.0, 1.0
"""Field weights of the index."""

Example = tuple[str, Features]
"""An example question as features, with its entry."""


@dataclass(frozen=True)
class Matcher:
    """Understands messages; `inputs` is a hash of what it was built from."""

    lexicon: Lexicon
    spotter: Spotter
    ranker: Ranker
    crisis: CrisisWatch
    detector: Detector
    inputs: str = ""


def build_matcher(knowledge: Knowledge, translations: Translations, weights: Weights = Weights()) -> Matcher:
    """Build the matcher of a knowledge base and its translations."""
    texts = texts_by_language(knowledge, translations)
    flat = {tag: [text for _, _, text in rows] for tag, rows in texts.items()}
    lexicon = Lexicon(knowledge, flat)
    spotter = Spotter(knowledge, lexicon)
    entries = {e.id: e for e in sorted(knowledge.public_entries(), key=lambda e: e.id)}
    reader = FeatureReader(lexicon, spotter)
    bags = documents(entries, knowledge.dangers, texts, examples(knowledge, reader), reader)
    index = build_index(bags)
    return Matcher(
        lexicon,
        spotter,
        Ranker(
            entries,
            spotter,
            index,
            weights,
            columns_of(weights, index.ids),
            SiblingRules(entries, index.ids),
            recognition_paths(knowledge, entries),
        ),
        CrisisWatch(knowledge),
        Detector(detector_texts(knowledge, flat), romanized_languages(knowledge)),
        matcher_inputs(knowledge, translations),
    )


def with_weights(matcher: Matcher, weights: Weights) -> Matcher:
    """Return the matcher with other weights."""
    columns = columns_of(weights, matcher.ranker.index.ids)
    return replace(matcher, ranker=replace(matcher.ranker, weights=weights, columns=columns))


@dataclass(frozen=True)
class FeatureReader:
    """Turns texts into features."""

    lexicon: Lexicon
    spotter: Spotter

    def read(self, text: str) -> Features:
        """Return the features of a text."""
        query = self.lexicon.query(text)
        return Features(text_features(query), concept_features(self.spotter.spot(query), self.spotter))


def examples(knowledge: Knowledge, reader: FeatureReader) -> list[Example]:
    """Return the example questions of all languages as features; foreign messages and dangers too."""
    found: list[Example] = []
    for vocabulary in knowledge.vocabularies.values():
        for entry_id, questions in vocabulary.questions.items():
            found += [(entry_id, reader.read(text)) for text in questions.all()]
        found += [(FOREIGN, reader.read(text)) for text in vocabulary.foreign]
        for danger, words in vocabulary.crisis.items():
            found += [(f"{DANGER}{danger}", reader.read(text)) for text in words.examples]
    return found


def documents(
    entries: Mapping[str, Entry],
    dangers: Iterable[str],
    texts: Mapping[str, Iterable[tuple[str, str, str]]],
    questions: Iterable[Example],
    reader: FeatureReader,
) -> dict[str, dict[str, float]]:
    """Return one weighted bag of features per entry and other class, all languages together."""
    classes = (*entries, FOREIGN, *(f"{DANGER}{danger}" for danger in sorted(dangers)))
    parts: dict[str, list[tuple[Mapping[str, float], float]]] = {name: [] for name in classes}
    for rows in texts.values():
        for entry_id, field, text in rows:
            weight = FIELDS.get(field, 0.0)
            if weight and entry_id in parts:
                features = text_features(reader.lexicon.query(text))
                parts[entry_id].append((features, weight))
    for entry_id, features_of_question in questions:
        if entry_id in parts:
            weight = FOREIGN_QUESTION if entry_id == FOREIGN else QUESTION
            parts[entry_id].append((features_of_question.for_index(), weight))
    for entry in entries.values():
        parts[entry.id].append(({f"c:{c}": 1.0 for c in entry.about.core}, CORE))
        parts[entry.id].append(({f"c:{c}": 1.0 for c in entry.about.also}, ALSO))
    return {entry_id: merge(bags) for entry_id, bags in parts.items()}


def texts_by_language(
    knowledge: Knowledge, translations: Translations
) -> dict[str, list[tuple[str, str, str]]]:
    """Return (entry id, field, text) of all entries, in each language that really has the text."""
    found: dict[str, list[tuple[str, str, str]]] = {tag: [] for tag in knowledge.languages}
    for entry in knowledge.public_entries():
        for field, source in entry_texts(entry):
            if field not in FIELDS:
                continue
            for tag in knowledge.languages:
                text = translations.knowledge_text(tag, f"{entry.id}:{field}", source)
                if text.language == tag:
                    found[tag].append((entry.id, field, text.value))
    return found


def detector_texts(knowledge: Knowledge, texts: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return what each language's texts look like: questions, labels and translations."""
    found: dict[str, list[str]] = {}
    for tag, vocabulary in knowledge.vocabularies.items():
        if knowledge.languages[tag].variant_of:
            continue  # nobody writes in easy language; it would take single words from its language
        questions = [q for item in vocabulary.questions.values() for q in item.all()]
        labels = [item.prefLabel for item in vocabulary.labels.values()]
        cries = [text for words in vocabulary.crisis.values() for text in words.examples]
        found[tag] = [*questions, *vocabulary.foreign, *cries, *labels, *texts.get(tag, ())]
    return found


def romanized_languages(knowledge: Knowledge) -> list[str]:
    """Return the languages whose speakers also type in Latin letters."""
    return [tag for tag, info in knowledge.languages.items() if info.transliterated]


def matcher_inputs(knowledge: Knowledge, translations: Translations) -> str:
    """Return a hash that changes when anything the matcher is built from changes."""
    digest = hashlib.sha256()
    for entry in knowledge.public_entries():
        digest.update(f"{entry.id}{entry.about!r}".encode())
    for mapping in (knowledge.concepts, knowledge.dangers, knowledge.languages, knowledge.vocabularies):
        for name, value in mapping.items():
            digest.update(f"{name}{value!r}".encode())
    for rows in texts_by_language(knowledge, translations).values():
        digest.update(repr(rows).encode())
    return digest.hexdigest()
