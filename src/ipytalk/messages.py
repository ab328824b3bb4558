"""What a conversation is made of: plain frozen data that goes to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, TypeAlias

from ._endings import note_of
from ._usage import Usage as Usage  # noqa: PLC0414  # it is this module's for all others

Role: TypeAlias = Literal["user", "assistant"]
Status: TypeAlias = Literal["sent", "pending", "streaming", "complete", "error"]
JSON: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextPart:
    """Markdown source, as the person or the model wrote it."""

    type: ClassVar[Literal["text"]] = "text"
    text: str = ""

    def to_json(self) -> JSON:
        return {"type": self.type, "text": self.text}


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    """A model's reasoning, which is shown folded and never counts as the answer's text."""

    type: ClassVar[Literal["thinking"]] = "thinking"
    text: str = ""

    def to_json(self) -> JSON:
        return {"type": self.type, "text": self.text}


@dataclass(frozen=True, slots=True)
class ToolPart:
    """A call of a tool, and what came of it.

    Attributes
    ----------
    id, name, input
        The provider's id of the call, the tool's name, and its arguments.
    status
        ``called`` (and run elsewhere), ``asking`` (the person is asked), ``running``, ``done``, ``failed``, ``denied``
        or ``stopped``.
    output
        What the model was told of the result, as text; None before it.
    """

    type: ClassVar[Literal["tool"]] = "tool"
    id: str
    name: str
    input: JSON = field(default_factory=dict)
    status: ToolStatus = "called"
    output: str | None = None

    def to_json(self) -> JSON:
        return {"type": self.type} | {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class AttachmentPart:
    """A picture, a document or data, from the person or from a tool.

    Attributes
    ----------
    name
        What it is called, such as ``"df"`` or ``"plan.pdf"``.
    media_type
        ``text/...`` for data as text, ``image/...`` for a picture, ``application/pdf`` for a document.
    data
        The text itself, or bytes in base64.
    """

    type: ClassVar[Literal["attachment"]] = "attachment"
    name: str
    media_type: str
    data: str

    @property
    def is_text(self) -> bool:
        """Whether `data` is the text itself."""
        return self.media_type.startswith("text/")

    def to_json(self) -> JSON:
        return {"type": self.type} | {f.name: getattr(self, f.name) for f in fields(self)}


ToolStatus: TypeAlias = Literal["called", "asking", "running", "done", "failed", "denied", "stopped"]
Part: TypeAlias = TextPart | ThinkingPart | ToolPart | AttachmentPart


def part_from_json(data: Mapping[str, Any]) -> Part:
    """Read a part; raises ``ValueError`` on a type that this version doesn't know."""
    match data.get("type"):
        case "text":
            return TextPart(data["text"])
        case "thinking":
            return ThinkingPart(data["text"])
        case "tool":
            return _read(ToolPart, data)
        case "attachment":
            return _read(AttachmentPart, data)
        case other:
            raise ValueError(f"a message part of type {other!r} is not known to this version of ipytalk")


@dataclass(frozen=True, slots=True)
class Timing:
    """When an answer's parts came, in seconds since its request, on the kernel's monotonic clock.

    Attributes
    ----------
    ttft
        Time to first token: the first text or reasoning. None before it.
    total
        The whole answer. None while it streams.
    prepare
        What was done before the model was asked. It is a part of `ttft`. None if nothing was.
    chunks
        Time and length in characters of each chunk that the source gave. Stays in the kernel.
    tools
        Name, begin and end of each tool that ran. Stays in the kernel.

    Examples
    --------
    >>> timing = Timing(ttft=0.3, total=1.0, chunks=((0.3, 12), (0.4, 9)))
    >>> axes = timing.plot()  # needs matplotlib: pip install "ipytalk[plot]"
    """

    ttft: float | None = None
    total: float | None = None
    prepare: float | None = None
    chunks: Sequence[tuple[float, int]] = field(default=(), compare=False, repr=False)
    tools: tuple[tuple[str, float, float], ...] = field(default=(), compare=False, repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw the answer's life: the wait, the first token, the text as it grew, its gaps, and what tools ran when.

        Parameters
        ----------
        ax
            Axes of matplotlib to draw on; by default those of a new figure.

        Returns
        -------
        Axes
            To change as you like.

        Raises
        ------
        ImportError
            If matplotlib isn't installed.
        """
        from ._timing_plot import plot  # noqa: PLC0415  # this module is plain data

        return plot(self, ax)

    def to_json(self) -> JSON:
        times = {"ttft": self.ttft, "total": self.total}
        return times if self.prepare is None else {**times, "prepare": self.prepare}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an answer ended early, in words for the person who waits.

    Attributes
    ----------
    kind
        A stable word for code to branch on, such as ``"rate_limit"`` or ``"timeout"``.
    message
        What happened and what to do about it. Never empty, never a traceback.
    retryable
        Whether the same request may succeed later.
    retry_after
        Seconds that the provider asked to wait, or None.
    """

    kind: str
    message: str
    retryable: bool = False
    retry_after: float | None = None

    def to_json(self) -> JSON:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Retry:
    """An automatic try that is being waited for.

    Attributes
    ----------
    failure
        What went wrong with the last try.
    seconds
        How long to wait, counted from when this was sent.
    attempt, retries
        Which of how many automatic tries comes next, from 1.
    """

    failure: Failure
    seconds: float
    attempt: int
    retries: int

    def to_json(self) -> JSON:
        return {
            "failure": self.failure.to_json(),
            "seconds": round(self.seconds, 1),
            "attempt": self.attempt,
            "retries": self.retries,
        }


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a request stands that waits for a place at a busy back end.

    Attributes
    ----------
    position
        1 is next.
    estimated_wait_seconds
        As the back end guesses, counted from when this was sent; None if it doesn't.
    """

    position: int
    estimated_wait_seconds: float | None = None

    def to_json(self) -> JSON:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation.

    Attributes
    ----------
    id
        Unique within its conversation.
    role
        ``"user"`` or ``"assistant"``.
    parts
        What it says, in order: text, a model's reasoning, calls of tools, attachments.
    status
        ``sent`` (a user's), then ``pending``, ``streaming``, ``complete`` or ``error`` (an assistant's).
    model
        The model that answered, in the provider's words.
    stop_reason
        Why a complete answer ended: ``"end_turn"``, ``"max_tokens"``, ``"stopped"`` (by the person), ...
    usage, timing, error, retry, queue
        Tokens, times, the failure of an answer whose status is ``error``, and the retry or the place it waits for.
    """

    id: str
    role: Role
    parts: tuple[Part, ...] = ()
    status: Status
    model: str | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    timing: Timing | None = None
    error: Failure | None = None
    retry: Retry | None = None
    queue: Queue | None = None
    version: int = 1
    versions: int = 1

    @property
    def text(self) -> str:
        """The Markdown source, without reasoning."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def empty(self) -> bool:
        """Whether it says nothing that a model could be told."""
        return not self.text and not any(isinstance(part, ToolPart | AttachmentPart) for part in self.parts)

    @property
    def note(self) -> str | None:
        """A sentence on how a complete answer ended, where there is something to say: early, or without a word."""
        if self.status != "complete":
            return None
        said = self.text.strip() or any(isinstance(part, AttachmentPart) for part in self.parts)
        return note_of(self.stop_reason, said=bool(said))

    @property
    def done(self) -> bool:
        """Whether it will change no more by itself."""
        return self.status not in ("pending", "streaming")

    def to_json(self) -> JSON:
        """Give plain JSON, as the wire and `Chat.save` write it: its note if it has one, its version if it has more."""
        data: JSON = {
            "id": self.id,
            "role": self.role,
            "parts": [part.to_json() for part in self.parts],
            "status": self.status,
            "model": self.model,
            "stop_reason": self.stop_reason,
            "usage": self.usage and self.usage.to_json(),
            "timing": self.timing and self.timing.to_json(),
            "error": self.error and self.error.to_json(),
            "retry": self.retry and self.retry.to_json(),
            "queue": self.queue and self.queue.to_json(),
        }
        if self.note:
            data["note"] = self.note
        return data if self.versions == 1 else {**data, "version": self.version, "versions": self.versions}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Message:
        """Read what `to_json` wrote; unknown fields are passed over, so that newer files can be read."""
        retry = data.get("retry")
        return cls(
            id=data["id"],
            role=data["role"],
            parts=tuple(part_from_json(part) for part in data["parts"]),
            status=data["status"],
            model=data.get("model"),
            stop_reason=data.get("stop_reason"),
            usage=None if data.get("usage") is None else Usage.from_json(data["usage"]),
            timing=_read(Timing, data.get("timing")),
            error=_read(Failure, data.get("error")),
            retry=retry and Retry(**{**retry, "failure": _read(Failure, retry["failure"])}),
            version=data.get("version", 1),
            versions=data.get("versions", 1),
            queue=_read(Queue, data.get("queue")),
        )


def _read(kind: Any, data: Mapping[str, Any] | None) -> Any:
    """Make `kind` from the fields of it that `data` has."""
    if data is None:
        return None
    names = {f.name for f in fields(kind)}
    return kind(**{name: value for name, value in data.items() if name in names})
