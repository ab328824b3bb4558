"""Text in larger or slower pieces."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Literal

from ..events import Event, Text
from ._follow import wrap

# Where a piece may end. What has no such place (a URL, Chinese) is held back no longer than `LONGEST`.
_ENDS = {"word": re.compile(r"\s+"), "sentence": re.compile(r"[.!?…][\"')\]*_]*\s+|[。！？]\s*|\n+")}  # noqa: RUF001
LONGEST = {"word": 40, "sentence": 400}


def pace(source: Any, by: Literal["word", "sentence"] | int = "word", *, rate: float | None = None) -> Any:
    """Give a source's text in whole words or sentences, several tokens at once, or slowly.

    The first text is never held back. Reasoning, figures and failures come when they come, after the text before them.

    Parameters
    ----------
    source
        A source; or a stream, for `show`.
    by
        What a piece is: a ``"word"``, a ``"sentence"``, or so many of the source's own pieces.
    rate
        Pieces a second at most: slow motion. A source that is slower is not held up.

    Returns
    -------
    source or stream
        What was given, to be used in its place.

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import pace
    >>> def syllables(messages):
    ...     yield from ["Bees ", "dan", "ce", " to ", "tell", "."]
    >>> chat = Chat(pace(syllables, by="word", rate=50))
    >>> chat.send("How do bees talk?").result().text
    'Bees dance to tell.'
    """
    if by not in _ENDS and not (isinstance(by, int) and by > 0):
        raise ValueError(f'by is "word", "sentence" or a number of tokens above 0, not {by!r}')
    if rate is not None and not rate > 0:
        raise ValueError("rate must be above 0, or None for no limit")

    def through(events: AsyncGenerator[Event, None], _: int) -> AsyncGenerator[Event, None]:
        if rate is None:
            return _gathered(events, _Buffer(by, every=False))
        return _slowed(_gathered(events, _Buffer(by, every=True)), 1 / rate)

    return wrap(source, "pace", through)


async def _gathered(events: AsyncGenerator[Event, None], buffer: _Buffer) -> AsyncGenerator[Event, None]:
    async with aclosing(events):
        try:
            async for event in events:
                if isinstance(event, Text):
                    for piece in buffer.add(event.text):
                        yield Text(piece)
                else:
                    for piece in buffer.rest():
                        yield Text(piece)
                    yield event
        except Exception:
            for piece in buffer.rest():
                yield Text(piece)
            raise
        for piece in buffer.rest():
            yield Text(piece)


async def _slowed(events: AsyncGenerator[Event, None], seconds: float) -> AsyncGenerator[Event, None]:
    loop = asyncio.get_running_loop()
    ready = loop.time()
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Text):
                await asyncio.sleep(max(0.0, ready - loop.time()))
                ready = max(ready, loop.time() - seconds) + seconds  # so that late wake-ups don't add up
            yield event


class _Buffer:
    """Text that waits for the end of its piece.

    Parameters
    ----------
    by
        As in `pace`.
    every
        Whether what comes together is given piece by piece, to be slowed down.
    """

    def __init__(self, by: Literal["word", "sentence"] | int, *, every: bool) -> None:
        self._by = by
        self._every = every
        self._held: list[str] = []
        self._first = True

    def add(self, text: str) -> Iterator[str]:
        """Take the next text, and give the pieces that are whole now."""
        if not text:
            return
        self._held.append(text)
        if isinstance(self._by, int):
            if self._first or len(self._held) >= self._by:
                yield from self.rest()
        else:
            held = "".join(self._held)
            *pieces, tail = _split(held, _ENDS[self._by])
            if self._first or len(tail) > LONGEST[self._by]:
                pieces, tail = [*pieces, tail], ""
            self._held = [tail] if tail else []
            yield from filter(None, pieces if self._every else ["".join(pieces)])
        self._first = False

    def rest(self) -> Iterator[str]:
        """Give what is held back, if anything is."""
        if self._held:
            yield "".join(self._held)
            self._held = []


def _split(text: str, ends: re.Pattern[str]) -> list[str]:
    """Split behind each end; the last piece is what has none yet."""
    places = [match.end() for match in ends.finditer(text)]
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
