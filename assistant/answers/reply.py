"""The Reply: what Lotse answers, before any channel gives it a form.

Blocks are plain frozen values; every text knows its language. Escaping and markup are the business
of rendering/.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.language.tags import Direction
from assistant.language.translations import Text
from assistant.matching.decision import DecisionName

OpenState = Literal["open", "closed", "unknown"]


@dataclass(frozen=True)
class Paragraph:
    """Running text; `role` says what it is for."""

    text: Text
    role: Literal[
        "title", "summary", "detail", "variant", "eligibility", "if_rejected", "funding",
        "exemption", "childcare", "registration", "lead", "question", "assumed", "term",
    ]  # fmt: skip
    heading: Text | None = None
    type: Literal["text"] = "text"


@dataclass(frozen=True)
class Items:
    """A list: steps (numbered), documents (to tick off), or a plain list."""

    type: Literal["steps", "documents", "list"]
    heading: Text
    items: tuple[Text, ...]


@dataclass(frozen=True)
class Fact:
    label: Text
    value: Text
    note: Text | None = None


@dataclass(frozen=True)
class Facts:
    """Costs, durations, levels: a label and a value each."""

    heading: Text
    facts: tuple[Fact, ...]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Link:
    """Something to tap: `href` is https:, tel: or mailto:; `note` warns of old data."""

    label: Text
    href: str
    note: Text | None = None


@dataclass(frozen=True)
class Hours:
    """Opening hours in the reader's language; `lines` like `Mon–Fri 08:00–16:00`."""

    label: Text
    lines: tuple[Text, ...]
    state: OpenState
    state_text: Text | None
    note: Text | None = None


@dataclass(frozen=True)
class Contact:
    """A contact card."""

    entry: str
    name: Text
    purpose: Text | None
    phones: tuple[Link, ...] = ()
    emails: tuple[Link, ...] = ()
    website: Link | None = None
    address: tuple[Text, ...] = ()
    map: Link | None = None
    hours: tuple[Hours, ...] = ()
    notes: tuple[Text, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    distance: Text | None = None
    type: Literal["contact"] = "contact"


@dataclass(frozen=True)
class GermanPhrases:
    """What to say or show at the counter, in German."""

    heading: Text
    phrases: tuple[Text, ...]
    type: Literal["german_phrases"] = "german_phrases"


@dataclass(frozen=True)
class Notice:
    """Something to know about this answer: fallback language, unreviewed, old data, an alert."""

    text: Text
    kind: Literal["language", "unreviewed", "outdated", "check_first", "alert", "shortened"]
    type: Literal["notice"] = "notice"


@dataclass(frozen=True)
class Sources:
    """Where the answer comes from and when a person last confirmed it."""

    heading: Text
    sources: tuple[Link, ...]
    assured: Text
    type: Literal["sources"] = "sources"


@dataclass(frozen=True)
class Links:
    heading: Text
    links: tuple[Link, ...]
    type: Literal["links"] = "links"


@dataclass(frozen=True)
class Card:
    """To show at the counter: what the person needs, large and in German; `meaning`: for the person."""

    heading: Text
    sentence: Text
    lines: tuple[Text, ...]
    meaning: Text
    type: Literal["card"] = "card"


@dataclass(frozen=True)
class Draft:
    """A German message to copy, with nothing in it but the topic; `meaning` says what it is about."""

    heading: Text
    text: Text
    meaning: Text
    type: Literal["draft"] = "draft"


@dataclass(frozen=True)
class Share:
    """The address of an answer, and of its QR code; relative where no public address is set."""

    heading: Text
    href: str
    qr: str
    type: Literal["share"] = "share"


Block = Paragraph | Items | Facts | Contact | GermanPhrases | Notice | Sources | Links | Card | Draft | Share


@dataclass(frozen=True)
class Choice:
    """A button; pressing it sends its id back."""

    id: str
    label: Text


@dataclass(frozen=True)
class Reply:
    """One answer of Lotse."""

    language: str
    direction: Direction
    decision: DecisionName
    entry: str | None
    entries: tuple[str, ...]
    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...]
    tools: tuple[Choice, ...] = ()
    """What can be done with this answer: German beside it, a card for the counter, sharing."""
    score: float = 0.0
    station: str | None = None
    """`<path>:<station>` where a path stands; None outside paths."""

    def as_json(self) -> dict[str, Any]:
        """Return the reply as plain data for the API."""
        return asdict(self)
