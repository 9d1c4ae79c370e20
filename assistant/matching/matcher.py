"""The matcher: everything that understands messages, built once from the knowledge base."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assistant.knowledge.model import Entry, Knowledge
from assistant.knowledge.texts import entry_texts
from assistant.language.detect import Detector
from assistant.language.normalize import LONGEST
from assistant.language.translations import Translations
from assistant.matching.concepts import Spotter
from assistant.matching.crisis import CrisisWatch
from assistant.matching.features import concept_features, text_features
from assistant.matching.index import LONG_TEXTS, SHORT_ENTRIES, build_index, merge
from assistant.matching.ranking import Features, Ranker, SiblingRules, columns_of, recognition_paths
from assistant.matching.weights import DANGER, FOREIGN, Weights
from assistant.matching.words import Lexicon
from assistant.parallel import in_parallel

FIELDS = {"title": 3.0, "summary": 1.0, "steps": 0.5, "documents": 0.3, "details": 0.5}
QUESTION, FOREIGN_QUESTION, CORE, ALSO = 1.5, 0.7, 3.0, 1.0
"""Field weights of the index."""

Example = tuple[str, Features]
"""An example question as features, with its class."""
Bags = dict[str, dict[str, float]]
"""Feature counts by class, weighted by field."""


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
    tags = tuple(knowledge.vocabularies)
    *asked, written, crisis, detector = in_parallel(
        partial(_asked, knowledge, reader, tags[::2]),
        partial(_asked, knowledge, reader, tags[1::2]),
        partial(text_bags, texts, reader),
        partial(CrisisWatch, knowledge),
        partial(Detector, detector_texts(knowledge, flat), knowledge.typed_in_latin()),
    )
    bags = documents(entries, knowledge.dangers, written, *asked)
    index = build_index(bags, SHORT_ENTRIES if knowledge.has_words() else LONG_TEXTS)
    return Matcher(
        lexicon,
        spotter,
        Ranker(
            entries, spotter, index, weights, columns_of(weights, index.ids),
            SiblingRules(entries, index.ids), recognition_paths(knowledge, entries),
        ),
        crisis,
        detector,
        matcher_inputs(knowledge, translations),
    )  # fmt: skip


def _asked(knowledge: Knowledge, reader: FeatureReader, languages: Sequence[str]) -> Bags:
    return question_bags((name, reader.read(text)) for _, name, text in examples(knowledge, languages))


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


def examples(knowledge: Knowledge, languages: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (language, class, text): example questions with their entry, foreign messages, dangers."""
    for tag in languages:
        vocabulary = knowledge.vocabularies[tag]
        for entry_id, questions in vocabulary.questions.items():
            yield from ((tag, entry_id, text) for text in questions.all())
        yield from ((tag, FOREIGN, text) for text in vocabulary.foreign)
        for danger, words in vocabulary.crisis.items():
            yield from ((tag, f"{DANGER}{danger}", text) for text in words.examples)


def question_bags(questions: Iterable[Example]) -> Bags:
    """Return one bag of features per class of example questions."""
    parts: dict[str, list[tuple[Mapping[str, float], float]]] = {}
    for name, features in questions:
        weight = FOREIGN_QUESTION if name == FOREIGN else QUESTION
        parts.setdefault(name, []).append((features.for_index(), weight))
    return {name: merge(bags) for name, bags in parts.items()}


def text_bags(texts: Mapping[str, Iterable[tuple[str, str, str]]], reader: FeatureReader) -> Bags:
    """Return one bag of features per entry of the texts of entries in all languages."""
    parts: dict[str, list[tuple[Mapping[str, float], float]]] = {}
    for rows in texts.values():
        for entry_id, field, text in rows:
            features = text_features(reader.lexicon.query(text, LONGEST))
            parts.setdefault(entry_id, []).append((features, FIELDS[field]))
    return {entry_id: merge(bags) for entry_id, bags in parts.items()}


def documents(entries: Mapping[str, Entry], dangers: Iterable[str], *bags: Bags) -> Bags:
    """Return one document per entry and other class: its bags and its concepts together."""
    classes = (*entries, FOREIGN, *(f"{DANGER}{danger}" for danger in sorted(dangers)))
    parts: dict[str, list[tuple[Mapping[str, float], float]]] = {
        name: [(found[name], 1.0) for found in bags if name in found] for name in classes
    }
    for entry in entries.values():
        parts[entry.id].append(({f"c:{c}": 1.0 for c in entry.about.core}, CORE))
        parts[entry.id].append(({f"c:{c}": 1.0 for c in entry.about.also}, ALSO))
    return {name: merge(found) for name, found in parts.items()}


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
            continue  # nobody writes easy German; it is chosen
        questions = [q for item in vocabulary.questions.values() for q in item.all()]
        labels = [item.prefLabel for item in vocabulary.labels.values()]
        cries = [text for words in vocabulary.crisis.values() for text in words.examples]
        found[tag] = [*questions, *vocabulary.foreign, *cries, *labels, *texts.get(tag, ())]
    return found


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
