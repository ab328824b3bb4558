"""Whatever a source returned, as one async iterator that the engine can read, stop and close.

What blocks (a plain iterator, a plain context manager, a plain function) runs in a thread of its own, so that it
never holds up the other answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from .chunks._pydantic_ai import result_stream
from .failures import SourceError

AHEAD = 1024  # chunks that a plain iterator may be ahead of its reader


def is_stream(value: Any) -> bool:
    """Whether `open_stream` can read `value`."""
    if isinstance(value, bytes | bytearray | Mapping) or hasattr(type(value), "model_fields"):
        return False  # a pydantic model iterates over its fields, and is a whole answer of an SDK
    return inspect.isawaitable(value) or any(
        hasattr(type(value), name) for name in ("__aiter__", "__aenter__", "__iter__", "__enter__")
    )


async def call(source: Callable[..., Any], *args: Any) -> Any:
    """Call a source. A plain function may block (a synchronous SDK opening its request), so it gets a thread."""
    target = source if inspect.isroutine(source) else getattr(source, "__call__", source)  # noqa: B004
    if inspect.isasyncgenfunction(target) or inspect.iscoroutinefunction(target):
        return source(*args)
    if inspect.isgeneratorfunction(target):
        return source(*args)
    return await in_thread(lambda: source(*args))


@contextlib.asynccontextmanager
async def open_stream(value: Any) -> AsyncGenerator[AsyncIterator[Any]]:
    """Open `value` for reading; leaving closes it, and with it the connection behind it.

    Raises
    ------
    SourceError
        If it is nothing that can be iterated.
    """
    while inspect.isawaitable(value):  # a source may return a request that waits to be made
        value = await value
    if isinstance(value, str):
        value = [value]
    if not is_stream(value):
        raise SourceError(_no_stream("returned", value), kind="type")
    async with contextlib.AsyncExitStack() as stack:
        if hasattr(type(value), "__aenter__"):
            value = result_stream(await stack.enter_async_context(value))
        if hasattr(type(value), "__aiter__"):
            iterator = aiter(value)
            if (aclose := getattr(iterator, "aclose", None)) is not None:
                stack.push_async_callback(aclose)
            yield iterator
        elif is_stream(value):
            pump = Pump(value)
            stack.callback(pump.close)
            yield pump
        else:
            raise SourceError(_no_stream("opened", value), kind="type")


class Pump(AsyncIterator[Any]):
    """Reads a plain iterable in a thread of its own, and hands its items to the loop.

    `close` returns at once: the thread closes the iterator as soon as its `next` returns, which nothing can hurry.
    """

    def __init__(self, iterable: Any) -> None:
        self._iterable = iterable
        self._loop = asyncio.get_running_loop()
        self._items: deque[Any] = deque()
        self._arrived = asyncio.Event()
        self._room = threading.Semaphore(AHEAD)
        self._closed = False
        self._ended = False
        self._error: BaseException | None = None
        self._waiting = False
        threading.Thread(target=self._run, name="ipytalk-pump", daemon=True).start()

    async def __anext__(self) -> Any:
        while not self._items:
            if self._ended:
                if self._error is not None:
                    error, self._error = self._error, None
                    raise error
                raise StopAsyncIteration
            self._arrived.clear()
            self._waiting = True
            if not self._items and not self._ended:  # else it came between the look and the flag
                await self._arrived.wait()
            self._waiting = False
        self._room.release()
        return self._items.popleft()

    def close(self) -> None:
        self._closed = True
        self._room.release()

    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as stack:
                value = self._iterable
                if hasattr(type(value), "__enter__"):
                    value = stack.enter_context(value)
                iterator: Iterator[Any] = iter(value)
                if (close := getattr(iterator, "close", None)) is not None:
                    stack.callback(close)
                for item in iterator:
                    if self._closed:
                        break
                    self._items.append(item)
                    self._wake()
                    self._room.acquire()
        except BaseException as error:
            self._error = error
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting or self._ended:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the interpreter is going down
                self._loop.call_soon_threadsafe(self._arrived.set)


async def in_thread(function: Callable[[], Any]) -> Any:
    """Run `function` in a daemon thread: the default executor's threads would hold up the interpreter's exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(value: Any, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is None:
            future.set_result(value)
        elif isinstance(error, StopIteration):
            future.set_exception(RuntimeError("the source raised StopIteration"))
        else:
            future.set_exception(error)

    def run() -> None:
        value, error = None, None
        try:
            value = function()
        except BaseException as raised:
            error = raised
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, name="ipytalk-call", daemon=True).start()
    return await future


def _no_stream(verb: str, value: Any) -> str:
    what = "nothing (None)" if value is None else f"a value of type {type(value).__name__}"
    advice = (
        "That is a whole answer: ask the SDK to stream it, by stream=True or its own way."
        if hasattr(type(value), "model_fields")
        else "Return or yield strings: a function with `yield`, an async one, or any iterator of an SDK's chunks."
    )
    return f"The source {verb} {what}, which can't be streamed. {advice}"
