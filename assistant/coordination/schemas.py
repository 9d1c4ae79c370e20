"""JSON Schemas of the knowledge files, for editors (yaml-language-server)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.knowledge.model import (
    ENTRY_TYPES,
    Base,
    Concept,
    Danger,
    DangerWords,
    Facet,
    FollowUpWords,
    GuidedPath,
    Labels,
    LanguageInfo,
    Questions,
    Term,
    json_schema,
)

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every kind of file, by file name without ending."""
    found: dict[str, dict[str, Any]] = {str(kind.type): json_schema(kind) for kind in ENTRY_TYPES.values()}
    found["base"] = json_schema(Base)
    found["followups"] = json_schema(FollowUpWords)
    found["language"] = _without(json_schema(LanguageInfo), "tag")
    found["path"] = json_schema(GuidedPath)
    for name, kind in (
        ("facets", Facet), ("concepts", Concept), ("crisis", Danger), ("labels", Labels),
        ("questions", Questions), ("danger-words", DangerWords), ("glossary", Term),
    ):  # fmt: skip
        found[name] = _mapping_of(json_schema(kind))
    for name, key in (("questions", "foreign"), ("danger-words", "harmless")):
        found[name]["properties"] = {key: {"type": "array", "items": {"type": "string"}}}
    return found


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def _mapping_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a file that maps ids to values."""
    definitions = schema.pop("$defs", {})
    schema.pop("$schema", None)
    return {
        "$schema": DRAFT,
        "type": "object",
        "additionalProperties": schema,
        "$defs": definitions,
    }


def _without(schema: dict[str, Any], name: str) -> dict[str, Any]:
    schema.get("properties", {}).pop(name, None)
    schema["required"] = [n for n in schema.get("required", []) if n != name]
    return schema
