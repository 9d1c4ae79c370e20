"""The way of one message, from words to reply.

    Message -> Query -> Ranking -> Decision -> Reply

Each step is one function from one frozen value to the next.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answers import following
from assistant.answers.compose import Composer
from assistant.answers.guide import Guide, Guided, guide_of
from assistant.answers.handover import hand_over
from assistant.answers.reply import Reply
from assistant.answers.steering import wanted_block
from assistant.dialogue.followups import FollowUp, FollowUps
from assistant.dialogue.state import Conversation, Message
from assistant.dialogue.talk import small_talk
from assistant.knowledge.model import Knowledge
from assistant.language.detect import Detected
from assistant.language.normalize import LONGEST, MAX_LENGTH
from assistant.language.reply import reply_language
from assistant.language.sentences import questions_of
from assistant.language.tags import negotiate
from assistant.language.translations import Translations
from assistant.matching.crisis import Alarm
from assistant.matching.decision import OFFERED, Decision, Menus, decide, menus_of
from assistant.matching.matcher import Matcher
from assistant.matching.ranking import Ranking
from assistant.matching.words import Query

PERHAPS_DANGER = 0.15
"""Probability of a danger from which its number is offered first, though no alarm is raised."""
ALSO_MEANT = 0.2
"""Probability from which an entry is offered beside the numbers of a danger."""


@dataclass(frozen=True)
class Turn:
    """One turn: the reply, the conversation after it, and how it came about."""

    reply: Reply
    conversation: Conversation
    query: Query
    ranking: Ranking
    decision: Decision
    detected: Detected
    milliseconds: float


@dataclass(frozen=True)
class Assistant:
    """One edition of knowledge, ready to answer; hot reload puts a new one in its place."""

    knowledge: Knowledge
    translations: Translations
    matcher: Matcher
    composer: Composer
    now: Callable[[], dt.datetime]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.knowledge.languages)

    @cached_property
    def _menus(self) -> Menus:
        return menus_of(self.knowledge)

    @cached_property
    def guide(self) -> Guide:
        """What makes answers fit the person."""
        return guide_of(self.composer)

    def respond(self, message: Message, conversation: Conversation = Conversation()) -> Turn:
        """Answer one message; nothing is awaited, nothing is stored."""
        started = time.perf_counter()
        detected = self.matcher.detector.detect(message.text, message.language or conversation.spoken)
        sure = detected.language if detected.is_clear() else None
        query = self.matcher.lexicon.query(message.text, language=sure)
        language = self._language(message, conversation, detected)
        ranking = self.matcher.ranker.rank(query)
        weights = self.matcher.ranker.weights
        alarm = self._alarm(query) or self.matcher.crisis.learned(query, ranking, weights.danger)
        decision = decide(query, ranking, alarm, weights, self._menus)
        others = self._also_asked(message, decision)
        if others:
            decision = others[0]
        before = conversation
        conversation = self._heard(before, message, query, ranking, decision)
        thread = self._thread(before)
        followed = self._followed(message, query, ranking, decision, thread)
        own = self._reading(message)
        reply: Reply | None = None
        if followed is None or before.recent_path(self.now()):
            guided = own._guided(message, language, query, ranking, decision, before, conversation)
            if guided is not None:
                (reply, conversation), followed = guided, None
        if reply is None:
            reply = own._continued(own.composer, message, language, decision, followed, thread)
            reply = reply and own.guide.with_way_back(reply, conversation)
        if reply is None:
            reply = own._reply(message, language, query, ranking, decision, others, conversation)
        spent = (time.perf_counter() - started) * 1000
        after = self._after(conversation, message, reply, followed)
        return Turn(reply, after, query, ranking, decision, detected, spent)

    def _reading(self, message: Message) -> Assistant:
        """The same assistant, composing for one reader; what was worked out once is shared."""
        compose = self.composer.reading(message.conversation, message.position)
        if compose is self.composer:
            return self
        own = replace(self, composer=compose)
        guide = replace(self.guide, composer=compose)
        vars(own).update(guide=guide, _menus=self._menus, _follow_ups=self._follow_ups)
        return own

    @cached_property
    def _follow_ups(self) -> FollowUps:
        return FollowUps(self.knowledge)

    def _thread(self, conversation: Conversation) -> following.Thread:
        """What the conversation is about, while that is fresh."""
        recent = conversation.recent_entry(self.now())
        previous = conversation.previous if recent else None
        return following.Thread(self.knowledge.public(recent), self.knowledge.public(previous))

    def _followed(
        self, message: Message, query: Query, ranking: Ranking, decision: Decision, thread: following.Thread
    ) -> FollowUp | None:
        """What a short message wants of the last answer; a danger is never a follow-up."""
        if message.choice or decision.name == "crisis":
            return None
        if small_talk(query, ranking.spotted) == "person":
            return FollowUp("wish", "person")
        recent = thread.entry.id if thread.entry else None
        return self._follow_ups.read(query, ranking.spotted, recent)

    def _continued(
        self,
        compose: Composer,
        message: Message,
        language: str,
        decision: Decision,
        followed: FollowUp | None,
        thread: following.Thread,
    ) -> Reply | None:
        """The reply that depends on what was said before; None for a question of its own."""
        if message.choice:
            return self._press_again(compose, message.choice, language, thread)
        if followed is None:
            return None
        if followed.kind == "term" and thread.entry is None and decision.name == "answer":
            term = self.knowledge.glossary[followed.value]
            entry = self.knowledge.entries[decision.entries[0]]
            reply = compose.answer(language, entry, decision.entries, decision.score)
            return replace(reply, blocks=(following.meaning(compose, language, term), *reply.blocks))
        return following.follow(compose, language, followed, thread, decision.entries)

    def _press_again(
        self, compose: Composer, choice: str, language: str, thread: following.Thread
    ) -> Reply | None:
        """The reply to a button that has to do with an answer given before."""
        kind, _, value = choice.partition(":")
        if kind == "person":
            return hand_over(compose, language, thread.entry)
        if kind == "lang" and thread.entry is not None:
            return following.in_language(compose, language, language, thread.entry)
        entry = self.knowledge.public(value)
        return following.press(compose, language, kind, entry) if entry else None

    def _alarm(self, query: Query) -> Alarm | None:
        """The danger a message names, also where it is too long to be read as a question."""
        whole = self.matcher.lexicon.query(query.text, LONGEST) if query.shortened else query
        return self.matcher.crisis.look(whole)

    def _also_asked(self, message: Message, decision: Decision) -> list[Decision]:
        """What the questions of a message get each for itself, where that is a sure answer.

        Only where two of them are sure: then they are several questions, not one told at length.
        """
        if message.choice or decision.name == "crisis":
            return []
        found: dict[str, Decision] = {}
        for part in questions_of(message.text[:MAX_LENGTH]):
            query = self.matcher.lexicon.query(part)
            ranking = self.matcher.ranker.rank(query)
            own = decide(query, ranking, None, self.matcher.ranker.weights)
            if own.name == "answer":
                found.setdefault(own.entries[0], own)
        return list(found.values()) if len(found) > 1 else []

    def _language(self, message: Message, conversation: Conversation, detected: Detected) -> str:
        chosen = message.language or conversation.language
        default = self.knowledge.base.source_language
        if message.choice:
            if message.choice.startswith("lang:"):
                chosen = message.choice.removeprefix("lang:")
            wishes = [tag for tag in (chosen, conversation.spoken) if tag]
            return negotiate(wishes, self.languages) or default
        return reply_language(detected, chosen, self.languages, default)

    def _heard(
        self, before: Conversation, message: Message, query: Query, ranking: Ranking, decision: Decision
    ) -> Conversation:
        """The conversation with what a message says about the person."""
        if message.choice:
            return before
        answered = decision.entries[0] if decision.name == "answer" else None
        said = self.guide.reader.heard(query, ranking.spotted, answered)
        return replace(before, situation=before.situation.say(said)) if said else before

    def _guided(
        self,
        message: Message,
        language: str,
        query: Query,
        ranking: Ranking,
        decision: Decision,
        before: Conversation,
        conversation: Conversation,
    ) -> Guided | None:
        """Reply and conversation when a message belongs to a path or to a question asked."""
        if message.choice:
            return self.guide.press(message.choice, language, conversation)
        if decision.name == "crisis" or small_talk(query, ranking.spotted) is not None:
            return None
        return self.guide.said(query, ranking.spotted, decision, language, before, conversation)

    def _reply(
        self,
        message: Message,
        language: str,
        query: Query,
        ranking: Ranking,
        decision: Decision,
        others: Sequence[Decision],
        conversation: Conversation,
    ) -> Reply:
        if message.choice:
            reply = self._press(message.choice, language, conversation)
            return self.guide.with_way_back(reply, conversation)
        talk = small_talk(query, ranking.spotted) if decision.name != "crisis" else None
        if talk is not None:
            reply = self.guide.talk(language, talk)
            return self.guide.with_way_back(reply, conversation)
        reply = self._decided(language, ranking, decision, conversation)
        if ranking.danger >= PERHAPS_DANGER and decision.name != "crisis":
            worst = self.knowledge.dangers[ranking.likeliest_danger()]
            reply = self.composer.with_choices(reply, worst.entries[:1])
        if others:
            reply = self.composer.with_choices(reply, [other.entries[0] for other in others])
        if decision.name != "crisis":
            reply = self.guide.with_way_back(reply, conversation)
        if query.shortened:
            return replace(reply, blocks=(self.composer.shortened(language), *reply.blocks))
        return reply

    def _decided(
        self, language: str, ranking: Ranking, decision: Decision, conversation: Conversation
    ) -> Reply:
        compose, ranked, score = self.composer, decision.entries, decision.score
        if decision.alarm is not None:
            others = [m.entry for m in ranking.matches[:OFFERED] if m.score >= ALSO_MEANT]
            return compose.crisis(language, decision.alarm.danger, others)
        if decision.name == "answer":
            entry = self.knowledge.entries[ranked[0]]
            first = wanted_block(ranking.spotted)
            return self.guide.answer(language, entry, ranked, score, first, conversation.situation)
        if decision.name == "choose":
            return self.guide.choose(language, ranked, OFFERED, score)
        return compose.fallback(language, ranked, score)

    def _press(self, choice: str, language: str, conversation: Conversation) -> Reply:
        """The reply to a button; an old button that means nothing any more renews the menu."""
        kind, _, value = choice.partition(":")
        entry = self.knowledge.public(value) if kind == "e" else None
        if entry is not None:
            return self.guide.answer(language, entry, (entry.id,), 1.0, "", conversation.situation)
        return self.guide.talk(language, "hello")

    def _after(
        self, before: Conversation, message: Message, reply: Reply, followed: FollowUp | None
    ) -> Conversation:
        chosen = before.language
        if message.choice and message.choice.startswith("lang:"):
            chosen = reply.language
        elif message.language:
            chosen = negotiate([message.language], self.languages) or before.language
        if followed is not None and followed.kind == "language" and followed.value:
            chosen = negotiate([followed.value], self.languages) or chosen
        if reply.entry is None and reply.station is None:
            return replace(before, language=chosen, spoken=reply.language)
        entry = reply.entry or before.entry
        return replace(
            before,
            language=chosen,
            entry=entry,
            answered_at=self.now(),
            previous=before.entry if before.entry != entry else before.previous,
            spoken=reply.language,
        )
