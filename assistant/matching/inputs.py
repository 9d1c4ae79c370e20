"""What weights are fitted from, as a hash: it tells when they are out of date."""

from __future__ import annotations

import hashlib

from assistant.knowledge.model import Knowledge


def inputs_hash(knowledge: Knowledge) -> str:
    """Return a hash of what weights are fitted from: concepts, labels, questions, entry tags."""
    digest = hashlib.sha256()
    for concept in sorted(knowledge.concepts.values(), key=lambda c: c.id):
        digest.update(f"{concept.id}<{concept.broader}".encode())
    for entry in sorted(knowledge.public_entries(), key=lambda e: e.id):
        digest.update(f"{entry.id}{entry.about!r}".encode())
    for tag, vocabulary in sorted(knowledge.vocabularies.items()):
        for concept_id, labels in sorted(vocabulary.labels.items()):
            digest.update(f"{tag}{concept_id}{labels.all()!r}".encode())
        for entry_id, questions in sorted(vocabulary.questions.items()):
            digest.update(f"{tag}{entry_id}{questions.all()!r}".encode())
        digest.update(repr((vocabulary.foreign, vocabulary.harmless)).encode())
        for danger, words in sorted(vocabulary.crisis.items()):
            digest.update(f"{tag}{danger}{words.examples!r}".encode())
        info = knowledge.languages[tag]
        digest.update(
            repr((info.snowball, info.prefixes, info.suffixes, info.squeeze, info.compounds)).encode()
        )
    return digest.hexdigest()[:16]
