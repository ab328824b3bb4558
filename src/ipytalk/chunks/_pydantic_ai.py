"""pydantic-ai's stream events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..events import End, Event, Start, Text, Thinking
from ..messages import Usage
from ._shape import Shape, count, get, stop_reason


class PydanticAI(Shape):
    """Objects with an ``event_kind``, of ``run_stream_events`` or of an event stream handler."""

    def knows(self, chunk: Any) -> bool:
        return isinstance(getattr(chunk, "event_kind", None), str)

    def read(self, chunk: Any) -> Iterable[Event]:
        match chunk.event_kind:
            case "part_start":
                return _content(chunk.part.part_kind, get(chunk.part, "content"))
            case "part_delta":
                return _content(chunk.delta.part_delta_kind, get(chunk.delta, "content_delta"))
            case "agent_run_result":
                return _result(chunk.result)
            case _:
                return ()


def result_stream(value: Any) -> Any:
    """Give the stream of what ``async with agent.run_stream()`` opened; anything else as it is.

    It has no iterator of its own, and `stream_text` gives the whole text again each time unless told otherwise.
    """
    if hasattr(value, "stream_text") and hasattr(value, "usage") and not hasattr(type(value), "__aiter__"):
        return _stream(value)
    return value


async def _stream(opened: Any) -> Any:
    async for text in opened.stream_text(delta=True):
        yield text
    for event in _result(opened):
        yield event


def _content(kind: str, content: Any) -> Iterable[Event]:
    if not isinstance(content, str) or not content:
        return ()
    if kind == "text":
        return (Text(content),)
    return (Thinking(content),) if kind == "thinking" else ()


def _result(result: Any) -> Iterable[Event]:
    usage = get(result, "usage")
    usage = usage() if callable(usage) and not hasattr(usage, "input_tokens") else usage  # a method before 2.0
    response = get(result, "response")
    return (
        Start(get(response, "model_name")),
        End(
            stop_reason(get(response, "finish_reason")),
            Usage(
                count(get(usage, "input_tokens")),
                count(get(usage, "output_tokens")),
                count(get(usage, "cache_read_tokens")),
                count(get(usage, "cache_write_tokens")),
            ),
        ),
    )
