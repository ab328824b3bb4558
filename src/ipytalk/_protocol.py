"""What crosses the wire between kernel and browser. `js/src/protocol.ts` mirrors it; `tests/protocol/` judges both.

Kernel to browser: each change of the conversation, numbered by ``seq`` (one up each), and snapshots of the whole.
Browser to kernel: commands, each with an ``id``, so that one that comes twice is run once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from .messages import JSON, AttachmentPart, Message, Part

# --- kernel to browser -----------------------------------------------------------------------------------

INLINE = (
    4_000  # characters of an attachment's data that travel with its message; for more, a page asks when it shows it
)


def message_json(message: Message) -> JSON:
    """Give a message as it travels: without the data of large attachments, and its times only once it is over.

    To tell the time to first token as soon as it was known took a message, just when the page drew the first text.
    """
    data = message.to_json()
    data["parts"] = [part_json(part, f"{message.id}/{index}") for index, part in enumerate(message.parts)]
    if not message.done:
        data["timing"] = None
    return data


def part_json(part: Part, ref: str) -> JSON:
    """Give a part as it travels; `ref` is what a page asks for its data by."""
    data = part.to_json()
    return {**data, "data": None, "ref": ref} if isinstance(part, AttachmentPart) and len(part.data) > INLINE else data


@dataclass(frozen=True, slots=True)
class Insert:
    """A message joins the end of the conversation."""

    type: ClassVar[Literal["insert"]] = "insert"
    message: Message

    def to_json(self) -> JSON:
        return {"type": self.type, "message": message_json(self.message)}


@dataclass(frozen=True, slots=True)
class Delta:
    """Text joins the end of a message: its last part if that is of the same kind, else a new one."""

    type: ClassVar[Literal["delta"]] = "delta"
    message: str
    text: str
    part: Literal["text", "thinking"] = "text"

    def to_json(self) -> JSON:
        data: JSON = {"type": self.type, "message": self.message, "text": self.text}
        return data if self.part == "text" else {**data, "part": self.part}


@dataclass(frozen=True, slots=True)
class SetPart:
    """A message's part at an index takes a new value, or joins the end: a tool's call, an attachment."""

    type: ClassVar[Literal["part"]] = "part"
    message: str
    index: int
    part: Part

    def to_json(self) -> JSON:
        part = part_json(self.part, f"{self.message}/{self.index}")
        return {"type": self.type, "message": self.message, "index": self.index, "part": part}


@dataclass(frozen=True, slots=True)
class Update:
    """Fields of a message other than its id, role and parts take new values."""

    type: ClassVar[Literal["update"]] = "update"
    message: str
    changes: JSON

    def to_json(self) -> JSON:
        return {"type": self.type, "message": self.message, "changes": self.changes}


@dataclass(frozen=True, slots=True)
class Remove:
    """Messages leave the conversation."""

    type: ClassVar[Literal["remove"]] = "remove"
    messages: tuple[str, ...]

    def to_json(self) -> JSON:
        return {"type": self.type, "messages": list(self.messages)}


@dataclass(frozen=True, slots=True)
class Branch:
    """Messages go out of view, and others join the end: another version, or what was cleared."""

    type: ClassVar[Literal["branch"]] = "branch"
    gone: tuple[str, ...]
    come: tuple[Message, ...]

    def to_json(self) -> JSON:
        return {"type": self.type, "gone": list(self.gone), "come": [message_json(message) for message in self.come]}


Change: TypeAlias = Insert | Delta | SetPart | Update | Remove | Branch


def snapshot(seq: int, messages: Sequence[Message], notice: str | None, *, undo: bool = False) -> JSON:
    """Everything a new client needs.

    `notice` is a line about the source, such as that it is a demo; `undo` whether what was cleared can be had back.
    """
    data: JSON = {"seq": seq, "messages": [message_json(message) for message in messages], "notice": notice}
    return {**data, "undo": True} if undo else data


# --- browser to kernel -----------------------------------------------------------------------------------


class CommandError(ValueError):
    """A command that can't be run; its text is for the person."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A client is there and has every change up to `seq` (-1: none). Answered by a snapshot if it is behind."""

    seq: int


@dataclass(frozen=True, slots=True)
class Ack:
    """A client has drawn every change up to `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Send:
    """The person's next message. It takes the command's id as its own. `attached` names pictures that were uploaded."""

    text: str
    attached: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """End the running answer, and those that wait for it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Answer anew the message that `message` answered. If it waits for an automatic try: don't wait."""

    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of the person's message `message`, and go on from there."""

    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Bring the version of `message` in view that has this number, from 1."""

    message: str
    version: int


@dataclass(frozen=True, slots=True)
class Clear:
    """Empty the conversation."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Bring back what was cleared."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """Give what the notebook keeps. For a page that was reloaded: JupyterLab lost the display id there."""


@dataclass(frozen=True, slots=True)
class Asset:
    """Give the code of a part of the front end that few answers need. Not in `_esm`: that is sent with each widget."""

    name: str


@dataclass(frozen=True, slots=True)
class Attached:
    """Give the data of an attachment that came without it."""

    ref: str


@dataclass(frozen=True, slots=True)
class Export:
    """Give the conversation as Markdown."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Leave plain Markdown in the place of the widget, for good."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Take a piece of a picture: base64 of the bytes from `offset`, of `size` bytes in all."""

    upload: str
    name: str
    offset: int
    size: int
    data: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Let a tool that asks first run, or not."""

    tool: str
    allow: bool


Command: TypeAlias = (
    Hello
    | Ack
    | Send
    | Stop
    | Retry
    | Edit
    | Clear
    | Transcript
    | Asset
    | Decide
    | Attached
    | Export
    | Freeze
    | Upload
    | Switch
    | Undo
)

_COMMANDS: dict[str, type[Command]] = {
    "hello": Hello,
    "ack": Ack,
    "send": Send,
    "stop": Stop,
    "retry": Retry,
    "edit": Edit,
    "clear": Clear,
    "transcript": Transcript,
    "asset": Asset,
    "decide": Decide,
    "attached": Attached,
    "export": Export,
    "freeze": Freeze,
    "upload": Upload,
    "switch": Switch,
    "undo": Undo,
}


# Whoever sent one of these waits for what is in its reply. Over the comm, that is a message of type "reply".
CALLS = frozenset(("asset", "attached", "export", "freeze", "upload"))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return type(value) is int


_FIELDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("id", "client", "text", "message", "name", "tool", "ref", "upload", "data"), _is_text),
    **dict.fromkeys(("seq", "offset", "size", "version"), _is_number),
    "allow": lambda value: type(value) is bool,
    "attached": lambda value: isinstance(value, list | tuple) and all(map(_is_text, value)),
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A command, its id, and the client that it came from."""

    id: str
    client: str
    command: Command


def read_command(data: Mapping[str, Any]) -> Envelope:
    """Check what a browser sent.

    Raises
    ------
    CommandError
        If it isn't a command: an older or newer front end, or a damaged message.
    """
    kind = _COMMANDS.get(str(data.get("type")))
    if kind is None:
        raise CommandError(
            f"The page asked for {data.get('type')!r}, which this version of ipytalk doesn't know. "
            "Reload the page, so that page and kernel have the same version."
        )
    given: JSON = {"attached": (), **data} if kind is Send else {**data}
    names = tuple(kind.__dataclass_fields__)
    for name in ("id", "client", *names):
        if not _FIELDS[name](given.get(name)):
            raise CommandError(f"The page sent a damaged {data['type']!r}: {name!r} is missing. Reload the page.")
    return Envelope(data["id"], data["client"], kind(**{name: given[name] for name in names}))
