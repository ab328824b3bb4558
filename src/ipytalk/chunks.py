"""A chunk of any SDK, or of one's own, as events. Recognised by shape: no SDK is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .events import EVENT_TYPES, End, Event, Start, Text, Thinking, event_from_json
from .failures import SourceError
from .messages import Usage


class ChunkReader:
    """Reads one stream's chunks. It keeps what only the whole stream can tell, such as that its end is missing."""

    def __init__(self) -> None:
        self._unfinished = False

    def read(self, chunk: Any) -> Iterable[Event]:
        """Give the events of `chunk`, which may be none.

        Raises
        ------
        SourceError
            If nothing is known of its shape.
        """
        if isinstance(chunk, str):
            return (Text(chunk),)
        if isinstance(chunk, EVENT_TYPES):
            return (chunk,)
        kind = chunk.get("type") if isinstance(chunk, Mapping) else getattr(chunk, "type", None)
        if isinstance(chunk, Mapping) and isinstance(kind, str):
            event = event_from_json(chunk)
            return () if event is None else (event,)
        if reader := _ANTHROPIC.get(str(kind)):
            self._unfinished = kind != "message_stop"
            return reader(chunk)
        if kind in _ANTHROPIC_REPEATS:
            return ()
        raise SourceError(
            f"The source gave a {type(chunk).__name__}, and ipytalk doesn't know how to draw that. A source may "
            "yield strings, events of ipytalk.events, or the chunks of a known SDK's stream.",
            kind="chunk",
        )

    def close(self) -> None:
        """Say that the stream is over.

        Raises
        ------
        SourceError
            If it can't have been the whole answer.
        """
        if self._unfinished:
            raise SourceError(
                "The connection closed before the answer was complete. What came is above; try again for the rest.",
                kind="truncated",
                retryable=True,
            )


def _message_start(chunk: Any) -> Iterable[Event]:
    return (Start(chunk.message.model), End(usage=_anthropic_usage(chunk.message.usage)))


def _content_block_delta(chunk: Any) -> Iterable[Event]:
    delta = chunk.delta
    if text := getattr(delta, "text", None):
        return (Text(text),)
    if thinking := getattr(delta, "thinking", None):
        return (Thinking(thinking),)
    return ()


def _message_delta(chunk: Any) -> Iterable[Event]:
    return (End(chunk.delta.stop_reason, _anthropic_usage(chunk.usage)),)


def _nothing(_: Any) -> Iterable[Event]:
    return ()


def _anthropic_usage(usage: Any) -> Usage:
    """Anthropic counts the tokens read from and written to the cache apart from `input_tokens`."""
    read, written = (getattr(usage, f"cache_{name}_input_tokens", None) for name in ("read", "creation"))
    fresh = getattr(usage, "input_tokens", None)
    return Usage(None if fresh is None else fresh + (read or 0) + (written or 0), usage.output_tokens, read, written)


_ANTHROPIC: dict[str, Callable[[Any], Iterable[Event]]] = {
    "message_start": _message_start,
    "content_block_start": _nothing,
    "content_block_delta": _content_block_delta,
    "content_block_stop": _nothing,
    "message_delta": _message_delta,
    "message_stop": _nothing,
}
# `messages.stream()` gives these in addition to the raw events: reading both would double the text.
_ANTHROPIC_REPEATS = frozenset(("text", "thinking", "citation", "signature", "input_json", "compaction", "ping"))
