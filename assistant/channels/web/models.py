"""What the API takes and gives, as types: they check requests and make the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from assistant.answers.reply import Reply
from assistant.knowledge.model import Coordinates
from assistant.language.tags import Direction

MAX_TEXT = 2000
"""Characters of a question; matching looks at fewer."""
MAX_STATE = 4000
MAX_CHOICE = 100
Tag = Annotated[str, StringConstraints(max_length=35)]
EntryId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Wrong = Literal["phone", "hours", "address", "other"]


class AskRequest(BaseModel):
    """A message: words, or the id of a pressed choice."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)] = Field("", description="What is asked.")
    choice: Annotated[str, StringConstraints(max_length=MAX_CHOICE)] | None = Field(
        None, description="Id of a choice or tool of the reply before; its button was pressed."
    )
    language: Tag | None = Field(None, description="The language the person chose (BCP 47).")
    conversation: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="Key of the conversation, from the reply before; a new one starts without."
    )
    state: Annotated[str, StringConstraints(max_length=MAX_STATE)] | None = Field(
        None, description="The sealed conversation of the reply before; it survives a restart of the server."
    )
    message: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")] | None = Field(
        None,
        description="A random id of this message. Sent twice, it is answered once, with the same reply.",
    )
    position: Coordinates | None = Field(None, description="Where the person is; not kept.")


class FeedbackRequest(BaseModel):
    """Whether an answer helped, or what is wrong with it: one of the two, and no words."""

    model_config = ConfigDict(extra="forbid", strict=True)

    entry: EntryId
    language: Tag
    helpful: bool | None = None
    wrong: Wrong | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> FeedbackRequest:
        if (self.helpful is None) == (self.wrong is None):
            raise ValueError("say either helpful or wrong")
        return self

    @property
    def what(self) -> str:
        """What is counted: `helpful`, `unhelpful`, or `wrong-` with what is wrong."""
        if self.wrong is not None:
            return f"wrong-{self.wrong}"
        return "helpful" if self.helpful else "unhelpful"


@dataclass(frozen=True, kw_only=True)
class AskReply(Reply):
    """The reply with what belongs to the conversation."""

    conversation: str
    """Key of the conversation, for the next message and for deleting it."""
    state: str
    """The conversation, sealed; to be sent back with the next message."""
    chosen: str | None
    """The language the person chose, also by words ("in Arabic please")."""


@dataclass(frozen=True)
class Texts:
    """The widget's own sentences in a language, with greeting and topics."""

    language: str
    direction: Direction
    texts: dict[str, str]
    greeting: Reply


@dataclass(frozen=True)
class Failure:
    """What went wrong, in a sentence, and the language of the sentence."""

    status: int
    message: str
    language: str


@dataclass(frozen=True)
class Failed:
    """The body of every error."""

    error: Failure


@dataclass(frozen=True)
class Health:
    status: Literal["ok"]
    version: str


@dataclass(frozen=True)
class ServedKnowledge:
    """The knowledge base in use, and why a newer one is not."""

    version: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Readiness:
    status: Literal["ok", "degraded"]
    database: bool
    knowledge: ServedKnowledge
