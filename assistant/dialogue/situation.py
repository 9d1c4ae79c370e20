"""What a person has said about themselves, and whether a rule is for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.knowledge.model import Facet, Facets

SKIPPED = "skip"


@dataclass(frozen=True)
class Situation:
    """Known facets (`status` -> `duldung`), and those the person did not want to answer."""

    known: tuple[tuple[str, str], ...] = ()
    skipped: tuple[str, ...] = ()

    def get(self, facet: str) -> str | None:
        """Return the value of a facet, or None when it is not known."""
        return dict(self.known).get(facet)

    def answered(self, facet: str) -> bool:
        """Whether a facet is known or was skipped: then nobody asks again."""
        return facet in self.skipped or self.get(facet) is not None

    def say(self, values: Mapping[str, str]) -> Situation:
        """Return the situation after a statement; it replaces what was said before."""
        known = {k: v for k, v in self.known if k not in values}
        known |= {k: v for k, v in values.items() if v != SKIPPED}
        skipped = {k for k in self.skipped if k not in values}
        skipped |= {k for k, v in values.items() if v == SKIPPED}
        return Situation(tuple(sorted(known.items())), tuple(sorted(skipped)))

    def forget(self, facets: Iterable[str]) -> Situation:
        """Return the situation without some facets."""
        gone = set(facets)
        return replace(
            self,
            known=tuple((k, v) for k, v in self.known if k not in gone),
            skipped=tuple(k for k in self.skipped if k not in gone),
        )


def fits(when: Facets, situation: Situation, facets: Mapping[str, Facet]) -> bool | None:
    """Whether all facets of a rule fit a person; None when something it needs is not known."""
    unknown = False
    for facet, wanted in when.wanted().items():
        value = situation.get(facet)
        if value is None:
            unknown = True
            continue
        described = facets[facet].values.get(value) if facet in facets else None
        if value not in wanted and not (described and set(described.also) & set(wanted)):
            return False
    return None if unknown else True
