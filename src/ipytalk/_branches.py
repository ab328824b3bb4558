"""A conversation's messages as a tree: versions of a message side by side, and a path through them that is in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from .messages import JSON, Message


class MessageTree(Sequence[Message]):
    """Every message with its versions. As a sequence it is the branch in view.

    Versions are messages with the same one before them. Each remembers which of its followers was in view last, so
    that what stands below a version comes back with it.
    """

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._messages: dict[str, Message] = {}
        self._before: dict[str, str | None] = {}
        self._versions: dict[str | None, list[str]] = {}
        self._seen: dict[str | None, str] = {}
        self._path: list[str] = []
        for message in messages:
            self.add(message)

    # --- the branch in view ---

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the messages in view, in order."""
        return tuple(self._path)

    def __len__(self) -> int:
        return len(self._path)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Message]: ...
    def __getitem__(self, index: int | slice) -> Message | Sequence[Message]:
        if isinstance(index, slice):
            return [self._messages[id_] for id_ in self._path[index]]
        return self._messages[self._path[index]]

    def __iter__(self) -> Iterator[Message]:
        return (self._messages[id_] for id_ in self._path)

    # --- every message ---

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all messages, in the order they were made."""
        return tuple(self._messages)

    def has(self, id_: str) -> bool:
        """Whether there is a message of this id, in view or not."""
        return id_ in self._messages

    def get(self, id_: str) -> Message:
        """A message, in view or not; raises ``KeyError`` if there is none."""
        return self._messages[id_]

    def put(self, message: Message) -> None:
        """Replace the message of the same id."""
        self._messages[message.id] = message

    def versions(self, id_: str) -> tuple[str, ...]:
        """The ids of a message's versions in the order they were made, itself included."""
        return tuple(self._versions[self._before[id_]])

    # --- what changes ---

    def add(self, message: Message) -> None:
        """Put a message at the end of the branch in view."""
        self._place(message, self._path[-1] if self._path else None)
        self._path.append(message.id)

    def fork(self, id_: str) -> tuple[str, ...]:
        """Take a message in view, and all below it, out of view; what is added next is another version of it.

        Returns what was taken; raises ``KeyError`` if the message is not in view.
        """
        if id_ not in self._path:
            raise KeyError(id_)
        at = self._path.index(id_)
        gone = tuple(self._path[at:])
        del self._path[at:]
        return gone

    def drop(self, id_: str) -> None:
        """Forget a message that is out of view and has nothing below it."""
        before = self._before.pop(id_)
        del self._messages[id_]
        self._versions[before].remove(id_)
        if self._seen.get(before) == id_:
            del self._seen[before]

    def is_last(self, id_: str) -> bool:
        """Whether nothing stands below a message."""
        return not self._versions.get(id_)

    def switch(self, id_: str, version: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring another version of a message in view, counted from 1, with what was last seen below it.

        Returns the ids that went out of view, and those that came.
        """
        chosen = self.versions(id_)[version - 1]
        gone = self.fork(id_)
        start = len(self._path)
        self._follow(chosen)
        return gone, tuple(self._path[start:])

    # --- as JSON ---

    def to_json(self) -> JSON:
        """Give the branch in view, and, where there is more, what makes the whole tree."""
        data: JSON = {"messages": [message.to_json() for message in self]}
        shown = set(self._path)
        hidden = [message for id_, message in self._messages.items() if id_ not in shown]
        if hidden:
            data["branches"] = {
                "messages": [message.to_json() for message in hidden],
                "after": [[id_, before] for id_, before in self._before.items()],
                "seen": list(self._seen.values()),
            }
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MessageTree:
        """Read what `to_json` wrote; raises ``KeyError`` or ``ValueError`` if it is something else."""
        messages = [Message.from_json(message) for message in data["messages"]]
        branches = data.get("branches")
        if not branches:
            return cls(messages)
        tree = cls()
        every = {message.id: message for message in messages}
        every |= {message.id: message for message in map(Message.from_json, branches["messages"])}
        for id_, before in branches["after"]:
            if before is not None and before not in tree._messages:
                raise ValueError(f"message {id_!r} follows one that is not there")
            tree._place(every[id_], before)
        for id_ in branches["seen"]:
            tree._seen[tree._before[id_]] = id_
        if messages:
            tree._follow(messages[0].id)
        return tree

    # --- inside ---

    def _place(self, message: Message, before: str | None) -> None:
        if message.id in self._messages:
            raise ValueError(f"a message {message.id!r} is already there")
        self._messages[message.id] = message
        self._before[message.id] = before
        self._versions.setdefault(before, []).append(message.id)
        self._seen[before] = message.id

    def _follow(self, id_: str | None) -> None:
        """Put a message at the end of the path, and what was last seen below it."""
        while id_ is not None:
            self._seen[self._before[id_]] = id_
            self._path.append(id_)
            id_ = self._seen.get(id_)
