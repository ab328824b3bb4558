"""The answer to one message, as code holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent import futures
from typing import Any

from .messages import Failure, Message, Status, Timing, Usage

TICK = 0.1  # seconds: a SIGINT wakes Python, but not a loop that sleeps in select
INTERRUPTED = "Interrupted: the answer was stopped, and what it said so far stays."


class Reply:
    """An answer that is being made. Await it, or call `result` where there is no loop.

    Waiting never raises because the source failed: the failure is on screen and in `error`. Cancelling or interrupting
    the wait stops the answer and keeps what it said so far.

    Attributes
    ----------
    text
        The answer's Markdown so far.
    status
        ``"pending"``, ``"streaming"``, ``"complete"`` or ``"error"``.
    stop_reason
        Why it ended; ``"stopped"`` if a person ended it.
    error
        The failure of an answer whose status is ``"error"``.
    usage, timing
        Its tokens and times, or None as long as they are unknown.
    """

    def __init__(
        self,
        read: Callable[[], Message],
        future: futures.Future[Message],
        stop: Callable[[], None],
        arrive: Callable[[], None],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._read = read
        self._future = future
        self._stop = stop
        self._arrive = arrive
        self._loop = loop  # the person's own, if the answer is read there

    @property
    def message(self) -> Message:
        """The answer as it is now."""
        return self._future.result() if self._future.done() else self._read()

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def status(self) -> Status:
        return self.message.status

    @property
    def stop_reason(self) -> str | None:
        return self.message.stop_reason

    @property
    def error(self) -> Failure | None:
        return self.message.error

    @property
    def usage(self) -> Usage | None:
        return self.message.usage

    @property
    def timing(self) -> Timing | None:
        return self.message.timing

    def stop(self) -> None:
        """End the answer now. What it said so far stays."""
        self._stop()

    def result(self, timeout: float | None = None) -> Reply:
        """Wait for the end of the answer, in a plain cell or script.

        Parameters
        ----------
        timeout
            Seconds to wait at most.

        Raises
        ------
        RuntimeError
            If the answer is read on the loop that this would block, as of `show` with an async stream: await it
            instead.
        TimeoutError
            If it isn't over by then; it goes on.
        KeyboardInterrupt
            If the wait was interrupted, after the answer was stopped. A notebook shows one sentence of it.
        """
        if not self._future.done() and self._would_stand_still():
            raise RuntimeError(
                "This async stream is read on your own loop, which stands still while result() waits: it would never "
                "end. Write `await reply` instead, or give show() a plain iterator or a source, which are read in the "
                "background."
            )
        try:
            self._future.result(timeout)
        except KeyboardInterrupt as interrupt:
            self._stop_by(interrupt)
            raise
        except futures.TimeoutError as error:  # another class before Python 3.11
            raise TimeoutError(f"the answer isn't over after {timeout:g} s; it goes on") from error
        self._arrive()
        return self

    def __await__(self) -> Generator[Any, None, Reply]:
        return self._wait().__await__()

    async def _wait(self) -> Reply:
        waiter = asyncio.wrap_future(self._future)
        try:
            while not waiter.done():
                # Not `await waiter`: cancelling that would cancel the engine's own future.
                await asyncio.wait((waiter,), timeout=TICK)
        except (asyncio.CancelledError, KeyboardInterrupt) as interrupt:
            self._stop_by(interrupt)
            raise
        self._arrive()
        return self

    def _would_stand_still(self) -> bool:
        """Whether nobody would read the answer while this thread waits for it."""
        loop = self._loop
        return loop is not None and (_running_loop() is loop or not loop.is_running())

    def _stop_by(self, interrupt: BaseException) -> None:
        """Stop the answer, as the wait for it is over."""
        self._stop()
        # IPython asks for it. A traceback through asyncio says nothing to a person who pressed the button, and takes
        # longer to write than all the rest. Not a class of its own: asyncio compares the class of a cancellation.
        interrupt._render_traceback_ = lambda: [INTERRUPTED]  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        message = self.message
        return f"<Reply {message.status}: {message.text[:60]!r}>"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
