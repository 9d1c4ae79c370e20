"""Fitted weights: how much each feature speaks for each entry; a text file people can read.

The file stands with the knowledge base (`weights.tsv`). Its head holds the settings of the decision
and a hash of what it was fitted from; then one feature a line with its entries, strongest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import WeightsError

FILE = "weights.tsv"
FOREIGN = "foreign"
"""The class of messages Lotse does not answer."""


@dataclass(frozen=True)
class Weights:
    """Weights by feature and entry, and the fitted numbers of ranking and decision.

    `overlap`: weight of the index score beside the linear score. `doubt`: what a broken sibling rule
    takes off. `temperature`: makes scores
    probabilities. `answer`, `choose`: thresholds of the decision. `inputs`: hash of what was fitted.
    """

    features: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    inputs: str = ""
    overlap: float = 20.0
    doubt: float = 0.5
    temperature: float = 1.0
    answer: float = 0.6
    choose: float = 0.3
    foreign: float = 0.5

    def is_fitted(self) -> bool:
        """Whether there are weights at all; without them the index alone ranks."""
        return bool(self.features)


_NUMBERS = ("overlap", "doubt", "temperature", "answer", "choose", "foreign")


def load_weights(path: Path) -> Weights:
    """Read a weights file; a missing one gives unfitted weights. Raise WeightsError when damaged."""
    if not path.is_file():
        return Weights()
    numbers: dict[str, float] = {}
    inputs = ""
    features: dict[str, dict[str, float]] = {}
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
            features[feature] = {entry: float(weight) for entry, _, weight in pairs}
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: damaged ({error}); run `lotse fit`") from error
    return Weights(features, inputs, **numbers)


def save_weights(path: Path, weights: Weights) -> None:
    """Write a weights file, sorted, so that a refit shows as a readable difference."""
    lines = [
        "# Fitted by `lotse fit` from the example questions; do not edit by hand.",
        f"# inputs: {weights.inputs}",
        *(f"# {name}: {getattr(weights, name):g}" for name in _NUMBERS),
    ]
    for feature in sorted(weights.features):
        pairs = sorted(weights.features[feature].items(), key=lambda p: (-abs(p[1]), p[0]))
        lines.append(f"{feature}\t" + " ".join(f"{entry}={weight:.2g}" for entry, weight in pairs))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
