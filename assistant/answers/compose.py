"""Composing: from a decision to the Reply, out of entries, facts and translations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from assistant.answers import facts
from assistant.answers.dates import coming, has_dates, next_start
from assistant.answers.distance import kilometres, length
from assistant.answers.reply import (
    Block,
    Choice,
    Contact,
    Fact,
    Facts,
    GermanPhrases,
    Hours,
    Items,
    Link,
    Links,
    Notice,
    OpenState,
    Paragraph,
    Reply,
    Sources,
)
from assistant.answers.rotation import rotated
from assistant.dialogue.situation import Situation, fits
from assistant.knowledge.model import (
    Advice,
    Coordinates,
    Course,
    Danger,
    Entry,
    Event,
    Fee,
    Knowledge,
    Location,
    Offering,
    Organization,
    Schedule,
    Source,
)
from assistant.language.tags import direction, language_name, primary
from assistant.language.translations import N_, Text, Translations

MAX_CONTACTS = 2
MAX_CHOICES = 3

_PER = {
    "once": None, "hour": N_("per hour"), "lesson": N_("per lesson"), "day": N_("per day"),
    "month": N_("per month"), "year": N_("per year"), "person": N_("per person"),
}  # fmt: skip
_TALK = {
    "hello": N_(
        "Hello! I am Lotse. I know contacts, recognition of qualifications, German courses and "
        "everyday life in Leipzig and Saxony. Write your question in your language, or tap a topic:"
    ),
    "thanks": N_("You are welcome! Is there anything else you want to know?"),
    "bye": N_("All the best! You can write again at any time."),
    "who": N_(
        "I am Lotse, a program, not a person. I only give information that people have checked, "
        "with its source. I do not store who you are. Write your question, or tap a topic:"
    ),
    "person": N_("These people can help you:"),
}


@dataclass(frozen=True)
class Composer:
    """Composes replies; `now` is the clock, `public_url` where people reach Lotse.

    `conversation` and `position` are those of one reader: equal providers keep their order within a
    conversation, and places say how far they are from a position.
    """

    knowledge: Knowledge
    translations: Translations
    now: Callable[[], dt.datetime]
    public_url: str = ""
    conversation: str = ""
    position: Coordinates | None = None

    def reading(self, conversation: str, position: Coordinates | None) -> Composer:
        """Return the composer for one reader."""
        if not conversation and position is None:
            return self
        return replace(self, conversation=conversation, position=position)

    # --- the four decisions ---------------------------------------------------------------------------

    def answer(
        self, language: str, entry: Entry, ranked: Sequence[str], score: float, first: str = "",
        situation: Situation | None = None,
    ) -> Reply:  # fmt: skip
        """Reply with an entry; `first` names the kind of block the person asked for.

        `situation`: whom it is for; without it the answer says all that holds for anybody.
        """
        blocks = self.entry_blocks(language, entry, situation)
        reply = self._reply(
            language, "answer", _put_first(blocks, first), self._follow_ups(language, entry),
            ranked, score, entry.id,
        )  # fmt: skip
        return replace(reply, tools=self.tools(language, entry))

    def tools(self, language: str, entry: Entry) -> tuple[Choice, ...]:
        """What can be done with the answer about an entry."""
        wanted = (("de", N_("German")), ("card", N_("Card to show")), ("share", N_("Share")))
        source = self.knowledge.base.source_language
        return tuple(
            Choice(f"{kind}:{entry.id}", self.say(language, msgid))
            for kind, msgid in wanted
            if kind != "de" or primary(language) != source
        )

    def with_choices(self, reply: Reply, entries: Iterable[str]) -> Reply:
        """Return the reply with entries offered before its own choices."""
        language = reply.language
        first = self.entry_choices(language, (self.knowledge.entries[i] for i in entries if i != reply.entry))
        ids = {choice.id for choice in first}
        return replace(reply, choices=(*first, *(c for c in reply.choices if c.id not in ids)))

    def choose(self, language: str, ranked: Sequence[str], offered: int, score: float) -> Reply:
        """Reply with the best entries as buttons."""
        lead = Paragraph(self.say(language, "What do you mean? Please tap:"), "lead")
        shown = [self.knowledge.entries[i] for i in ranked[:offered]]
        return self._reply(language, "choose", (lead,), self.entry_choices(language, shown), ranked, score)

    def fallback(self, language: str, ranked: Sequence[str], score: float) -> Reply:
        """Reply that Lotse does not know, with people to turn to and the main topics."""
        lead = Paragraph(
            self.say(
                language,
                "I do not know the answer to this. I only give checked information about contacts, "
                "recognition of qualifications, German courses and life in Leipzig and Saxony. "
                "These people can help you:",
            ),
            "lead",
        )
        topics = [self.knowledge.entries[i] for i in self.knowledge.base.topics]
        return self._reply(
            language, "fallback", (lead, *self.people(language)), self.entry_choices(language, topics),
            ranked, score,
        )  # fmt: skip

    def crisis(self, language: str, danger: Danger, others: Sequence[str] = ()) -> Reply:
        """Reply to a danger: numbers first, then what to say in German; `others`: entries also meant."""
        blocks: list[Block] = [
            Paragraph(self._danger_text(language, danger, "title", danger.title), "title"),
            Paragraph(self._danger_text(language, danger, "text", danger.text), "summary"),
        ]
        entries = [self.knowledge.entries[i] for i in danger.entries]
        blocks += [self.contact(language, e) for e in entries if isinstance(e, Organization)]
        if danger.german_phrases:
            blocks.append(self._german(language, danger.german_phrases))
        guides = [e for e in entries if not isinstance(e, Organization)]
        ranked = [e.id for e in entries]
        guides += [self.knowledge.entries[i] for i in others if i not in ranked]
        choices = self.entry_choices(language, guides)
        return self._reply(language, "crisis", tuple(blocks), choices, ranked, 1.0, ranked[0])

    def talk(self, language: str, kind: str) -> Reply:
        """Reply to small talk: a friendly sentence, then the main topics or people to turn to."""
        lead = Paragraph(self.say(language, _TALK[kind]), "lead")
        if kind == "person":
            return self._reply(language, "choose", (lead, *self.people(language)), (), (), 0.0)
        topics = [self.knowledge.entries[i] for i in self.knowledge.base.topics]
        choices = (*self.entry_choices(language, topics), self.person_choice(language))
        return self._reply(language, "choose", (lead,), choices, (), 0.0)

    def shortened(self, language: str) -> Notice:
        """Notice that only the beginning of a long message was read."""
        text = self.say(language, "Your message is long; only its beginning was read.")
        return Notice(text, "shortened")

    def person_choice(self, language: str) -> Choice:
        """The button that always leads to people."""
        return Choice("person", self.say(language, "Talk to a person"))

    def back_to(self, language: str, entry: Entry) -> Choice:
        """The button that leads back to the whole answer about an entry."""
        title = self.title(language, entry)
        return Choice(f"e:{entry.id}", Text(title.language, f"← {title.value}", title.state))

    def people(self, language: str) -> tuple[Contact, ...]:
        """Return the contacts for everybody."""
        entries = map(self.knowledge.entries.get, self.knowledge.base.default_contacts)
        return tuple(self.contact(language, entry) for entry in entries if entry is not None)

    # --- entries --------------------------------------------------------------------------------------

    def entry_blocks(
        self, language: str, entry: Entry, situation: Situation | None = None
    ) -> tuple[Block, ...]:
        """Return everything an entry has to say (to a person), in reading order."""
        blocks: list[Block] = [*self._alerts(language, entry)]
        if isinstance(entry, Organization):
            blocks.append(self.contact(language, entry, full=True))
            blocks += self._details(language, entry)
        else:
            blocks.append(Paragraph(self.text(language, entry, "title", entry.title), "title"))
            blocks.append(Paragraph(self.text(language, entry, "summary", entry.summary), "summary"))
            blocks += self._details(language, entry)
            if isinstance(entry, Event):
                blocks += self._event(language, entry)
            if isinstance(entry, Advice):
                blocks += self._advice(language, entry)
        blocks += self._variants(language, entry, situation)
        blocks += self._contacts(language, entry)
        if entry.german_phrases:
            blocks.append(self._german(language, entry.german_phrases))
        links = [Link(Text("und", w.description or _domain(w.url)), w.url) for w in entry.links]
        if has_dates(entry, self.now(), self.knowledge.base.time_zone):
            path = f"{self.public_url}/q/{entry.id}/calendar.ics?language={language}"
            links.append(Link(self.say(language, "Add to the calendar"), path))
        if links:
            blocks.append(Links(self.say(language, "Links"), tuple(links)))
        blocks.append(self._sources(language, entry))
        return (*blocks, *self._honesty(language, blocks, entry))

    def title(self, language: str, entry: Entry) -> Text:
        """Return the title of an entry in a language."""
        return self.text(language, entry, "title", entry.title)

    def text(self, language: str, entry: Entry, field: str, source: str) -> Text:
        """Return the translation of one text of an entry."""
        return self.translations.knowledge_text(language, f"{entry.id}:{field}", source)

    def contact(self, language: str, entry: Entry, full: bool = False) -> Contact:
        """Return the contact card of an organization (of another entry: its name only)."""
        name = self.title(language, entry)
        purpose = self.text(language, entry, "summary", entry.summary)
        if not isinstance(entry, Organization):
            return Contact(entry.id, name, purpose)
        location = entry.locations[0] if entry.locations else None
        coordinates = location.coordinates if location else None
        return Contact(
            entry=entry.id,
            name=name,
            purpose=purpose,
            phones=tuple(self._phones(language, entry)),
            emails=tuple(self._emails(language, entry)),
            website=self._website(entry),
            address=tuple(self._address(language, entry, location)) if location else (),
            map=self._map(language, location),
            hours=tuple(self._hours(language, entry, s) for s in entry.schedules),
            notes=tuple(self._contact_notes(language, entry, full)),
            latitude=coordinates.latitude if coordinates else None,
            longitude=coordinates.longitude if coordinates else None,
            distance=self._distance(language, coordinates),
        )

    def _distance(self, language: str, coordinates: Coordinates | None) -> Text | None:
        if self.position is None or coordinates is None:
            return None
        text = facts.isolated(length(kilometres(self.position, coordinates), language))
        return self.say(language, "{distance} away, as the crow flies", distance=text)

    # --- parts of a contact -----------------------------------------------------------------------------

    def _phones(self, language: str, entry: Organization) -> Iterable[Link]:
        for phone in entry.phones:
            label = facts.isolated(facts.phone(phone.number))
            if phone.description:
                text = self.text(language, entry, "phones", phone.description)
                label = f"{label} ({text.value})"
            yield Link(Text("und", label), f"tel:{phone.number}", self._as_of(language, phone.as_of))

    def _emails(self, language: str, entry: Organization) -> Iterable[Link]:
        for email in entry.emails:
            note = self._as_of(language, email.as_of)
            yield Link(Text("und", email.address), f"mailto:{email.address}", note)

    def _website(self, entry: Organization) -> Link | None:
        if entry.website is None:
            return None
        return Link(Text("und", _domain(entry.website.url)), entry.website.url)

    def _address(self, language: str, entry: Organization, location: Location) -> Iterable[Text]:
        yield Text("de", location.address.line)
        if location.transit_stop:
            yield self.say(language, "Stop: {stop}", stop=location.transit_stop)
        if location.accessibility:
            yield self.text(language, entry, "accessibility", location.accessibility)
        note = self._as_of(language, location.as_of)
        if note:
            yield note

    def _map(self, language: str, location: Location | None) -> Link | None:
        if location is None:
            return None
        href = f"https://www.openstreetmap.org/search?query={quote_plus(location.address.line)}"
        return Link(self.say(language, "Map"), href)

    def _hours(self, language: str, entry: Organization, schedule: Schedule) -> Hours:
        labels = {"visit": N_("Opening hours"), "phone": N_("Phone hours"), "chat": N_("Chat hours")}
        lines = [Text(language, line) for line in facts.weekly(schedule, language)]
        if schedule.description:
            lines.append(self.text(language, entry, "schedules", schedule.description))
        state, state_text = self._open_state(language, schedule)
        return Hours(
            self.say(language, labels[schedule.kind]), tuple(lines), state, state_text,
            self._as_of(language, schedule.as_of),
        )  # fmt: skip

    def _open_state(self, language: str, schedule: Schedule) -> tuple[OpenState, Text | None]:
        base = self.knowledge.base
        now = self.now()
        found = facts.open_now(schedule, now, base.time_zone, base.holidays)
        if found is None or schedule.as_of is not None:
            return "unknown", None
        if found.is_open:
            if found.until is None or found.until.date() != now.date():
                return "open", self.say(language, "open now")
            until = facts.time(found.until, language)
            return "open", self.say(language, "open now, until {time}", time=until)
        if found.opens is None:
            return "closed", self.say(language, "closed now")
        opens = f"{facts.date(found.opens.date(), language)}, {facts.time(found.opens, language)}"
        return "closed", self.say(language, "closed now, opens {time}", time=opens)

    def _contact_notes(self, language: str, entry: Organization, full: bool) -> Iterable[Text]:
        if entry.check_first:
            yield self.say(
                language, "These details are from {year}. Please check first.",
                year=entry.check_first,
            )  # fmt: skip
        if full and entry.serves:
            yield self.text(language, entry, "serves", entry.serves)
        if entry.appointment:
            yield self.text(language, entry, "appointment", entry.appointment)
        if entry.free_of_charge:
            yield self.say(language, "Free of charge")
        if entry.women_only:
            yield self.say(language, "Only for women")
        if entry.languages:
            names = ", ".join(language_name(tag, language) for tag in entry.languages)
            yield self.say(language, "Languages: {names}", names=names)
        if entry.interpretation_services:
            yield self.text(language, entry, "interpretation_services", entry.interpretation_services)
        if full and entry.accessibility:
            yield self.text(language, entry, "accessibility", entry.accessibility)
        if full:
            for service in entry.services:
                yield self.text(language, entry, "services", service.name)

    def _as_of(self, language: str, year: int | None) -> Text | None:
        if year is None:
            return None
        return self.say(language, "as of {year}, please check first", year=year)

    # --- parts of advice ----------------------------------------------------------------------------------

    def _advice(self, language: str, entry: Advice) -> Iterable[Block]:
        if entry.steps:
            yield self._items(language, entry, "steps", N_("What to do"), entry.steps)
        if entry.documents:
            yield self._items(language, entry, "documents", N_("Documents"), entry.documents)
        numbers = tuple(self._numbers(language, entry))
        if numbers:
            yield Facts(self.say(language, "Costs and times"), numbers)
        if entry.eligibility:
            yield self._section(language, entry, "eligibility", N_("For whom"), entry.eligibility.description)
        if isinstance(entry, Course):
            yield from self._course(language, entry)
        if entry.funding:
            yield self._section(language, entry, "funding", N_("Help with the costs"), entry.funding)
        if entry.if_rejected:
            yield self._section(language, entry, "if_rejected", N_("If the answer is no"), entry.if_rejected)

    def _items(self, language: str, entry: Entry, kind: str, heading: str, items: Sequence[str]) -> Items:
        texts = tuple(self.text(language, entry, kind, item) for item in items)
        title = self.say(language, heading)
        return Items("steps" if kind == "steps" else "documents", title, texts)

    def _section(self, language: str, entry: Entry, role: str, heading: str, source: str) -> Paragraph:
        text = self.text(language, entry, role, source)
        return Paragraph(text, role, self.say(language, heading))  # type: ignore[arg-type]

    def _numbers(self, language: str, entry: Advice) -> Iterable[Fact]:
        for fee in entry.fees:
            yield Fact(
                self.text(language, entry, "fees", fee.label),
                self._money(language, fee),
                self.text(language, entry, "fees", fee.note) if fee.note else None,
            )
        for duration in entry.durations:
            yield Fact(
                self.text(language, entry, "durations", duration.label),
                facts.length(duration, language, self.translations),
                self.text(language, entry, "durations", duration.note) if duration.note else None,
            )
        if isinstance(entry, Course):
            if entry.lessons:
                yield Fact(
                    self.text(language, entry, "lessons", entry.lessons.label),
                    facts.length(entry.lessons, language, self.translations),
                )
            if entry.levels:
                levels = facts.isolated(", ".join(entry.levels))
                yield Fact(self.say(language, "Levels"), Text("und", levels))

    def _money(self, language: str, fee: Fee) -> Text:
        amount = facts.money(fee, language)
        if fee.amount is None and fee.minimum is None:
            amount = self.say(language, "up to {amount}", amount=amount).value
        elif fee.amount is None and fee.maximum is None:
            amount = self.say(language, "at least {amount}", amount=amount).value
        per = _PER[fee.per]
        if per:
            amount = f"{amount} {self.say(language, per).value}"
        if fee.year:
            amount = f"{amount} ({facts.isolated(str(fee.year))})"
        return Text(language, amount)

    def _course(self, language: str, entry: Course) -> Iterable[Block]:
        if entry.exemption:
            yield self._section(language, entry, "exemption", N_("Who does not have to pay"), entry.exemption)
        if entry.childcare:
            yield self._section(language, entry, "childcare", N_("Childcare"), entry.childcare)
        if entry.registration:
            yield self._section(language, entry, "registration", N_("How to register"), entry.registration)
        dates = coming(entry, self.now().date())
        if dates:
            shown = tuple(
                Fact(
                    Text(language, facts.date(o.start, language)),
                    Text("de", " · ".join(self._offered(o)) or "–"),
                )
                for o in dates[:5]
            )
            yield Facts(self.say(language, "Next dates"), shown)

    def _offered(self, offering: Offering) -> Iterable[str]:
        """What is known of a course with a date: level, times, who gives it."""
        provider = self.knowledge.organization(offering.provider or "")
        known = (offering.level, offering.times, provider.title if provider else None)
        return (text for text in known if text)

    def _event(self, language: str, entry: Event) -> Iterable[Block]:
        rows: list[Fact] = []
        start = next_start(entry, self.now(), self.knowledge.base.time_zone)
        if start is not None:
            when = f"{facts.date(start.date(), language)}, {facts.isolated(facts.time(start, language))}"
            rows.append(Fact(self.say(language, "When"), Text(language, when)))
        if entry.location:
            address = entry.location.address
            place = f"{address.street}, {address.city}"
            rows.append(Fact(self.say(language, "Where"), Text("de", place)))
        if rows:
            yield Facts(self.say(language, "Date and place"), tuple(rows))

    # --- parts of every entry -------------------------------------------------------------------------------

    def _details(self, language: str, entry: Entry) -> Iterable[Block]:
        for detail in entry.details:
            yield Paragraph(self.text(language, entry, "details", detail), "detail")

    def _variants(self, language: str, entry: Entry, situation: Situation | None) -> Iterable[Block]:
        """Texts for some people only: those that fit; to people unknown, each with whom it is for."""
        for variant in entry.variants:
            known = situation if situation is not None else Situation()
            fitting = fits(variant.when, known, self.knowledge.facets)
            skipped = set(variant.when.wanted()) & set(known.skipped)
            if fitting is False or (fitting is None and situation is not None and not skipped):
                continue
            who = self.who(language, variant.when.wanted())
            heading = Text(language, who) if fitting else self.say(language, "If this is you: {who}", who=who)
            yield Paragraph(self.text(language, entry, "variants", variant.text), "variant", heading)

    def who(self, language: str, facets: Mapping[str, Sequence[str]]) -> str:
        """Return people of certain facets in words: "toleration (Duldung), nurse"."""
        return ", ".join(
            self.facet_value(language, facet, value).value
            for facet, values in facets.items()
            for value in values
        )

    def facet_value(self, language: str, facet: str, value: str) -> Text:
        """Return what a value of a facet is called."""
        if facet == "profession":
            return self.profession(language, value)
        described = self.knowledge.facets[facet].values[value] if facet in self.knowledge.facets else None
        if described is None:
            return Text("und", value)
        return self.translations.knowledge_text(language, f"facet-{facet}:values", described.text)

    def profession(self, language: str, concept_id: str) -> Text:
        """Return the name of a profession in a language, or in the next best."""
        for tag in (language, *self.translations.fallbacks.get(language, ()), "de"):
            name = self.knowledge.professions.get(tag, {}).get(concept_id)
            if name:
                return Text(tag, name)
        return Text("en", self.knowledge.concepts[concept_id].gloss)

    def _contacts(self, language: str, entry: Entry) -> Iterable[Block]:
        wanted = [*getattr(entry, "responsible", ()), *entry.contacts]
        wanted += getattr(entry, "providers", ())
        if isinstance(entry, Organization) and entry.status == "ended" and entry.successor:
            wanted.insert(0, entry.successor)
        shown = 0
        for contact_id in self.in_turn(wanted):
            other = self.knowledge.entries[contact_id]
            if isinstance(other, Organization) and other.is_public() and shown < MAX_CONTACTS:
                shown += 1
                yield self.contact(language, other)

    def in_turn(self, ids: Iterable[str]) -> list[str]:
        """Return entry ids without repetition, equal providers in the order of this conversation."""

        def group_of(entry_id: str) -> str | None:
            organization = self.knowledge.organization(entry_id)
            return organization.rotation_group if organization else None

        return rotated(dict.fromkeys(ids), group_of, self.now().date(), self.conversation)

    def _german(self, language: str, phrases: Sequence[str]) -> GermanPhrases:
        heading = self.say(language, "Say or show this in German")
        return GermanPhrases(heading, tuple(Text("de", p) for p in phrases))

    def _alerts(self, language: str, entry: Entry) -> Iterable[Block]:
        alert, today = entry.alert, self.now().date()
        if alert is None:
            return
        if (alert.valid_from or today) <= today <= (alert.valid_to or today):
            yield Notice(self.text(language, entry, "alert", alert.text), "alert")

    def _sources(self, language: str, entry: Entry) -> Sources:
        links = tuple(_source_link(source) for source in entry.sources[:4])
        assured = self.say(
            language, "Checked on {date}. Information, not legal advice.",
            date=facts.date(entry.assured_date, language),
        )  # fmt: skip
        return Sources(self.say(language, "Sources"), links, assured)

    def _honesty(self, language: str, blocks: Sequence[Block], entry: Entry) -> Iterable[Notice]:
        """What the reader should know about the translation and age of this answer."""
        if entry.check_first and not isinstance(entry, Organization):
            text = self.say(
                language, "These details are from {year}. Please check first.",
                year=entry.check_first,
            )  # fmt: skip
            yield Notice(text, "check_first")
        yield from self.translation_notice(language, self.text(language, entry, "summary", entry.summary))

    def translation_notice(self, language: str, text: Text) -> Iterable[Notice]:
        """What the reader should know about a text that is no reviewed text of their language."""
        if primary(text.language) != primary(language):
            name = language_name(text.language, language)
            said = self.say(language, "This text is only available in {name}.", name=name)
            yield Notice(said, "language")
        elif text.state == "outdated":
            said = self.say(language, "The German text is newer than this translation. Please check first.")
            yield Notice(said, "outdated")
        elif text.state == "unreviewed":
            said = self.say(
                language, "Translated by machine, not yet checked by a person. German is binding."
            )
            yield Notice(said, "unreviewed")

    def _danger_text(self, language: str, danger: Danger, field: str, source: str) -> Text:
        return self.translations.knowledge_text(language, f"crisis-{danger.id}:{field}", source)

    # --- choices ------------------------------------------------------------------------------------------

    def _follow_ups(self, language: str, entry: Entry) -> tuple[Choice, ...]:
        narrower = self.knowledge.narrower.get(entry.id, ())
        related = [self.knowledge.entries[i] for i in entry.related]
        seen = {entry.id}
        chosen: list[Entry] = []
        for other in (*related, *narrower):
            if other.id not in seen and other.is_public():
                seen.add(other.id)
                chosen.append(other)
        return self.entry_choices(language, chosen[:MAX_CHOICES])

    def entry_choices(self, language: str, entries: Iterable[Entry]) -> tuple[Choice, ...]:
        """Return entries as buttons."""
        return tuple(Choice(f"e:{e.id}", self.title(language, e)) for e in entries)

    def say(self, language: str, msgid: str, /, **values: object) -> Text:
        """Return one of the assistant's sentences, marked for translation with N_ where it is written."""
        return self.translations.message(language, msgid, **values)

    def german_text(self, text: str) -> Text:
        """Return German words as a text that knows it."""
        return Text(self.knowledge.base.source_language, text)

    def name_of(self, language: str, name: str) -> Text:
        """Return the name of a language in itself."""
        return Text(language, name)

    def _reply(
        self,
        language: str,
        decision: str,
        blocks: tuple[Block, ...],
        choices: tuple[Choice, ...],
        ranked: Sequence[str],
        score: float,
        entry: str | None = None,
    ) -> Reply:
        return Reply(
            language=language,
            direction=direction(language),
            decision=decision,  # type: ignore[arg-type]
            entry=entry,
            entries=tuple(ranked[:5]),
            blocks=blocks,
            choices=choices,
            score=score,
        )


def _put_first(blocks: Sequence[Block], kind: str) -> tuple[Block, ...]:
    """Move the blocks of a kind to the place right behind the summary."""
    wanted = [b for b in blocks if b.type == kind]
    if not kind or not wanted:
        return tuple(blocks)
    head = [b for b in blocks if isinstance(b, Paragraph) and b.role in ("title", "summary")]
    rest = [b for b in blocks if b not in head and b not in wanted]
    return (*head, *wanted, *rest)


def _source_link(source: Source) -> Link:
    year = source.date.year if source.date else source.year
    if source.law:
        label = source.law
    elif source.url:
        label = _domain(source.url)
    else:
        label = source.publication or ""
    text = f"{label} ({year})" if year and str(year) not in label else label
    return Link(Text("de", text), source.url or "")


def _domain(url: str) -> str:
    return url.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")
