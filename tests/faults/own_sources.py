"""What a person's own source does to an answer."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from fault import KEY, QUICK, Fault

from ipytalk import SourceError
from ipytalk.events import Error, Text
from ipytalk.messages import Failure


async def raises_first(messages: Any) -> AsyncIterator[str]:
    raise ValueError("no such column: colour")
    yield ""


async def raises_between(messages: Any) -> AsyncIterator[str]:
    yield "one "
    raise KeyError("two")


async def raises_at_the_end(messages: Any) -> AsyncIterator[str]:
    try:
        yield "one "
        yield "two"
    finally:
        raise RuntimeError("the log could not be written.")


def raises_when_called(messages: Any) -> Iterator[str]:
    raise RuntimeError(f"refused: api_key={KEY}")


def raises_as_a_plain_generator(messages: Any) -> Iterator[str]:
    yield "one "
    raise OSError("the disk is full")


class WordlessError(Exception):
    pass


async def raises_without_a_word(messages: Any) -> AsyncIterator[str]:
    yield "one"
    raise WordlessError


class UnreadableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


async def raises_the_unreadable(messages: Any) -> AsyncIterator[str]:
    raise UnreadableError
    yield ""


async def raises_a_long_traceback(messages: Any) -> AsyncIterator[str]:
    raise RuntimeError('Traceback (most recent call last):\n  File "a.py", line 1\nOSError: no space ' + "x" * 5000)
    yield ""


async def says_it_itself(messages: Any) -> AsyncIterator[str]:
    raise SourceError("The library is closed until nine.", kind="closed", retryable=True, retry_after=60)
    yield ""


async def yields_an_error_event(messages: Any) -> AsyncIterator[Any]:
    yield Text("one")
    yield Error(Failure("quota", f"No more for {KEY} today."))


async def yields_numbers(messages: Any) -> AsyncIterator[Any]:
    yield "one "
    yield 2


def returns_a_number(messages: Any) -> Any:
    return 42


def returns_nothing(messages: Any) -> None:
    return None


async def never_yields(messages: Any) -> AsyncIterator[str]:
    return
    yield ""


def never_yields_plainly(messages: Any) -> Iterator[str]:
    yield from ()


async def ignores_cancellation(messages: Any) -> AsyncIterator[str]:
    yield "one"
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:  # noqa: PERF203  # it is the fault
            continue
    yield " two, too late"


def blocks_its_thread(messages: Any) -> Iterator[str]:
    yield "one"
    time.sleep(3)
    yield " two, too late"


async def cancels_itself(messages: Any) -> AsyncIterator[str]:
    yield "one"
    raise asyncio.CancelledError


async def exits(messages: Any) -> AsyncIterator[str]:
    yield "one"
    sys.exit("bye")


def exits_plainly(messages: Any) -> Iterator[str]:
    yield "one"
    raise KeyboardInterrupt


def looks_up_a_name(messages: Any) -> Iterator[str]:
    socket.create_connection(("name.invalid", 80))
    yield ""


def misses_a_file(messages: Any) -> Iterator[str]:
    yield "one"
    Path("/there/is/no/such/file").read_text()


async def times_out(messages: Any) -> AsyncIterator[str]:
    yield "one"
    await asyncio.wait_for(asyncio.sleep(60), 0.01)


OWN_SOURCES = [
    Fault(
        "a source that raises before its first chunk",
        source=raises_first,
        kind="source",
        says=("ValueError: no such column: colour", "in raises_first"),
    ),
    Fault(
        "a source that raises between chunks",
        source=raises_between,
        kind="source",
        says=("KeyError: 'two'",),
        text="one ",
    ),
    Fault(
        "a source that raises after its last chunk",
        source=raises_at_the_end,
        kind="source",
        says=("the log could not be written (line",),
        text="one two",
    ),
    Fault(
        "a source that raises when it is called, with a key",
        source=raises_when_called,
        kind="source",
        says=("refused", "[key removed]"),
    ),
    Fault(
        "a plain generator that raises",
        source=raises_as_a_plain_generator,
        kind="source",
        says=("the disk is full",),
        text="one ",
    ),
    Fault(
        "an exception without a word",
        source=raises_without_a_word,
        kind="source",
        says=("WordlessError and gave no reason", "in raises_without_a_word"),
        text="one",
    ),
    Fault("an exception that can't be read", source=raises_the_unreadable, kind="source", says=("can't even be read",)),
    Fault(
        "an exception that is a traceback", source=raises_a_long_traceback, kind="source", says=("OSError: no space",)
    ),
    Fault(
        "a source that says it itself",
        source=says_it_itself,
        kind="closed",
        says=("The library is closed until nine.",),
        retryable=True,
        retry_after=60,
    ),
    Fault(
        "an error event with a key in it",
        source=yields_an_error_event,
        kind="quota",
        says=("No more for [key removed] today.",),
        text="one",
    ),
    Fault("a source that yields a number", source=yields_numbers, kind="chunk", says=("int", "strings"), text="one "),
    Fault("a source that returns a number", source=returns_a_number, kind="type", says=("int", "yield")),
    Fault("a source that returns nothing", source=returns_nothing, kind="type", says=("nothing (None)", "yield")),
    Fault("a source that never yields", source=never_yields, kind="empty", says=("without saying",), retryable=True),
    Fault(
        "a plain generator that never yields",
        source=never_yields_plainly,
        kind="empty",
        says=("without saying",),
        retryable=True,
    ),
    Fault(
        "a source that ignores cancellation",
        source=ignores_cancellation,
        kind="timeout",
        says=("Nothing came",),
        retryable=True,
        text="one",
        idle_timeout=QUICK,
    ),
    Fault(
        "a plain generator that blocks",
        source=blocks_its_thread,
        kind="timeout",
        says=("Nothing came",),
        retryable=True,
        text="one",
        idle_timeout=QUICK,
    ),
    Fault("a source that cancels itself", source=cancels_itself, kind="source", says=("was cancelled",), text="one"),
    Fault("a source that exits", source=exits, kind="source", says=("SystemExit: bye",), text="one"),
    Fault(
        "a plain generator that is interrupted",
        source=exits_plainly,
        kind="source",
        says=("KeyboardInterrupt",),
        text="one",
    ),
    Fault(
        "a plain source whose host is unknown", source=looks_up_a_name, kind="dns", says=("base_url",), retryable=True
    ),
    Fault(
        "a plain source whose file is missing", source=misses_a_file, kind="source", says=("No such file",), text="one"
    ),
    Fault("a source that times out", source=times_out, kind="timeout", says=("in time",), retryable=True, text="one"),
]
