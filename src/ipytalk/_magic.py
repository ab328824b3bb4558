"""``%%talk``: a cell whose text is a message, with the answer below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from ._show import Answer
from ._source import default_source
from .messages import Message, TextPart

USAGE = "%talk_config takes a source, such as: %talk_config Claude(system='Be terse.')"


@magics_class
class TalkMagics(Magics):
    """One conversation across the cells of a notebook."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._source: Callable[..., Any] | None = None
        self._history: tuple[Message, ...] = ()
        self._count = 0

    @cell_magic
    def talk(self, line: str, cell: str) -> None:
        """Say the cell's text; the answer streams below it and settles into Markdown.

        ::

            %%talk
            How do bees talk?

        The conversation goes on across cells, and the cell ends when the answer does; interrupting it stops the answer.
        ``%%talk name`` keeps the reply under that name. ``%talk_config`` says who is asked.
        """
        name, text = line.strip(), cell.strip()
        if name and not name.isidentifier():
            raise UsageError(f"%%talk takes at most a name to keep the reply under, not {name!r}.")
        if not text:
            raise UsageError("There is nothing to send: write a message below %%talk.")
        if self._source is None:
            self._source = default_source()
            if notice := getattr(self._source, "notice", None):
                print(notice)  # noqa: T201  # what settles in the cell doesn't say so
        self._count += 1
        question = Message(id=f"q{self._count}", role="user", parts=(TextPart(text),), status="sent")
        reply = Answer(self._source, (*self._history, question)).begin()
        if name:
            self._user[name] = reply
        try:
            reply.result()
        finally:
            answer = reply.message
            if answer.status == "complete" and not answer.empty:
                self._history = (*self._history, question, answer)

    @line_magic
    def talk_config(self, line: str) -> None:
        """Set who ``%%talk`` asks, by an expression, and begin a new conversation; without one, say who it is.

        ::

            from ipytalk.sources import Claude
            %talk_config Claude(system="Be terse.")
        """
        if line.strip():
            source = eval(line, self._user)  # noqa: S307  # it is the person's own code, as any cell is
            if not callable(source):
                raise UsageError(f"{USAGE}; that is a {type(source).__name__}.")
            self._source, self._history = source, ()
        print(f"%%talk asks {_name(self._source or default_source())}.")  # noqa: T201

    @property
    def _user(self) -> dict[str, Any]:
        assert self.shell is not None  # noqa: S101  # it was given at the start
        return self.shell.user_ns


def _name(source: Any) -> str:
    """Name a source without an address: saved notebooks are compared."""
    if type(source).__module__.startswith("ipytalk."):
        return repr(source)
    return getattr(source, "__name__", type(source).__name__)
