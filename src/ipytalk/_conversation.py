"""The truth about one conversation: its messages and the rules by which they change.

Invariants
----------
- Every change goes through `_emit`, in order, under `lock`; replaying the changes gives the same messages.
- A message that is done changes no more: what a stopped source still says falls on the floor here.
- No clock, no comm, no thread: the time is passed in, in seconds of any one clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ._branches import MessageTree
from ._chunk_times import ChunkTimes
from ._protocol import Branch, Change, Delta, Insert, Remove, SetPart, Update
from ._surrogates import whole
from .events import Accumulator, End, Error, Event, Place, Prepared, Queued, Start, Text, Thinking, part_index
from .messages import JSON, AttachmentPart, Failure, Message, Part, Retry, Status, TextPart, Timing, ToolPart, Usage

SILENT = Failure(
    "empty",
    "The source ended without saying anything. Try again, or look at what it was asked.",
    retryable=True,
)
CUT_OFF = Failure(
    "interrupted",
    "The conversation was saved in the middle of this answer. Try again for the whole.",
    retryable=True,
)
_ONLY = {
    "assistant": "Only an answer can be retried; edit your own message instead.",
    "user": "Only your own messages can be edited; retry an answer instead.",
}


@dataclass
class _Draft:
    """An answer that is being made."""

    accumulator: Accumulator
    started: float
    ttft: float | None = None
    prepare: float | None = None
    chunks: ChunkTimes = field(default_factory=ChunkTimes)
    running: dict[str, float] = field(default_factory=dict[str, float])  # a tool's call -> when it began
    tools: list[tuple[str, float, float]] = field(default_factory=list[tuple[str, float, float]])

    def timing(self, now: float | None = None) -> Timing:
        if now is None:
            return Timing(self.ttft, None, self.prepare)
        total = round(now - self.started, 6)
        return Timing(self.ttft, total, self.prepare, self.chunks, tuple(self.tools))

    def clock(self, call: ToolPart, now: float) -> None:
        """Note when a tool began to run, and when it no longer does."""
        if call.status == "running":
            self.running.setdefault(call.id, round(now - self.started, 6))
        elif (began := self.running.pop(call.id, None)) is not None:
            self.tools.append((call.name, began, round(now - self.started, 6)))


class Conversation:
    """Messages in order, and what may happen to them.

    Parameters
    ----------
    emit
        Called with each change, under `lock`.
    messages
        What the conversation starts with, perhaps with its branches. Answers that were cut off in the middle are closed
        as failed.
    """

    def __init__(self, emit: Callable[[Change], None], messages: Sequence[Message] = ()) -> None:
        self.lock = threading.RLock()
        self._emit = emit
        self._tree = messages if isinstance(messages, MessageTree) else MessageTree(messages)
        for id_ in self._tree.ids:
            self._tree.put(_closed(self._tree.get(id_)))
        self._cleared: MessageTree | None = None
        self._drafts: dict[str, _Draft] = {}
        self._count = 0

    # --- reading ---

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages of the branch in view as they are now, the growing answer included."""
        with self.lock:
            return tuple(self.message(id_) for id_ in self._tree.path)

    def message(self, id_: str) -> Message:
        """One message as it is now, in view or not; raises ``KeyError`` if it was removed."""
        with self.lock:
            draft = self._drafts.get(id_)
            message = draft.accumulator.message if draft else self._tree.get(id_)
            versions = self._tree.versions(id_)
            if len(versions) == 1:
                return message
            return replace(message, version=versions.index(id_) + 1, versions=len(versions))

    def versions(self, id_: str) -> tuple[Message, ...]:
        """A message and its other versions, in the order they were made."""
        with self.lock:
            return tuple(self.message(version) for version in self._tree.versions(id_))

    def to_json(self) -> JSON:
        """Give all branches as plain JSON, which `MessageTree` reads."""
        with self.lock:
            for draft in self._drafts.values():
                self._tree.put(draft.accumulator.message)
            return self._tree.to_json()

    @property
    def can_undo(self) -> bool:
        """Whether it was cleared, and nothing was said since."""
        return self._cleared is not None

    def attachment(self, ref: str) -> AttachmentPart:
        """Give the attachment that went to a page as `ref`; raises ``LookupError`` if it was removed."""
        id_, _, index = ref.rpartition("/")
        part = self.message(id_).parts[int(index)] if index.isdecimal() else None
        if not isinstance(part, AttachmentPart):
            raise KeyError(ref)
        return part

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Ids of the answers that are pending or streaming, in order: the first runs, the others wait."""
        with self.lock:
            return tuple(id_ for id_ in self._tree.path if not self.message(id_).done)

    def history(self, answer: str) -> tuple[Message, ...]:
        """Give what the model sees for `answer`: the finished messages before it, none of them empty."""
        before: list[Message] = []
        for message in self.messages:
            if message.id == answer:
                break
            if message.status in ("sent", "complete") and not message.empty:
                before.append(message)
        return tuple(before)

    # --- what the person does ---

    def ask(self, parts: tuple[Part, ...], id_: str | None = None) -> str:
        """Add the person's message and a pending answer; returns the answer's id."""
        with self.lock:
            asked = id_ or self._new_id()
            self._insert(Message(id=asked, role="user", parts=whole(parts), status="sent"))
            return self.expect()

    def expect(self) -> str:
        """Add a pending answer; returns its id."""
        with self.lock:
            answer = Message(id=self._new_id(), role="assistant", status="pending")
            self._insert(answer)
            return answer.id

    def stop(self, id_: str, now: float) -> None:
        """End an answer by the person's choice. Its text stays; it is complete, not failed."""
        self._finish(id_, now, "complete", stop_reason="stopped")

    def replaceable(self, id_: str, role: str) -> Message:
        """Give a message in view; raises ``KeyError`` if it isn't there, ``ValueError`` if it is of another role."""
        with self.lock:
            if id_ not in self._tree.path:
                raise KeyError(id_)
            message = self.message(id_)
            if message.role != role:
                raise ValueError(_ONLY[role])
            return message

    def retry(self, id_: str) -> str:
        """Expect another version of the answer `id_`; returns the new one's id."""
        with self.lock:
            self.replaceable(id_, "assistant")
            self._fork(id_)
            return self.expect()

    def edit(self, id_: str, text: str) -> str:
        """Say `text` as another version of the person's message `id_`, attachments and all; expect an answer."""
        with self.lock:
            message = self.replaceable(id_, "user")
            self._fork(id_)
            attached = tuple(part for part in message.parts if not isinstance(part, TextPart))
            return self.ask((*attached, TextPart(text)))

    def switch(self, id_: str, version: int) -> None:
        """Bring another version of a message in view, and what stood below it."""
        with self.lock:
            if self.unfinished:
                raise ValueError("An answer is being made. Stop it, or wait for its end; then look at another version.")
            count = len(self._tree.versions(id_))
            if not 1 <= version <= count:
                raise ValueError(f"There is no version {version} of that message: they count from 1 to {count}.")
            if id_ not in self._tree.path:
                raise KeyError(id_)
            gone, come = self._tree.switch(id_, version)
            if gone != come:
                self._emit(Branch(gone, tuple(map(self.message, come))))

    def clear(self) -> None:
        """Remove every message, with all branches, until `undo`."""
        with self.lock:
            if path := self._tree.path:
                self._drafts.clear()
                self._cleared, self._tree = self._tree, MessageTree()
                self._emit(Remove(path))

    def undo(self) -> None:
        """Bring back what `clear` removed, if nothing was said since."""
        with self.lock:
            if self._cleared is None:
                raise ValueError("There is nothing to undo: nothing was cleared, or something was said since.")
            self._tree, self._cleared = self._cleared, None
            self._emit(Branch((), self.messages))

    # --- what the source does ---

    def start(self, id_: str, now: float) -> bool:
        """Begin an answer: its times count from here. False if it was stopped or removed before: don't ask for it."""
        with self.lock:
            if not self._tree.has(id_) or self._tree.get(id_).done:
                return False
            self._drafts[id_] = _Draft(Accumulator(self._tree.get(id_)), now)
            return True

    def receive(self, id_: str, event: Event, now: float) -> bool:
        """Fold the source's next event into the answer. False once the answer is done: stop reading."""
        with self.lock:
            draft = self._drafts.get(id_)
            if draft is None:
                return False
            match event:
                case Text(text) | Thinking(text):
                    if text:
                        self._grow(draft, id_, event, now)
                case Error(failure):
                    self.fail(id_, failure, now)
                    return False
                case Place(part):
                    self._place(draft, id_, part, now)
                case Prepared(seconds):
                    draft.prepare = round(seconds, 6)
                case Queued() | Start() | End():
                    self._learn(draft, id_, event)
            return True

    def wait(self, id_: str, retry: Retry | None) -> None:
        """Show that an automatic try is being waited for, or that it begins."""
        with self.lock:
            if draft := self._drafts.get(id_):
                draft.accumulator.replace(retry=retry, queue=None)
                self._emit(Update(id_, {"retry": retry and retry.to_json(), "queue": None}))

    def complete(self, id_: str, now: float) -> None:
        """The source's iterator ended. An answer without a word and without a reason is a failure."""
        with self.lock:
            if (draft := self._drafts.get(id_)) is None:
                return
            message = draft.accumulator.message
            if not message.parts and message.stop_reason is None:
                self.fail(id_, SILENT, now)
            else:
                self._finish(id_, now, "complete", stop_reason=message.stop_reason or "end_turn")

    def fail(self, id_: str, failure: Failure, now: float) -> None:
        """End an answer by a failure. What it said so far stays."""
        self._finish(id_, now, "error", error=failure)

    # --- inside ---

    def _new_id(self) -> str:
        """Never one that was used before: a source that ignores its end must not be heard in another answer."""
        while True:
            self._count += 1
            id_ = f"m{self._count}"
            if not self._tree.has(id_) and not (self._cleared and self._cleared.has(id_)):
                return id_

    def _insert(self, message: Message) -> None:
        self._tree.add(message)
        self._cleared = None
        self._emit(Insert(self.message(message.id)))

    def _fork(self, first: str) -> None:
        """Take `first` and what stands below it out of view: what is said next is another version of it."""
        gone = self._tree.fork(first)
        for id_ in reversed(gone):
            draft = self._drafts.pop(id_, None)
            message = draft.accumulator.message if draft else self._tree.get(id_)
            self._tree.put(_closed(message))
            # An answer that said nothing is no version that anyone wants back.
            if not message.parts and self._tree.is_last(id_):
                self._tree.drop(id_)
        self._emit(Remove(gone))

    def _learn(self, draft: _Draft, id_: str, event: Queued | Start | End) -> None:
        """Take what the provider says about the answer, and tell what is new in it."""
        before = draft.accumulator.head
        draft.accumulator.add(event)
        after = draft.accumulator.head
        news: JSON = {}
        if after.model != before.model:
            news["model"] = after.model
        if after.stop_reason != before.stop_reason:
            news["stop_reason"] = after.stop_reason
        if after.usage != before.usage:
            news["usage"] = after.usage and after.usage.to_json()
        if after.queue != before.queue:
            news["queue"] = after.queue and after.queue.to_json()
        if news:
            self._emit(Update(id_, news))

    def _grow(self, draft: _Draft, id_: str, event: Text | Thinking, now: float) -> None:
        draft.accumulator.add(event)
        at = now - draft.started
        draft.chunks.add(at, len(event.text))
        self._emit(Delta(id_, event.text, event.type))
        if draft.ttft is None:
            draft.ttft = round(at, 6)
            draft.accumulator.replace(timing=draft.timing())

    def _place(self, draft: _Draft, id_: str, part: Part, now: float) -> None:
        if isinstance(part, ToolPart):
            draft.clock(part, now)
        index = part_index(draft.accumulator.message.parts, part)
        draft.accumulator.add(Place(part))
        self._emit(SetPart(id_, index, part))

    def _finish(self, id_: str, now: float, status: Status, **changes: Any) -> None:
        """Give an answer its last values, and tell them."""
        with self.lock:
            draft = self._drafts.pop(id_, None)
            if draft is None:
                if not self._tree.has(id_) or self._tree.get(id_).done:
                    return
                draft = _Draft(Accumulator(self._tree.get(id_)), now)  # stopped while it waited its turn
            for part in draft.accumulator.message.parts:
                if isinstance(part, ToolPart) and part.status in ("asking", "running"):
                    self._place(draft, id_, replace(part, status="stopped"), now)
            timing = draft.timing(now)
            if changes.get("stop_reason") == "stopped" and (usage := draft.accumulator.message.usage):
                # An answer that was stopped early never heard its real count.
                changes["usage"] = Usage(usage.input_tokens, None, usage.cached_tokens, usage.cache_write_tokens)
            draft.accumulator.replace(status=status, timing=timing, retry=None, queue=None, **changes)
            self._tree.put(draft.accumulator.message)
            whole = draft.accumulator.message.to_json()
            names = ("status", "model", "stop_reason", "usage", "timing", "error", "retry", "queue", "note")
            self._emit(Update(id_, {name: whole[name] for name in names if name in whole}))


def _closed(message: Message) -> Message:
    """Close an answer that nobody makes any more."""
    if message.done:
        return message
    parts = tuple(
        replace(part, status="stopped") if isinstance(part, ToolPart) and part.status in ("asking", "running") else part
        for part in message.parts
    )
    return replace(message, parts=parts, status="error", error=CUT_OFF, retry=None, queue=None)
