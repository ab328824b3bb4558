"""chatlas's contents, which ``stream_async(content="all")`` gives among its strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..events import Event, Text, Thinking
from ._shape import Shape


class Chatlas(Shape):
    """Objects with a ``content_type``. chatlas gives neither usage nor finish in its stream."""

    def knows(self, chunk: Any) -> bool:
        return isinstance(getattr(chunk, "content_type", None), str)

    def read(self, chunk: Any) -> Iterable[Event]:
        match chunk.content_type:
            case "text":
                return (Text(chunk.text),)
            case "thinking" | "thinking_delta":
                return (Thinking(chunk.thinking),)
            case _:
                return ()
