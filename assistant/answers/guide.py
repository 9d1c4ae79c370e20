"""The guide: answers that fit the person, and the stations of paths as replies.

Around an entry it says whom the answer is for, asks for what it depends on, and offers the path that
leads there step by step. Choices: `f:<facet>:<value>`, `f:<facet>:skip`, `f:forget`, `p:<path>`,
`p:<path>:<station>:<option>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answers import facts
from assistant.answers.chains import Chain, Stop
from assistant.answers.compose import Composer
from assistant.answers.helpers import Wish, find_contacts
from assistant.answers.reply import Block, Choice, Notice, Paragraph, Reply, Sources
from assistant.dialogue.facets import FacetReader
from assistant.dialogue.paths import AGAIN, BACK, DISTRICT, HERE, NEXT, Place, Walker
from assistant.dialogue.situation import SKIPPED, Situation
from assistant.dialogue.state import Conversation
from assistant.knowledge.model import Advice, Entry, GuidedPath, Organization, PathOption, Station
from assistant.language.normalize import tokens
from assistant.language.tags import direction
from assistant.language.translations import N_, Text
from assistant.matching.concepts import Spotted
from assistant.matching.decision import Decision
from assistant.matching.words import Query

MOST_QUESTIONS = 2
"""Facets one answer may ask for."""
LONGEST_REPLY = 6
"""Words up to which a message that names a facet is a reply to the question asked last."""

_PART_OF_ROLE = {
    "summary": "summary", "detail": "details", "variant": "variants", "eligibility": "eligibility",
    "funding": "funding", "exemption": "exemption", "childcare": "childcare",
    "registration": "registration", "if_rejected": "if_rejected",
}  # fmt: skip

Guided = tuple[Reply, Conversation]


@dataclass(frozen=True)
class Guide:
    """Composes what depends on the person."""

    composer: Composer
    walker: Walker
    reader: FacetReader

    # --- entries for a person ---------------------------------------------------------------------------

    def answer(
        self,
        language: str,
        entry: Entry,
        ranked: Sequence[str],
        score: float,
        first: str = "",
        situation: Situation = Situation(),
    ) -> Reply:
        """Reply with an entry as it holds for a person."""
        reply = self.composer.answer(language, entry, ranked, score, first, situation)
        if self._is_for_others(entry, situation):
            return self._not_for_you(reply, entry, situation)
        assumed = self._assumed(language, self._used(entry, situation), situation)
        blocks: tuple[Block, ...] = (*assumed, *reply.blocks)
        choices: list[Choice] = [*([self._forget(language)] if assumed else []), *reply.choices]
        asked = self._asks(entry, situation)
        if asked:
            blocks = (*blocks, Paragraph(self._question(language, asked), "question"))
            choices = [*self._facet_choices(language, asked), *choices]
        choices += self._paths_of(language, entry)
        return replace(reply, blocks=blocks, choices=tuple(choices))

    def depends_on(self, entry: Entry) -> tuple[str, ...]:
        """Return the facets the answer depends on, in the order they are asked."""
        named = {facet for variant in entry.variants for facet in variant.when.wanted()}
        if entry.eligibility and entry.eligibility.status:
            named.add("status")
        return tuple(f for f in self.composer.knowledge.facets if f in named)

    def _asks(self, entry: Entry, situation: Situation) -> str | None:
        """The facet to ask for now; never more than two per answer."""
        wanted = self.depends_on(entry)[:MOST_QUESTIONS]
        return next((facet for facet in wanted if not situation.answered(facet)), None)

    def _used(self, entry: Entry, situation: Situation) -> tuple[str, ...]:
        """The known facets this answer rests on."""
        used = set(self.depends_on(entry))
        profession = situation.get("profession")
        if profession:
            concept = self.composer.knowledge.concepts.get(profession)
            recognition = concept.recognition.entry if concept and concept.recognition else ""
            if entry.id == recognition or profession in (*entry.about.core, *entry.about.also):
                used |= {"profession", "status"}
        return tuple(facet for facet, _ in situation.known if facet in used)

    def _assumed(self, language: str, facets: Iterable[str], situation: Situation) -> tuple[Paragraph, ...]:
        values = {f: (situation.get(f) or "",) for f in self._ordered(facets)}
        if not values:
            return ()
        who = self.composer.who(language, values)
        return (Paragraph(self.composer.say(language, N_("For: {who}"), who=who), "assumed"),)

    def _ordered(self, facets: Iterable[str]) -> list[str]:
        wanted = set(facets)
        return [facet for facet in self.composer.knowledge.facets if facet in wanted]

    def _is_for_others(self, entry: Entry, situation: Situation) -> bool:
        status = situation.get("status")
        allowed = entry.eligibility.status if entry.eligibility else ()
        return bool(status and allowed and status not in allowed)

    def _not_for_you(self, reply: Reply, entry: Entry, situation: Situation) -> Reply:
        """Say plainly that a rule is for others; what holds for the person, and other ways."""
        composer, language = self.composer, reply.language
        assert entry.eligibility is not None
        wanted = composer.who(language, {"status": entry.eligibility.status})
        said = composer.who(language, {"status": (situation.get("status") or "",)})
        text = composer.say(
            language,
            N_("This is meant for: {wanted}. It does not apply to you ({said}). Other topics and people:"),
            wanted=wanted, said=said,
        )  # fmt: skip
        kept = [
            b for b in reply.blocks
            if isinstance(b, Sources | Notice)
            or (isinstance(b, Paragraph) and b.role in ("title", "variant"))
        ]  # fmt: skip
        lead = Paragraph(text, "lead")
        titles = [b for b in kept if isinstance(b, Paragraph) and b.role == "title"]
        rest = [b for b in kept if b not in titles]
        choices = (
            *composer.entry_choices(language, self._alternatives(entry, situation)),
            composer.person_choice(language),
            self._forget(language),
        )
        return replace(reply, blocks=(*titles, lead, *rest), choices=choices)

    def _alternatives(self, entry: Entry, situation: Situation) -> list[Entry]:
        """Entries beside this one that are for the person."""
        entries = self.composer.knowledge.entries
        ids = [*([entry.broader] if entry.broader else []), *entry.related]
        ids += [e.id for e in self.composer.knowledge.narrower.get(entry.broader or "", ())]
        found = [entries[i] for i in dict.fromkeys(ids) if i != entry.id and entries[i].is_public()]
        fitting = [e for e in found if not self._is_for_others(e, situation)]
        status = situation.get("status")
        named = [e for e in fitting if e.eligibility and status in e.eligibility.status]
        return [*named, *(e for e in fitting if e not in named)][:3]

    # --- questions ----------------------------------------------------------------------------------------

    def _question(self, language: str, facet: str) -> Text:
        described = self.composer.knowledge.facets[facet]
        return self.composer.translations.knowledge_text(
            language, f"facet-{facet}:question", described.question
        )

    def _facet_choices(self, language: str, facet: str) -> list[Choice]:
        values = self.composer.knowledge.facets[facet].values
        found = [Choice(f"f:{facet}:{v}", self.composer.facet_value(language, facet, v)) for v in values]
        return [*found, Choice(f"f:{facet}:{SKIPPED}", self.composer.say(language, N_("Skip")))]

    def _forget(self, language: str) -> Choice:
        return Choice("f:forget", self.composer.say(language, N_("Not my situation")))

    def _paths_of(self, language: str, entry: Entry) -> list[Choice]:
        """The paths that lead to an entry, as choices."""
        paths = self.composer.knowledge.paths.values()
        return [self._enter(language, path) for path in paths if entry.id in path.entries]

    def _enter(self, language: str, path: GuidedPath) -> Choice:
        """The button that begins a path."""
        return Choice(f"p:{path.id}", self._path_text(language, path, "button", path.button))

    # --- what a person does -------------------------------------------------------------------------------

    def press(self, choice: str, language: str, conversation: Conversation) -> Guided | None:
        """Return reply and conversation after a button of facets or paths; None for other buttons."""
        kind, _, rest = choice.partition(":")
        if kind == "lang":
            return self._in_other_language(language, conversation)
        if kind == "f":
            return self._press_facet(rest, language, conversation)
        if kind == "p":
            return self._press_path(rest, language, conversation)
        return None

    def said(
        self,
        query: Query,
        spotted: Sequence[Spotted],
        decision: Decision,
        language: str,
        before: Conversation,
        conversation: Conversation,
    ) -> Guided | None:
        """Return reply and conversation when a message answers what was asked; else None.

        `before`: where the person stood; `conversation`: with what the message says about the person.
        """
        place = self._standing(before)
        if place is not None:
            option = self._meant(place, query, spotted, language)
            if option is not None:
                choice = f"{place.path.id}:{place.station}:{option}"
                return self._press_path(choice, language, conversation)
            place = self._place(conversation) or place
            if decision.name == "fallback":
                lead = self.composer.say(
                    language, N_("I did not understand. Please tap a button, or say it in other words:")
                )
                return self._stand(language, place, conversation, lead)
            return None
        entry = self.composer.knowledge.entries.get(conversation.recent_entry(self.composer.now()) or "")
        if entry is not None and self._is_reply(entry, query, spotted):
            values = self.reader.heard(query, spotted) | self._replied(entry, query, spotted)
            situation = conversation.situation.say(values)
            reply = self.answer(language, entry, (entry.id,), 1.0, "", situation)
            return reply, replace(conversation, situation=situation)
        return None

    def with_way_back(self, reply: Reply, conversation: Conversation) -> Reply:
        """Return an answer given in the middle of a path with a button that goes on with it."""
        place = self._standing(conversation)
        if place is None:
            return reply
        path = place.path
        title = self._path_text(reply.language, path, "title", path.title).value
        label = self.composer.say(reply.language, N_("Continue: {title}"), title=title)
        choice = Choice(f"p:{path.id}:{place.station}:{HERE}", label)
        return replace(reply, choices=(choice, *(c for c in reply.choices if c.id != f"p:{path.id}")))

    def talk(self, language: str, kind: str) -> Reply:
        """Reply to small talk; who looks for a topic or a person is offered the paths too."""
        reply = self.composer.talk(language, kind)
        if kind in ("thanks", "bye"):
            return reply
        return replace(reply, choices=(*reply.choices, *self.entrances(language)))

    def entrances(self, language: str) -> tuple[Choice, ...]:
        """Return the buttons that begin the paths."""
        return tuple(self._enter(language, path) for path in self.composer.knowledge.paths.values())

    def choose(self, language: str, ranked: Sequence[str], offered: int, score: float) -> Reply:
        """Reply with the best entries as buttons, and the path that leads to most of them."""
        reply = self.composer.choose(language, ranked, offered, score)
        paths = self.composer.knowledge.paths.values()
        leading = [(len({*ranked[:offered]} & {*path.entries}), path) for path in paths]
        most = max((count for count, _ in leading), default=0)
        offers = [self._enter(language, path) for count, path in leading if most > 1 and count == most]
        return replace(reply, choices=(*reply.choices, *offers))

    def _in_other_language(self, language: str, conversation: Conversation) -> Guided | None:
        """The station the person is at, in the language just chosen."""
        place = self._standing(conversation)
        if place is None:
            return None
        return self._stand(language, place, conversation)

    def chains(self, language: str) -> tuple[Chain, ...]:
        """Return all paths as process chains."""
        return tuple(self.chain(language, path) for path in self.composer.knowledge.paths.values())

    def chain(self, language: str, path: GuidedPath) -> Chain:
        """Return a path as a process chain: every station anybody can meet, in walking order."""
        start = Place(path, (), Situation(), path.start)
        stops = []
        for key in self.walker.stations(start):
            place = replace(start, station=key)
            # Contacts in a district are found by tapping; on paper the list would say nothing.
            options = dict(self.walker.options(place)) | dict(place.stop.options)
            shown = {k: o for k, o in options.items() if o.filter != "district"}
            labels = [
                (f"p:{path.id}:{key}:{k}", self._option_label(language, place, o)) for k, o in shown.items()
            ]
            unique = {label.value: Choice(i, label) for i, label in reversed(labels)}
            title = self._path_text(language, path, "stations", place.stop.title)
            question = self._station_question(language, place)
            stops.append(Stop(key, title, question, tuple(reversed(unique.values()))))
        title = self._path_text(language, path, "title", path.title)
        summary = self._path_text(language, path, "summary", path.summary)
        return Chain(path.id, title, summary, tuple(stops))

    def _press_facet(self, rest: str, language: str, conversation: Conversation) -> Guided | None:
        facet, _, value = rest.partition(":")
        situation = conversation.situation
        if rest == "forget":
            situation = Situation()
        elif self._is_value(facet, value):
            situation = situation.say({facet: value})
        else:
            return None
        after = replace(conversation, situation=situation)
        place = self._standing(after)
        if place is not None:
            if rest == "forget":
                place = self.walker.enter(place.path, situation)
            return self._stand(language, place, after)
        entry = self.composer.knowledge.public(conversation.entry)
        if entry is None:
            return self.talk(language, "hello"), after
        return self.answer(language, entry, (entry.id,), 1.0, "", situation), after

    def _is_value(self, facet: str, value: str) -> bool:
        knowledge = self.composer.knowledge
        if facet == "profession":
            concept = knowledge.concepts.get(value)
            return value == SKIPPED or (concept is not None and concept.kind == "profession")
        return facet in knowledge.facets and (value == SKIPPED or value in knowledge.facets[facet].values)

    def _press_path(self, rest: str, language: str, conversation: Conversation) -> Guided | None:
        path_id, _, onward = rest.partition(":")
        path = self.composer.knowledge.paths.get(path_id)
        if path is None:
            return None
        station, _, option = onward.partition(":")
        trail = conversation.trail if conversation.path == path.id else ()
        situation = conversation.situation
        if not onward:
            return self._stand(language, self.walker.enter(path, situation), conversation)
        place = self.walker.press(path, trail, situation, station, option)
        if place is None:
            return None
        return self._stand(language, place, conversation)

    def _standing(self, conversation: Conversation) -> Place | None:
        """The station of a path the person is at, while that is fresh."""
        place = self._place(conversation) if conversation.recent_path(self.composer.now()) else None
        return place if place is not None and place.station is not None else None

    def _place(self, conversation: Conversation) -> Place | None:
        path = self.composer.knowledge.paths.get(conversation.path or "")
        if path is None:
            return None
        return self.walker.here(path, conversation.trail, conversation.situation)

    def _is_reply(self, entry: Entry, query: Query, spotted: Sequence[Spotted]) -> bool:
        """Whether a short message says just the facet an answer depends on."""
        if len(query.tokens) > LONGEST_REPLY or not self._replied(entry, query, spotted):
            return False
        facets = self.composer.knowledge.facets
        own = {c for f in self.depends_on(entry) for v in facets[f].values.values() for c in v.concepts}
        strong = [s for s in spotted if s.strength >= 0.8 and s.kind not in ("talk", "asks")]
        told = {p for s in strong if s.concept in own for p in s.positions}
        asks = any(s.kind == "asks" and s.strength >= 0.8 for s in spotted)
        return not asks and all(set(s.positions) & told for s in strong if s.concept not in own)

    def _replied(self, entry: Entry, query: Query, spotted: Sequence[Spotted]) -> dict[str, str]:
        found = {f: self.reader.named(f, query, spotted) for f in self.depends_on(entry)}
        return {facet: values.pop() for facet, values in found.items() if len(values) == 1}

    def _meant(self, place: Place, query: Query, spotted: Sequence[Spotted], language: str) -> str | None:
        """The option of a station a message names; None when it names none or several."""
        words = [token.word for token in query.tokens]
        options = self.walker.options(place)
        if len(words) == 1 and words[0].isdigit() and 0 < int(words[0]) <= len(options):
            return list(options)[int(words[0]) - 1]
        labels = {key: self._option_label(language, place, option).value for key, option in options.items()}
        same = [key for key, label in labels.items() if list(tokens(label)) == words]
        if len(same) == 1:
            return same[0]
        asks = any(s.kind == "asks" and s.strength >= 0.8 for s in spotted)
        if asks and len(words) > 3:
            return None
        facet = place.stop.facet
        if facet:
            named = self.reader.named(facet, query, spotted)
            return named.pop() if len(named) == 1 else None
        strong = {s.concept for s in spotted if s.strength >= 0.8 and not s.negated}
        meant = [k for k, o in options.items() if strong & {*o.concepts, *o.about}]
        return meant[0] if len(meant) == 1 else None

    # --- stations -----------------------------------------------------------------------------------------

    def _stand(
        self, language: str, place: Place, conversation: Conversation, lead: Text | None = None
    ) -> Guided:
        """Reply with the place a person has come to, and remember it."""
        after = replace(conversation, situation=place.situation, path=place.path.id, trail=place.trail)
        if place.station is not None:
            return self.station(language, place, lead), after
        way_back = self._moves(language, place)
        if place.person:
            reply = self.talk(language, "person")
            return replace(reply, choices=(*reply.choices, *way_back)), after
        entry = self.composer.knowledge.entries[place.entry or ""]
        reply = self.answer(language, entry, (entry.id,), 1.0, "", place.situation)
        offered = tuple(c for c in reply.choices if c.id != f"p:{place.path.id}")
        return replace(reply, choices=(*offered, *way_back)), after

    def station(self, language: str, place: Place, lead: Text | None = None) -> Reply:
        """Return a station as a reply: what there is to know, the question, its buttons."""
        stop, path = place.stop, place.path
        blocks: list[Block] = [Paragraph(lead, "lead")] if lead else []
        blocks.append(Paragraph(self._path_text(language, path, "stations", stop.title), "title"))
        asked = {f for s in path.stations.values() for f in (s.facet, *_said(s)) if f}
        known = (facet for facet, _ in place.situation.known if facet in asked)
        assumed = self._assumed(language, known, place.situation)
        blocks += assumed
        for note in self.walker.notes(place):
            blocks.append(Paragraph(self._path_text(language, path, "notes", note), "summary"))
        blocks += self._shown(language, place)
        question = self._station_question(language, place)
        if question is not None:
            blocks.append(Paragraph(question, "question"))
        choices = [
            Choice(f"p:{path.id}:{place.station}:{key}", self._option_label(language, place, option))
            for key, option in self.walker.options(place).items()
        ]
        choices += self._moves(language, place)
        if assumed:
            choices.append(self._forget(language))
        return Reply(
            language=language,
            direction=direction(language),
            decision="choose",
            entry=None,
            entries=(),
            blocks=tuple(blocks),
            choices=tuple(choices),
            station=f"{path.id}:{place.station}",
        )

    def _station_question(self, language: str, place: Place) -> Text | None:
        stop = place.stop
        if stop.question:
            return self._path_text(language, place.path, "questions", stop.question)
        return self._question(language, stop.facet) if stop.facet else None

    def _moves(self, language: str, place: Place) -> list[Choice]:
        """The buttons every place has: on, back, start again, a person."""
        composer, path = self.composer, place.path
        station = place.station or (place.trail[-1][0] if place.trail else path.start)
        begin = f"p:{path.id}:{station}"
        found = []
        if place.station and place.stop.next:
            asks = place.stop.facet or place.stop.options
            label = composer.say(language, N_("Skip")) if asks else composer.say(language, N_("Next"))
            found.append(Choice(f"{begin}:{SKIPPED if asks else NEXT}", label))
        if place.trail:
            found.append(Choice(f"{begin}:{BACK}", composer.say(language, N_("Back"))))
            found.append(Choice(f"{begin}:{AGAIN}", composer.say(language, N_("Start again"))))
        if not place.person:
            found.append(composer.person_choice(language))
        return found

    def _option_label(self, language: str, place: Place, option: PathOption) -> Text:
        facet, value = next(iter(option.says.items()), ("", ""))
        if facet == "profession":
            return self.composer.profession(language, value)
        if option.text is None:
            entry = self.composer.knowledge.entries[option.entry or option.picks or ""]
            return self.composer.title(language, entry)
        if option.filter == "district":
            return Text("de", option.text)
        if place.stop.facet and place.stop.facet == facet and value != SKIPPED:
            return self.composer.facet_value(language, facet, value)
        return self._path_text(language, place.path, "options", option.text)

    def _path_text(self, language: str, path: GuidedPath, field: str, source: str) -> Text:
        return self.composer.translations.knowledge_text(language, f"path-{path.id}:{field}", source)

    # --- what a station shows -----------------------------------------------------------------------------

    def _shown(self, language: str, place: Place) -> list[Block]:
        stop = place.stop
        if stop.contacts:
            return self._helpers(language, place)
        if not stop.show:
            return []
        entries = self.composer.knowledge.entries
        subject = entries.get(self.walker.subject(place) or "")
        shown = self._parts(language, subject, place, stop.show) if subject else []
        if not shown and stop.otherwise:
            subject = entries[stop.otherwise]
            shown = self._parts(language, subject, place, (*stop.show, "summary"))
        if not shown or subject is None:
            text = self.composer.say(
                language, N_("Please ask the office or a counselling service about this.")
            )
            return [Paragraph(text, "summary")]
        # A path speaks of one entry over many stations: whose it is, where from, how sure.
        honest = [
            b for b in self.composer.entry_blocks(language, subject, place.situation)
            if isinstance(b, Sources | Notice)
        ]  # fmt: skip
        return [*shown, *honest]

    def _parts(self, language: str, entry: Entry, place: Place, parts: Sequence[str]) -> list[Block]:
        composer, found = self.composer, list[Block]()
        if "rule" in parts:
            date = facts.date(entry.assured_date, language)
            found.append(Paragraph(composer.say(language, N_("Rule as of {date}."), date=date), "detail"))
        if "regulated" in parts:
            found += self._regulated(language, place)
        for block in composer.entry_blocks(language, entry, place.situation):
            part = _PART_OF_ROLE.get(block.role, "") if isinstance(block, Paragraph) else block.type
            part = "contacts" if part == "contact" else part
            if part in parts:
                found.append(block)
        if "responsible" in parts:
            found += [composer.contact(language, o) for o in self._responsible(entry, place)]
        return found

    def _regulated(self, language: str, place: Place) -> list[Block]:
        concept_id = place.situation.get("profession") or ""
        concept = self.composer.knowledge.concepts.get(concept_id)
        if concept is None or concept.recognition is None:
            return []
        name = self.composer.profession(language, concept_id).value
        yes = N_("{profession}: regulated. You need the recognition to work in this profession.")
        no = N_(
            "{profession}: not regulated. You may work without recognition. The decision still helps with "
            "applications, wages and often with the residence permit."
        )
        msgid = yes if concept.recognition.regulated else no
        return [Paragraph(self.composer.say(language, msgid, profession=name), "summary")]

    def _responsible(self, entry: Entry, place: Place) -> list[Organization]:
        """Who decides: the bodies of the profession, else of its entry."""
        knowledge = self.composer.knowledge
        concept = knowledge.concepts.get(place.situation.get("profession") or "")
        own = concept.recognition.responsible if concept and concept.recognition else ()
        ids = own or (entry.responsible if isinstance(entry, Advice) else ())
        found = (knowledge.organization(i) for i in ids)
        return [o for o in found if o is not None and o.is_public()][:2]

    def _helpers(self, language: str, place: Place) -> list[Block]:
        about: tuple[str, ...] = ()
        wishes = []
        for station, key in place.trail:
            option = place.path.stations[station].options.get(key)
            if option is not None and option.about:
                about = option.about
            if option is not None and option.filter:
                wishes.append(Wish(option.filter, language if option.filter == "language" else ""))
            elif key.startswith(DISTRICT):
                wishes.append(Wish("district", key.removeprefix(DISTRICT)))
        if not about:
            return list(self.composer.people(language))
        found = find_contacts(self.composer, about, wishes)
        if not found.contacts:
            return list(self.composer.people(language))
        blocks: list[Block] = []
        if not found.complete:
            text = self.composer.say(
                language, N_("No contact is known to meet all your wishes. These meet some of them:")
            )
            blocks.append(Paragraph(text, "lead"))
        return [*blocks, *(self.composer.contact(language, o) for o in found.contacts)]


def _said(station: Station) -> set[str]:
    """The facets that options of a station tell."""
    return {str(facet) for option in station.options.values() for facet in option.says}


def guide_of(composer: Composer) -> Guide:
    """Return the guide of a composer's knowledge."""
    return Guide(composer, Walker(composer.knowledge), FacetReader(composer.knowledge))
