"""One answer in a cell: no composer, and plain Markdown in the end."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from ._cell import put
from ._chat import LINGER, Chat
from ._engine import get_engine
from ._reply import Reply
from ._streams import call, is_stream
from ._transcript import answer_markdown
from ._turns import Job
from ._wire import Watched, WirePanel
from .messages import JSON, Message, TextPart


def show(
    stream: Any,
    prompt: str | None = None,
    *,
    keep: str = "markdown",
    wire: bool = False,
    idle_timeout: float = 60.0,
) -> Reply:
    """Draw a stream in this cell as it comes.

    Parameters
    ----------
    stream
        Any iterator of strings or of a known SDK's chunks, plain or async; a context manager or an awaitable that
        gives one; or a source, which is called with `prompt`.
    prompt
        What to ask a source.
    keep
        What the cell holds in the end: ``"markdown"``, which every viewer draws with no kernel, or ``"widget"``.
    wire
        Also show a table of what came over the wire, below the answer: when, how much, raw and decoded. It is
        refreshed ten times a second at most, and stays in the saved notebook.
    idle_timeout
        Seconds without content after which the answer fails.

    Returns
    -------
    Reply
        Await it, or call its ``result()``, which can't wait for an async stream of your own loop; or do neither, and
        the answer streams on while you work.

    Notes
    -----
    An async stream that you made belongs to your loop and is read there, so it stands still, and can't be stopped,
    while a cell blocks that loop. A plain iterator and a source are read in the background and have no such limit.

    Examples
    --------
    >>> from ipytalk import show
    >>> show(["Hello ", "*there*"]).result().text
    'Hello *there*'
    """
    if keep not in ("markdown", "widget"):
        raise ValueError(f'keep is "markdown" or "widget", not {keep!r}')
    if prompt is None and not is_stream(stream) and callable(stream):
        raise TypeError("show() got a source but nothing to ask it: show(source, 'your question').")
    if prompt is None and not is_stream(stream):
        raise TypeError(
            f"show() can't draw a {type(stream).__name__}. Give it an iterator of strings or of an SDK's chunks."
        )
    panel = WirePanel() if wire else None
    settles = keep == "markdown"
    if prompt is None:
        return Answer(_Once(stream), settles=settles, wire=panel, idle_timeout=idle_timeout).begin()
    question = Message(id="prompt", role="user", parts=(TextPart(prompt),), status="sent")
    return Answer(stream, (question,), settles=settles, wire=panel, idle_timeout=idle_timeout).begin()


class Answer(Chat):
    """A chat of one answer.

    Parameters
    ----------
    source
        Who is asked, or a stream as one.
    asked
        What a source is asked: the messages so far.
    settles
        Whether the cell holds plain Markdown in the end.
    wire
        Shows what comes over the wire.
    idle_timeout
        As in `Chat`.
    """

    def __init__(
        self,
        source: Any,
        asked: Sequence[Message] = (),
        *,
        settles: bool = True,
        wire: WirePanel | None = None,
        idle_timeout: float = 60.0,
    ) -> None:
        once = isinstance(source, _Once)
        asking = source if once else _Asked(source, asked)
        super().__init__(
            Watched(asking, wire) if wire else asking,
            retries=0 if once else 2,  # a stream can be read once, so only a source is tried again
            idle_timeout=idle_timeout,
            composer=False,
        )
        self._settles = settles
        self._wire = wire
        self._shown_as: str | None = None  # the display id of what will settle
        self._settled: JSON | None = None
        self._on_own_loop = isinstance(source, _Once) and _is_async(source.stream)
        if self._on_own_loop:
            self._loop_of_stream = self._observers.loop

    def begin(self) -> Reply:
        """Show it in the running cell, and start."""
        if self._settles:
            self._shown_as = f"ipytalk-{self.model_id}"
            put(self._repr_mimebundle_()[0], self._shown_as)
        else:  # as a chat: what is saved can be read without the widget
            self._ipython_display_()
        if self._wire is not None:
            self._wire.show()
        with self._conversation.lock:
            return self._reply(self._conversation.expect())

    def _spawn(self, main: Callable[[], Coroutine[Any, Any, None]]) -> Job:
        if not self._on_own_loop:
            return super()._spawn(main)
        if self._loop_of_stream is None:
            raise RuntimeError("An async stream needs a running event loop: call show() in a notebook cell.")
        return _LoopJob(self._loop_of_stream, main)

    def _settle(self, answer: Message) -> None:
        if self._shown_as is None:
            super()._settle(answer)
            return
        markdown = answer_markdown(answer)
        self._settled = {"text/plain": markdown, "text/markdown": markdown}
        put(self._settled, self._shown_as, update=True)
        get_engine().call_later(LINGER, self.close)

    def _saved_output(self) -> JSON | None:
        return self._settled

    def __repr__(self) -> str:
        return "show()"


class _Once:
    """A stream as a source."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def __call__(self, messages: Sequence[Message]) -> Any:  # noqa: ARG002
        return self.stream


class _Asked:
    """A source that is asked one thing."""

    def __init__(self, source: Callable[..., Any], asked: Sequence[Message]) -> None:
        self._source = source
        self._asked = tuple(asked)
        self.notice: str | None = getattr(source, "notice", None)

    async def __call__(self, messages: Sequence[Message]) -> Any:  # noqa: ARG002
        stream = await call(self._source, self._asked)
        return await stream if inspect.isawaitable(stream) else stream


class _LoopJob:
    """A coroutine on the person's own loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._loop = loop
        self._task = loop.create_task(main())

    def cancel(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)


def _is_async(stream: Any) -> bool:
    return any(hasattr(type(stream), name) for name in ("__aiter__", "__aenter__", "__await__"))
