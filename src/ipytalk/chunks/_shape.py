"""What the providers' files share: a shape, and reading a field of whatever has one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._error_responses import explain_body
from ..events import Error, Event


class Shape:
    """One stream of one provider. It keeps what only the whole stream can tell.

    Attributes
    ----------
    unfinished
        Whether the stream has begun and its provider hasn't said that it is over.
    """

    unfinished = False

    def knows(self, chunk: Any) -> bool:
        """Whether `chunk` has this provider's shape."""
        raise NotImplementedError

    def read(self, chunk: Any) -> Iterable[Event]:
        """Give the events of a chunk that it knows."""
        raise NotImplementedError


def get(chunk: Any, *names: str) -> Any:
    """Follow `names` through attributes, keys and None."""
    for name in names:
        chunk = chunk.get(name) if isinstance(chunk, Mapping) else getattr(chunk, name, None)
    return chunk


def kind(chunk: Any) -> str:
    """Give a chunk's ``type``, or nothing if that isn't a string."""
    type_ = get(chunk, "type")
    return type_ if isinstance(type_, str) else ""


def count(value: Any) -> int | None:
    """Give a number of tokens, or None: a local server may say null, and a mock anything."""
    return value if isinstance(value, int) else None


def stop_reason(reason: Any) -> str | None:
    """Give a provider's reason in the words that `Message.stop_reason` has for it; what is no word is none."""
    return _STOP_REASONS.get(reason, reason) if reason and isinstance(reason, str) else None


def error_of(error: Any) -> Error:
    """Read an error that stands in the stream itself, where no SDK raised it."""
    words = {name: value for name in ("code", "type", "message") if (value := get(error, name)) is not None}
    return Error(explain_body(words or str(error)))


_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "max_output_tokens": "max_tokens",
    "tool_calls": "tool_use",
    "tool_call": "tool_use",
    "content_filter": "refusal",
}
