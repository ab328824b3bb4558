"""What a wrapper such as `record` or `pace` needs: the events of a source or stream, closed when it is left."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from .._streams import call, open_stream
from ..chunks import ChunkReader
from ..events import Event
from ..messages import Message

Through = Callable[[AsyncGenerator[Event, None], int], AsyncGenerator[Event, None]]


async def follow(stream: Any, source: Callable[..., Any] | None = None) -> AsyncGenerator[Event, None]:
    """Give the events of `stream`, or of `source` when it is asked `stream`; raises if it can't have been the whole."""
    reader = ChunkReader()
    async with open_stream(stream if source is None else await call(source, stream)) as chunks:
        async for chunk in chunks:
            for event in reader.read(chunk):
                yield event
        reader.close()


def wrap(given: Any, name: str, through: Through) -> Any:
    """Put `through`, which takes events and the number of the turn, behind a source or stream."""
    if callable(given):
        return Wrapped(given, name, through)
    return through(follow(given), 0)


class Wrapped:
    """A source whose events go through something."""

    def __init__(self, source: Callable[..., Any], name: str, through: Through) -> None:
        self._source = source
        self._name = name
        self._through = through
        self.notice: str | None = getattr(source, "notice", None)
        self.model: str | None = getattr(source, "model", None)

    def varied(self, **changes: Any) -> Wrapped:
        """Put the same around another of the source, as a gateway asks for; around the same one if it has no others."""
        vary = getattr(self._source, "varied", None)
        return Wrapped(vary(**changes), self._name, self._through) if vary else self

    def __repr__(self) -> str:
        return f"{self._name}({self._source!r})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncGenerator[Event, None]:
        turn = max(0, sum(message.role == "user" for message in messages) - 1)
        async with (
            aclosing(follow(messages, self._source)) as events,
            aclosing(self._through(events, turn)) as passed,
        ):
            async for event in passed:
                yield event
