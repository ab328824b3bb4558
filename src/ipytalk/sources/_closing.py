"""How connections end: of clients that nobody needs any more, and of responses that have said all."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

LINGER = 1.0  # seconds that a response may take to end after its answer

Close = Callable[[], Coroutine[Any, Any, None]]

_closing: set[asyncio.Task[None]] = set()  # the loop's own references are weak
_open: dict[Close, tuple[asyncio.AbstractEventLoop, weakref.finalize[..., object]]] = {}


def close_with(owner: object, close: Close) -> None:
    """Run ``close()`` on the running loop once `owner` is garbage.

    A client keeps its connections warm. Left to the garbage collector, their sockets would be dropped with a warning
    instead of being closed.
    """
    loop = asyncio.get_running_loop()

    def begin() -> None:
        task = loop.create_task(close())
        _closing.add(task)
        task.add_done_callback(_closing.discard)

    def close_soon() -> None:
        _open.pop(close, None)
        with contextlib.suppress(RuntimeError):  # the loop is closed, and its connections with it
            loop.call_soon_threadsafe(begin, context=contextvars.Context())

    finalizer = weakref.finalize(owner, close_soon)
    finalizer.atexit = False  # the operating system closes what is open then
    _open[close] = (loop, finalizer)


async def read_out(events: AsyncIterator[Any]) -> None:
    """Read the end of a response that has said all, so that its connection is kept for the next question.

    One that doesn't end within `LINGER` seconds, or breaks, is closed: the answer is whole all the same.
    """
    with contextlib.suppress(Exception):
        await asyncio.wait_for(anext(events, None), LINGER)


async def close_all() -> None:
    """Close what was opened on the running loop, which is about to end. A source that is asked again opens anew."""
    running = asyncio.get_running_loop()
    for close, (loop, finalizer) in list(_open.items()):
        if loop is running:
            del _open[close]
            finalizer.detach()
            with contextlib.suppress(Exception):
                await close()
