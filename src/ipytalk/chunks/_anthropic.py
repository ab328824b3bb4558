"""Anthropic's Messages API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..events import End, Event, Start, Text, Thinking
from ..messages import Usage
from ._shape import Shape, count, error_of, get, kind

_RAW = frozenset(
    f"{what}_{when}"
    for what, when in (
        ("message", "start"),
        ("content_block", "start"),
        ("content_block", "delta"),
        ("content_block", "stop"),
        ("message", "delta"),
        ("message", "stop"),
    )
)
# `messages.stream()` gives these in addition to the raw events: reading both would double the text.
_HELPERS = {"text": Text, "thinking": Thinking, "citation": None, "signature": None, "input_json": None}


class Anthropic(Shape):
    """Raw events, as objects or dicts, and the helper's events where someone passes on nothing but those."""

    def __init__(self) -> None:
        self._raw = False

    def knows(self, chunk: Any) -> bool:
        type_ = kind(chunk)
        if type_ in _RAW or type_ == "ping":
            return True
        if isinstance(chunk, Mapping):
            return type_ == "error" and isinstance(chunk.get("error"), Mapping)
        # Anthropic may add types of events at any time, to be passed over.
        return type_ in _HELPERS or (self._raw and type_ != "")

    def read(self, chunk: Any) -> Iterable[Event]:
        type_ = kind(chunk)
        if type_ in _RAW:
            self._raw = True
            self.unfinished = type_ != "message_stop"
        match type_:
            case "content_block_delta":
                return _delta(get(chunk, "delta"))
            case "message_start":
                message = get(chunk, "message")
                return (Start(get(message, "model")), End(usage=_usage(get(message, "usage"))))
            case "message_delta":
                return (End(get(chunk, "delta", "stop_reason"), _usage(get(chunk, "usage"))),)
            case "error":
                return (error_of(get(chunk, "error")),)
            case "text" | "thinking" if not self._raw:
                return (_HELPERS[type_](get(chunk, type_)),)  # type: ignore[misc]
            case _:
                return ()


def _delta(delta: Any) -> Iterable[Event]:
    if text := get(delta, "text"):
        return (Text(text),)
    if thinking := get(delta, "thinking"):
        return (Thinking(thinking),)
    return ()


def _usage(usage: Any) -> Usage:
    """Anthropic counts the tokens read from and written to the cache apart from `input_tokens`."""
    read, written = (count(get(usage, f"cache_{name}_input_tokens")) for name in ("read", "creation"))
    fresh = count(get(usage, "input_tokens"))
    whole = None if fresh is None else fresh + (read or 0) + (written or 0)
    return Usage(whole, count(get(usage, "output_tokens")), read, written)
