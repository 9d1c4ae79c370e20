"""The way of one message, from words to reply.

    Message -> Query -> Ranking -> Decision -> Reply

Each step is one function from one frozen value to the next.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.answers.compose import Composer
from assistant.answers.reply import Reply
from assistant.answers.steering import wanted_block
from assistant.dialogue.state import Conversation, Message
from assistant.dialogue.talk import small_talk
from assistant.knowledge.model import Knowledge
from assistant.language.detect import Detected
from assistant.language.reply import reply_language
from assistant.language.tags import negotiate
from assistant.language.translations import Translations
from assistant.matching.decision import OFFERED, Decision, decide
from assistant.matching.matcher import Matcher
from assistant.matching.ranking import Ranking
from assistant.matching.words import Query


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

    def respond(self, message: Message, conversation: Conversation = Conversation()) -> Turn:
        """Answer one message; nothing is awaited, nothing is stored."""
        started = time.perf_counter()
        query = self.matcher.lexicon.query(message.text)
        detected = self.matcher.detector.detect(message.text, message.language)
        language = self._language(message, conversation, detected)
        ranking = self.matcher.ranker.rank(query)
        alarm = self.matcher.crisis.look(query) or self.matcher.crisis.ranked(ranking)
        decision = decide(query, ranking, alarm, self.matcher.ranker.weights)
        reply = self._reply(message, language, query, ranking, decision)
        spent = (time.perf_counter() - started) * 1000
        after = self._after(conversation, message, reply)
        return Turn(reply, after, query, ranking, decision, detected, spent)

    def _language(self, message: Message, conversation: Conversation, detected: Detected) -> str:
        chosen = message.language or conversation.language
        default = self.knowledge.base.source_language
        if message.choice:
            if message.choice.startswith("lang:"):
                chosen = message.choice.removeprefix("lang:")
            return (negotiate([chosen], self.languages) if chosen else None) or default
        return reply_language(detected, chosen, self.languages, default)

    def _reply(
        self, message: Message, language: str, query: Query, ranking: Ranking, decision: Decision
    ) -> Reply:
        if message.choice:
            return self._press(message.choice, language)
        talk = small_talk(query, ranking.spotted) if decision.name != "crisis" else None
        if talk is not None:
            return self.composer.talk(language, talk)
        reply = self._decided(language, ranking, decision)
        if query.shortened:
            return replace(reply, blocks=(self.composer.shortened(language), *reply.blocks))
        return reply

    def _decided(self, language: str, ranking: Ranking, decision: Decision) -> Reply:
        compose, ranked, score = self.composer, decision.entries, decision.score
        if decision.alarm is not None:
            return compose.crisis(language, decision.alarm.danger)
        if decision.name == "answer":
            entry = self.knowledge.entries[ranked[0]]
            return compose.answer(language, entry, ranked, score, wanted_block(ranking.spotted))
        if decision.name == "choose":
            return compose.choose(language, ranked, OFFERED, score)
        return compose.fallback(language, ranked, score)

    def _press(self, choice: str, language: str) -> Reply:
        """The reply to a button; an old button that means nothing any more renews the menu."""
        kind, _, value = choice.partition(":")
        entry = self.knowledge.entries.get(value) if kind == "e" else None
        if entry is not None and entry.is_public():
            return self.composer.answer(language, entry, (entry.id,), 1.0)
        if kind == "person":
            return self.composer.talk(language, "person")
        return self.composer.talk(language, "hello")

    def _after(self, before: Conversation, message: Message, reply: Reply) -> Conversation:
        chosen = before.language
        if message.choice and message.choice.startswith("lang:"):
            chosen = reply.language
        elif message.language:
            chosen = negotiate([message.language], self.languages) or before.language
        if reply.entry is None:
            return replace(before, language=chosen)
        return Conversation(chosen, reply.entry, self.now())
