"""Fitted weights: how much each feature speaks for each entry; a text file people can read.

The file stands with the knowledge base (`weights.tsv`). Its head holds the settings of the decision
and a hash of what it was fitted from; then one feature a line with its entries, strongest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.errors import WeightsError
from assistant.tables import Matrix, Numbers, matrix

FILE = "weights.tsv"
FOREIGN = "foreign"
"""The class of messages Lotse does not answer."""
DANGER = "danger:"
"""Beginning of the classes of messages that tell of a danger; its id follows."""


@dataclass(frozen=True)
class Weights:
    """Weights by feature and entry, and the fitted numbers of ranking and decision.

    `classes`: the entries, columns of `table`. `overlap`: weight of the index score beside the linear
    score. `doubt`: what a broken sibling rule takes off. `temperature`: makes scores probabilities.
    `answer`, `choose`, `danger`: thresholds of the decision. `inputs`: hash of what was fitted.
    """

    classes: tuple[str, ...] = ()
    table: Matrix | None = None
    inputs: str = ""
    overlap: float = 20.0
    doubt: float = 0.5
    temperature: float = 1.0
    answer: float = 0.6
    choose: float = 0.3
    foreign: float = 0.5
    danger: float = 0.5

    def scores(self, features: Mapping[str, float]) -> Numbers:
        """Return the linear score of each class."""
        if self.table is None:
            return np.zeros(len(self.classes))
        rows = np.array(self.table.names.numbers(features), dtype=np.int64)
        values = np.fromiter(features.values(), np.float64, len(features))
        known = rows >= 0
        return self.table.add_up(rows[known], values[known], len(self.classes))


_NUMBERS = ("overlap", "doubt", "temperature", "answer", "choose", "foreign", "danger")


def weights_of(features: Mapping[str, Mapping[str, float]]) -> Weights:
    """Return weights given as feature -> entry -> weight."""
    classes = tuple(sorted({entry for row in features.values() for entry in row}))
    column = {entry: number for number, entry in enumerate(classes)}
    table = matrix({f: [(column[entry], w) for entry, w in row.items()] for f, row in features.items()})
    return Weights(classes, table)


def load_weights(path: Path) -> Weights:
    """Read a weights file; a missing one gives unfitted weights. Raise WeightsError when damaged."""
    if not path.is_file():
        return Weights()
    numbers: dict[str, float] = {}
    inputs = ""
    columns: dict[str, int] = {}
    rows: dict[str, list[tuple[int, float]]] = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                name, _, value = line.lstrip("# ").partition(": ")
                if name == "inputs":
                    inputs = value
                elif name in _NUMBERS:
                    numbers[name] = float(value)
                continue
            feature, _, rest = line.partition("\t")
            pairs = (item.rpartition("=") for item in rest.split())
            rows[feature] = [(columns.setdefault(e, len(columns)), float(w)) for e, _, w in pairs]
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: damaged ({error}); run `lotse fit`") from error
    return Weights(tuple(columns), matrix(rows) if rows else None, inputs, **numbers)


def save_weights(path: Path, weights: Weights) -> None:
    """Write a weights file, sorted, so that a refit shows as a readable difference."""
    lines = [
        "# Fitted by `lotse fit` from the example questions; do not edit by hand.",
        f"# inputs: {weights.inputs}",
        *(f"# {name}: {getattr(weights, name):g}" for name in _NUMBERS),
    ]
    table = weights.table or matrix({})
    for feature in sorted(table.row_names()):
        row = {weights.classes[c]: weight for c, weight in table.row(feature).items()}
        pairs = sorted(row.items(), key=lambda p: (-abs(p[1]), p[0]))
        lines.append(f"{feature}\t" + " ".join(f"{entry}={weight:.2g}" for entry, weight in pairs))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
