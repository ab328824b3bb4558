"""What a source tells, one thing at a time, and how it adds up to a message.

A chunk of any SDK becomes one of these events at the door, so nothing downstream knows which provider it was.
The JSON of each event is the one that a streaming HTTP back end sends as ``data:`` lines, and that recordings keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, TypeAlias

from ._seconds import read_seconds
from .messages import (
    JSON,
    Failure,
    Message,
    Part,
    Queue,
    Status,
    TextPart,
    ThinkingPart,
    Timing,
    ToolPart,
    Usage,
    part_from_json,
)


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits for a place; each next event of this kind has its new position, any other ends the wait."""

    type: ClassVar[Literal["queued"]] = "queued"
    queue: Queue

    def to_json(self) -> JSON:
        return {"type": self.type, **self.queue.to_json()}


@dataclass(frozen=True, slots=True)
class Start:
    """The provider took the request."""

    type: ClassVar[Literal["stream_start"]] = "stream_start"
    model: str | None = None

    def to_json(self) -> JSON:
        return {"type": self.type, "model": self.model}


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer."""

    type: ClassVar[Literal["text"]] = "text"
    text: str

    def to_json(self) -> JSON:
        return {"type": self.type, "text": self.text}


@dataclass(frozen=True, slots=True)
class Thinking:
    """The next piece of the model's reasoning."""

    type: ClassVar[Literal["thinking"]] = "thinking"
    text: str

    def to_json(self) -> JSON:
        return {"type": self.type, "text": self.text}


@dataclass(frozen=True, slots=True)
class Place:
    """A part that comes whole: a tool's call, whose later states take its place, or an attachment."""

    type: ClassVar[Literal["part"]] = "part"
    part: Part

    def to_json(self) -> JSON:
        return {"type": self.type, "part": self.part.to_json()}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was done before the model was asked is done."""

    type: ClassVar[Literal["prepared"]] = "prepared"
    seconds: float

    def to_json(self) -> JSON:
        return {"type": self.type, "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class End:
    """What the provider said of the whole answer.

    It may come in pieces (usage first, the stop reason later); the last value of each stands. The answer is over
    when the iterator ends, and not before.
    """

    type: ClassVar[Literal["stream_end"]] = "stream_end"
    stop_reason: str | None = None
    usage: Usage = field(default_factory=Usage)

    def to_json(self) -> JSON:
        return {"type": self.type, "stop_reason": self.stop_reason, "usage": self.usage.to_json()}


@dataclass(frozen=True, slots=True)
class Error:
    """The answer failed. What came before it stays."""

    type: ClassVar[Literal["error"]] = "error"
    failure: Failure

    def to_json(self) -> JSON:
        return {
            "type": self.type,
            "code": self.failure.kind,
            "message": self.failure.message,
            "retryable": self.failure.retryable,
            "retry_after_seconds": self.failure.retry_after,
        }


Event: TypeAlias = Queued | Start | Text | Thinking | Place | Prepared | End | Error
EVENT_TYPES = (Queued, Start, Text, Thinking, Place, Prepared, End, Error)


def event_from_json(data: Mapping[str, Any]) -> Event | None:  # noqa: PLR0911  # one for each type
    """Read an event. None for a type that this version doesn't know, which a reader passes over."""
    match data.get("type"):
        case "queued":
            position, wait = data.get("position"), read_seconds(data.get("estimated_wait_seconds"))
            return Queued(Queue(position, wait)) if isinstance(position, int) else None
        case "stream_start":
            return Start(_word(data.get("model")))
        case "text":
            return Text(str(data.get("text") or ""))
        case "thinking":
            return Thinking(str(data.get("text") or ""))
        case "part":
            return _place(data.get("part"))
        case "prepared":
            return Prepared(float(data["seconds"]))
        case "stream_end":
            return End(_word(data.get("stop_reason")), Usage.from_json(data.get("usage") or {}))
        case "error":
            code = str(data.get("code") or "source")
            return Error(
                Failure(
                    kind=_STATUSES.get(code, code),
                    message=str(data.get("message") or "The source reported an error and gave no reason. Try again."),
                    retryable=bool(data.get("retryable")),
                    retry_after=read_seconds(data.get("retry_after_seconds")),
                )
            )
        case _:
            return None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _place(part: Any) -> Place | None:
    try:
        return Place(part_from_json(part))
    except (ValueError, TypeError, AttributeError, KeyError):  # of a newer version, or none
        return None


# A back end may give an HTTP status for its code.
_STATUSES = {
    "401": "auth",
    "403": "permission",
    "408": "timeout",
    "429": "rate_limit",
    "500": "server",
    "502": "server",
    "503": "overloaded",
    "504": "timeout",
    "529": "overloaded",
}


def accumulate(message: Message, event: Event) -> Message:  # noqa: PLR0911  # one for each type
    """Fold `event` into `message`. Pure: it touches no clock and no comm."""
    match event:
        case Queued(queue):
            return replace(message, queue=queue)
        case Start(model):
            return replace(message, model=model or message.model, queue=None)
        case Text(text):
            return replace(message, parts=_appended(message.parts, TextPart, text), **_STREAMING)
        case Thinking(text):
            return replace(message, parts=_appended(message.parts, ThinkingPart, text), **_STREAMING)
        case Place(part):
            place = part_index(message.parts, part)
            return replace(message, parts=(*message.parts[:place], part, *message.parts[place + 1 :]), **_STREAMING)
        case Prepared(seconds):
            return replace(message, timing=replace(message.timing or Timing(), prepare=seconds))
        case End(stop_reason, usage):
            merged = (message.usage or Usage()).merged(usage)
            return replace(
                message,
                stop_reason=stop_reason or message.stop_reason,
                usage=merged if merged != Usage() else message.usage,
            )
        case Error(failure):
            status: Status = "error"
            return replace(message, status=status, error=failure, retry=None, queue=None)


_STREAMING: dict[str, Any] = {"status": "streaming", "retry": None, "queue": None}


def part_index(parts: tuple[Part, ...], part: Part) -> int:
    """Where `part` goes: in the place of the same call's earlier state, else at the end."""
    if isinstance(part, ToolPart):
        for place, each in enumerate(parts):
            if isinstance(each, ToolPart) and each.id == part.id:
                return place
    return len(parts)


def _appended(parts: tuple[Part, ...], kind: type[TextPart | ThinkingPart], text: str) -> tuple[Part, ...]:
    if parts and isinstance(last := parts[-1], kind):
        return (*parts[:-1], kind(last.text + text))
    return (*parts, kind(text))


class Accumulator:
    """The message that a stream has made so far.

    A frozen message would copy its whole text at each token, so pieces of text are kept apart until someone reads
    `message`: adding n tokens costs O(n), whatever their number.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        self._pieces: list[str] = []
        self._kind: type[Text | Thinking] = Text

    def add(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, Start | End):
            # They leave the text alone, and some providers count at each token: no reason to fold it.
            self._message = accumulate(self._message, event)
            return
        if not isinstance(event, Text | Thinking):
            self._message = accumulate(self.message, event)
            return
        if type(event) is not self._kind:
            self._fold()
            self._kind = type(event)
        self._pieces.append(event.text)

    def replace(self, **changes: Any) -> None:
        """Set fields that no event carries, such as the timing."""
        self._message = replace(self.message, **changes)

    @property
    def head(self) -> Message:
        """The message, perhaps without its last text: for whoever asks for something else of it."""
        return self._message

    @property
    def message(self) -> Message:
        """All that was added, as one message."""
        self._fold()
        return self._message

    def _fold(self) -> None:
        if self._pieces:
            self._message = accumulate(self._message, self._kind("".join(self._pieces)))
            self._pieces.clear()
