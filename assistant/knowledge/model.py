"""The knowledge base as typed values: entries, concepts, languages, dangers.

One definition serves loading, checks and the JSON Schema for editors. Texts are German (the source
language); numbers, dates, phones and hours are data, so that Babel can print them in any language.
Names follow SKOS (concepts), HSDS 3 (organizations), iCalendar (events), CEFR (levels).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
ConceptId = Id
EntryId = Id
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
PatternText = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
Year = Annotated[int, Field(ge=1990, le=2100)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^(\+[1-9][0-9]{6,14}|[0-9]{3,6})$")]

EntryType = Literal["procedure", "course", "organization", "guide", "event"]

ResidenceStatus = Literal[
    "aufenthaltsgestattung", "duldung", "schutzstatus", "paragraf-24", "eu", "familie",
    "fachkraft", "studium", "visum-ausland", "deutsch",
]  # fmt: skip
Audience = Literal["newcomer", "employer", "volunteer", "adviser"]
Place = Literal["leipzig", "sachsen", "deutschland", "ausland"]
Benefits = Literal["jobcenter", "arbeitsagentur", "sozialamt", "keine"]
Icon = Literal[
    "recognition", "course", "work", "home", "family", "money", "permit", "health", "safety", "travel",
    "calendar", "document", "person", "language", "phone", "map", "clock", "warning", "info",
]  # fmt: skip
"""Pictures of the sprite icons.svg that entries may have."""
FacetName = Literal["status", "profession", "level", "place", "benefits", "children", "audience"]


class Value(BaseModel):
    """A frozen value that rejects unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- what entries are made of -------------------------------------------------------------------


class Source(Value):
    """Where a statement comes from: a page (`url`), a law (`law`) or a publication (`publication`)."""

    url: str | None = None
    law: str | None = None
    publication: str | None = None
    what: str | None = None
    date: dt.date | None = None
    year: Year | None = None

    @model_validator(mode="after")
    def names_something(self) -> Source:
        if not (self.url or self.law or self.publication):
            raise ValueError("a source needs url, law or publication")
        return self


class About(Value):
    """Concepts an entry is about. `core`: it is the answer to them; `also`: it mentions them.

    `must`: without any of these in the message there is doubt. `must_not`: with one of these a
    sibling entry is meant.
    """

    core: tuple[ConceptId, ...] = Field(min_length=1)
    also: tuple[ConceptId, ...] = ()
    must: tuple[ConceptId, ...] = ()
    must_not: tuple[ConceptId, ...] = ()


class Fee(Value):
    """An amount of money: exactly `amount`, or a range `minimum` to `maximum`."""

    label: Line
    amount: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"
    per: Literal["once", "hour", "lesson", "day", "month", "year", "person"] = "once"
    year: Year | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def has_an_amount(self) -> Fee:
        if self.amount is None and self.minimum is None and self.maximum is None:
            raise ValueError("a fee needs amount, or minimum and maximum")
        return self


class Duration(Value):
    """A length of time: exactly `value`, or a range `minimum` to `maximum`, in `unit`."""

    label: Line
    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: Literal["minute", "hour", "lesson", "day", "week", "month", "year"]
    note: Line | None = None

    @model_validator(mode="after")
    def has_a_length(self) -> Duration:
        if self.value is None and self.minimum is None and self.maximum is None:
            raise ValueError("a duration needs value, or minimum and maximum")
        return self


class Facets(Value):
    """What an answer can depend on; every facet that is named must fit."""

    status: tuple[ResidenceStatus, ...] = ()
    place: tuple[Place, ...] = ()
    benefits: tuple[Benefits, ...] = ()
    audience: tuple[Audience, ...] = ()
    level: tuple[Level, ...] = ()
    children: bool | None = None
    profession: tuple[ConceptId, ...] = ()

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Return the values that fit, for every facet that is named."""
        named = ("status", "place", "benefits", "audience", "level", "profession")
        found: dict[str, tuple[str, ...]] = {n: getattr(self, n) for n in named if getattr(self, n)}
        if self.children is not None:
            found["children"] = ("yes",) if self.children else ("no",)
        return found


class Variant(Value):
    """Text that holds only for people of certain facets."""

    when: Facets
    text: Prose


class Eligibility(Value):
    """Who may use what the entry describes."""

    description: Prose
    status: tuple[ResidenceStatus, ...] = ()


class Alert(Value):
    """A notice with dates, shown above the answer while it holds."""

    text: Line
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class Address(Value):
    street: Line
    postal_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")] | None = None
    city: Line
    district: Line | None = None

    @property
    def line(self) -> str:
        """Street, postal code and city in one line, as they stand on a letter (DIN 5008)."""
        city = f"{self.postal_code} {self.city}" if self.postal_code else self.city
        return f"{self.street}, {city}"


class Coordinates(Value):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Schedule(Value):
    """Opening hours in OSM opening_hours syntax; `as_of` marks an old source ("please check first")."""

    opening_hours: Line
    kind: Literal["visit", "phone", "chat"] = "visit"
    description: Line | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    as_of: Year | None = None


class Location(Value):
    name: Line | None = None
    address: Address
    coordinates: Coordinates | None = None
    transit_stop: Line | None = None
    accessibility: Line | None = None
    as_of: Year | None = None


class Phone(Value):
    """A number in E.164 (`+49341...`) or a short number (`110`)."""

    number: PhoneNumber
    description: Line | None = None
    languages: tuple[LanguageTag, ...] = ()
    as_of: Year | None = None


class Email(Value):
    address: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    description: Line | None = None
    as_of: Year | None = None


class Website(Value):
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    description: Line | None = None


class Service(Value):
    name: Line
    description: Prose | None = None


# --- entries --------------------------------------------------------------------------------------


class Entry(Value):
    """One thing people want to know. Its id is the file name, its type the folder."""

    type: ClassVar[EntryType]

    id: EntryId
    title: Line
    summary: Prose
    details: tuple[Prose, ...] = ()
    about: About
    broader: EntryId | None = None
    audience: tuple[Audience, ...] = ("newcomer",)
    eligibility: Eligibility | None = None
    variants: tuple[Variant, ...] = ()
    alert: Alert | None = None
    contacts: tuple[EntryId, ...] = ()
    related: tuple[EntryId, ...] = ()
    german_phrases: tuple[Line, ...] = ()
    links: tuple[Website, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    assured_date: dt.date
    assured_by: Line | None = None
    review_after: dt.date | None = None
    visibility: Literal["public", "internal"] = "public"
    check_first: Year | None = None

    def is_public(self) -> bool:
        """Whether people who ask may see this entry."""
        return self.visibility == "public"


class Advice(Entry):
    """What procedures, courses and guides share: steps, documents, money, time, who decides."""

    steps: tuple[Line, ...] = Field(default=(), max_length=8)
    documents: tuple[Line, ...] = ()
    fees: tuple[Fee, ...] = ()
    durations: tuple[Duration, ...] = ()
    responsible: tuple[EntryId, ...] = ()
    legal_basis: tuple[Line, ...] = ()
    if_rejected: Prose | None = None
    funding: Prose | None = None


class Procedure(Advice):
    """A procedure at an office: recognition, a permit, a benefit."""

    type: ClassVar[EntryType] = "procedure"


class Guide(Advice):
    """Orientation on a topic."""

    type: ClassVar[EntryType] = "guide"


class Offering(Value):
    """A course with dates."""

    start: dt.date
    end: dt.date | None = None
    provider: EntryId | None = None
    level: Level | None = None
    times: Line | None = None
    url: str | None = None


class Course(Advice):
    """A kind of German course."""

    type: ClassVar[EntryType] = "course"

    levels: tuple[Level, ...] = ()
    lessons: Duration | None = None
    exemption: Prose | None = None
    childcare: Prose | None = None
    format: tuple[Literal["in_person", "online", "full_time", "part_time", "evening"], ...] = ()
    registration: Prose | None = None
    providers: tuple[EntryId, ...] = ()
    offerings: tuple[Offering, ...] = ()


class Organization(Entry):
    """An office, counselling service or association (HSDS 3)."""

    type: ClassVar[EntryType] = "organization"

    kind: Literal[
        "authority", "counselling", "employment", "chamber", "education", "women", "health",
        "emergency", "network", "migrant_organization",
    ]  # fmt: skip
    status: Literal["active", "unclear", "ended"] = "active"
    successor: EntryId | None = None
    region: Literal[
        "leipzig", "landkreis-leipzig", "nordsachsen", "sachsen", "sachsen-anhalt", "thueringen",
        "deutschland",
    ]  # fmt: skip
    serves: Prose | None = None
    services: tuple[Service, ...] = ()
    locations: tuple[Location, ...] = ()
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    website: Website | None = None
    schedules: tuple[Schedule, ...] = ()
    languages: tuple[LanguageTag, ...] = ()
    interpretation_services: Line | None = None
    accessibility: Line | None = None
    free_of_charge: bool | None = None
    appointment: Line | None = None
    appointment_needed: bool | None = None
    women_only: bool = False
    rotation_group: Id | None = None
    """Providers of the same service share a group: they take turns in being named first."""

    def is_reachable(self) -> bool:
        """Whether the entry says how to get in touch."""
        return bool(self.phones or self.emails or self.website or self.locations)


class Event(Entry):
    """A date people can go to (iCalendar terms)."""

    type: ClassVar[EntryType] = "event"

    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    rrule: Line | None = None
    location: Location | None = None
    organizer: EntryId | None = None
    languages: tuple[LanguageTag, ...] = ()
    website: Website | None = None


ENTRY_TYPES: Mapping[str, type[Entry]] = {
    "procedures": Procedure,
    "courses": Course,
    "organizations": Organization,
    "guides": Guide,
    "events": Event,
}


# --- vocabulary -----------------------------------------------------------------------------------


class RecognitionPath(Value):
    """Where a profession's foreign certificate is recognised."""

    entry: EntryId
    regulated: bool
    responsible: tuple[EntryId, ...] = ()


class Concept(Value):
    """A language-neutral idea (SKOS). `foreign` concepts are topics Lotse does not answer.

    `menu`: what to offer to somebody who says this word and no more.
    """

    id: ConceptId
    gloss: Line
    kind: Literal["topic", "profession", "person", "office", "place", "country", "asks", "talk", "foreign"]
    broader: ConceptId | None = None
    recognition: RecognitionPath | None = None
    menu: tuple[EntryId, ...] = ()


class Labels(Value):
    """The words for one concept in one language (SKOS label kinds)."""

    prefLabel: Line  # noqa: N815 - SKOS name
    altLabel: tuple[Line, ...] = ()  # noqa: N815
    hiddenLabel: tuple[Line, ...] = ()  # noqa: N815

    def all(self) -> tuple[str, ...]:
        """All words, best first."""
        return (self.prefLabel, *self.altLabel, *self.hiddenLabel)


class Questions(Value):
    """Example questions of one entry: as typed in a chat, and plain as in a public FAQ."""

    chat: tuple[Line, ...] = ()
    plain: tuple[Line, ...] = ()

    def all(self) -> tuple[str, ...]:
        return self.chat + self.plain


class DangerWords(Value):
    """How people of one language say a danger; `unless` takes the alarm of a pattern back.

    `examples`: whole messages, from which the ranking learns wordings no pattern foresees.
    """

    patterns: tuple[PatternText, ...] = Field(min_length=1)
    unless: tuple[PatternText, ...] = ()
    examples: tuple[Line, ...] = ()


class Danger(Value):
    """A danger with the fixed numbers to call, in the order shown, and what to say in German."""

    id: Id
    title: Line
    text: Prose
    entries: tuple[EntryId, ...] = Field(min_length=1)
    german_phrases: tuple[Line, ...] = ()
    priority: int = 0


class LanguageInfo(Value):
    """A language Lotse speaks (languages/<tag>/language.yaml).

    `full` or `started` (texts partly fall back). `snowball`, `prefixes` and `suffixes` say how its
    words inflect, `squeeze` which letters people write single or double. `transliterated`: people
    also type it in Latin letters. `negations` stand before what they deny, `negations_after` behind.
    `says`: what people say of themselves, `facet:value` -> phrases ("ich bin arbeitgeber").
    `variant_of`: only the answers differ (easy language); messages
    are in the other language. `also_called`: names of the language that CLDR does not know.
    """

    tag: LanguageTag
    state: Literal["full", "started"]
    fallback: tuple[LanguageTag, ...] = ()
    variant_of: LanguageTag | None = None
    also_called: tuple[Line, ...] = ()
    snowball: Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")] | None = None
    prefixes: tuple[Line, ...] = ()
    suffixes: tuple[Line, ...] = ()
    shortest_stem: Annotated[int, Field(ge=2, le=6)] = 3
    squeeze: Annotated[str, StringConstraints(pattern=r"^[a-z]*$")] = ""
    transliterated: Literal["vowels", "consonants"] | None = None
    compounds: bool = False
    negations: tuple[Line, ...] = ()
    negations_after: tuple[Line, ...] = ()
    says: Mapping[str, tuple[Line, ...]] = {}


class Operator(Value):
    """Who is responsible for this service (§ 5 DDG, Art. 13 GDPR); shown on the pages about privacy."""

    name: Line
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    phone: PhoneNumber | None = None
    address: Line | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class Base(Value):
    """What holds for the whole knowledge base.

    `icons`: concepts -> the picture beside entries about them and about narrower concepts.
    """

    region: Line
    time_zone: Line
    holidays: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    source_language: LanguageTag
    default_contacts: tuple[EntryId, ...] = Field(min_length=1)
    topics: tuple[EntryId, ...] = ()
    icons: Mapping[ConceptId, Icon] = {}
    operator: Operator | None = None


class FacetValue(Value):
    """One thing a person can be in a facet: `text` on the button, `concepts` and `words` that tell it.

    `answers`: whole messages that tell it when Lotse has asked ("ja"). `also`: values it includes (who
    lives in Leipzig lives in Saxony).
    """

    text: Line
    concepts: tuple[ConceptId, ...] = ()
    words: tuple[Line, ...] = ()
    answers: tuple[Line, ...] = ()
    also: tuple[str, ...] = ()


class Facet(Value):
    """What an answer can depend on (facets.yaml): how to ask for it and how people say it.

    A message that names one of `unless` speaks about the topic, not about the person; where `together`
    is given, it must name one of those too, or say it of the person (`says` in language.yaml).
    """

    id: FacetName
    question: Line
    values: Mapping[str, FacetValue] = {}
    unless: tuple[ConceptId, ...] = ()
    together: tuple[ConceptId, ...] = ()


# --- paths ----------------------------------------------------------------------------------------

Part = Literal[
    "regulated", "summary", "details", "variants", "eligibility", "steps", "documents", "facts",
    "exemption", "funding", "childcare", "registration", "if_rejected", "responsible", "contacts", "rule",
]  # fmt: skip
Filter = Literal["language", "open", "women", "free", "no-appointment", "district", "outside"]


class PathOption(Value):
    """One button of a station: it leads to the next station, to an entry, or to a person.

    Without `text` it shows the title of its entry. `picks`: the entry the stations behind it speak of.
    `note`: said at the next station. `says`: what choosing it tells about the person. `when` and
    `chosen` (station -> options pressed there): otherwise it is not offered. `about`: concepts of the
    contacts the stations behind it look for; `filter`: narrows them. `concepts`: words that mean it.
    """

    text: Line | None = None
    note: Prose | None = None
    to: Id | None = None
    entry: EntryId | None = None
    picks: EntryId | None = None
    person: bool = False
    says: Mapping[FacetName, str] = {}
    when: Facets | None = None
    chosen: Mapping[Id, tuple[Id, ...]] = {}
    about: tuple[ConceptId, ...] = ()
    filter: Filter | None = None
    concepts: tuple[ConceptId, ...] = ()

    @model_validator(mode="after")
    def leads_somewhere(self) -> PathOption:
        if sum((self.to is not None, self.entry is not None, self.person)) != 1:
            raise ValueError("an option leads to one thing; write one of to, entry, person")
        if self.text is None and self.entry is None and self.picks is None:
            raise ValueError("an option needs a text, or an entry whose title it shows")
        return self


class Station(Value):
    """One stop of a path: a question with options, or something to know with a way on (`next`).

    `facet`: asks for it, skipped when known. `show`: parts of `entry`, which is an entry, the one of
    the person's `profession`, or the one `picked` before (`otherwise`: when there is none).
    `contacts`: shows contacts for what was chosen.
    """

    title: Line
    question: Prose | None = None
    facet: FacetName | None = None
    next: Id | None = None
    entry: EntryId | Literal["profession", "picked"] | None = None
    otherwise: EntryId | None = None
    show: tuple[Part, ...] = ()
    contacts: bool = False
    options: Mapping[Id, PathOption] = {}


class GuidedPath(Value):
    """Guided questions that lead step by step to an answer (paths/<id>.yaml).

    `entries`: answers that offer the path. `command`: its command in Telegram.
    """

    id: Id
    title: Line
    summary: Prose
    button: Line
    command: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")] | None = None
    entries: tuple[EntryId, ...] = ()
    start: Id
    stations: Mapping[Id, Station]


class Term(Value):
    """A German office word and what it means, in a sentence; `entry` says more.

    `concepts`: ideas people name instead of the word. `also`: other spellings of the word.
    """

    id: Id
    word: Line
    meaning: Prose
    also: tuple[Line, ...] = ()
    concepts: tuple[ConceptId, ...] = ()
    entry: EntryId


class FollowUpWords(Value):
    """Short messages of one language that only mean something after an answer.

    They stand beside the concepts of kind `asks` and `talk`. `fillers`: words that say nothing of
    their own ("please", "and", "it"). `wanting`: words of wish and need; "I need German" is about a
    course, "German please" is not. `professions`: words that name a profession only when
    recognition is the topic ("doctor" else means seeing one).
    """

    where: tuple[Line, ...] = ()
    hours: tuple[Line, ...] = ()
    phone: tuple[Line, ...] = ()
    cost: tuple[Line, ...] = ()
    duration: tuple[Line, ...] = ()
    documents: tuple[Line, ...] = ()
    steps: tuple[Line, ...] = ()
    more: tuple[Line, ...] = ()
    back: tuple[Line, ...] = ()
    german: tuple[Line, ...] = ()
    card: tuple[Line, ...] = ()
    share: tuple[Line, ...] = ()
    person: tuple[Line, ...] = ()
    meaning: tuple[Line, ...] = ()
    fillers: tuple[Line, ...] = ()
    wanting: tuple[Line, ...] = ()
    professions: Mapping[ConceptId, tuple[Line, ...]] = {}


class Vocabulary(Value):
    """Everything one language brings: labels, example questions, danger words.

    `foreign`: messages Lotse does not answer. `harmless`: messages that share words with dangers.
    """

    tag: LanguageTag
    labels: Mapping[ConceptId, Labels]
    questions: Mapping[EntryId, Questions]
    foreign: tuple[Line, ...] = ()
    crisis: Mapping[Id, DangerWords]
    harmless: tuple[Line, ...] = ()


class Knowledge(Value):
    """The whole knowledge base, checked and immutable."""

    base: Base
    languages: Mapping[LanguageTag, LanguageInfo]
    concepts: Mapping[ConceptId, Concept]
    entries: Mapping[EntryId, Entry]
    dangers: Mapping[Id, Danger]
    vocabularies: Mapping[LanguageTag, Vocabulary]
    facets: Mapping[str, Facet] = {}
    paths: Mapping[Id, GuidedPath] = {}
    professions: Mapping[LanguageTag, Mapping[ConceptId, str]] = {}
    glossary: Mapping[Id, Term] = {}
    follow_ups: Mapping[LanguageTag, FollowUpWords] = {}
    version: str = ""

    def public_entries(self) -> Iterator[Entry]:
        """Entries people may see, in id order."""
        return (entry for entry in self.entries.values() if entry.is_public())

    def has_words(self) -> bool:
        """Whether some language brings labels or example questions; else there are only texts to search."""
        return any(v.labels or v.questions for v in self.vocabularies.values())

    def organizations(self) -> Iterator[Organization]:
        """The organizations among the entries, in id order."""
        return (entry for entry in self.entries.values() if isinstance(entry, Organization))

    def typed_in_latin(self) -> frozenset[LanguageTag]:
        """The languages of another script that people also type in Latin letters."""
        return frozenset(tag for tag, info in self.languages.items() if info.transliterated)

    def public(self, entry_id: str | None) -> Entry | None:
        """The entry of that id, if people may see it."""
        entry = self.entries.get(entry_id or "")
        return entry if entry is not None and entry.is_public() else None

    @cached_property
    def narrower(self) -> Mapping[EntryId, list[Entry]]:
        """The public entries below each entry."""
        found: dict[EntryId, list[Entry]] = {}
        for entry in self.public_entries():
            if entry.broader:
                found.setdefault(entry.broader, []).append(entry)
        return found

    def without_words(self) -> Knowledge:
        """The knowledge base as answers need it: what only understanding needs is left out."""
        professions = {tag: dict(self._professions(tag)) for tag in self.vocabularies}
        return self.model_copy(update={"vocabularies": {}, "professions": professions})

    def _professions(self, tag: LanguageTag) -> Iterator[tuple[ConceptId, str]]:
        """The professions with their name in a language."""
        for concept_id, labels in self.vocabularies[tag].labels.items():
            concept = self.concepts.get(concept_id)
            if concept is not None and concept.kind == "profession":
                yield concept_id, labels.prefLabel

    def organization(self, entry_id: EntryId) -> Organization | None:
        """The organization of that id, if there is one."""
        entry = self.entries.get(entry_id)
        return entry if isinstance(entry, Organization) else None


def json_schema(kind: type[Value]) -> dict[str, Any]:
    """JSON Schema 2020-12 of one file kind, without the id that the file name gives."""
    schema = kind.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema.get("properties", {}).pop("id", None)
    schema["required"] = [name for name in schema.get("required", []) if name != "id"]
    return schema
