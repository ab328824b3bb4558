"""Tells shapes apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..events import EVENT_TYPES, Event, Text, event_from_json
from ..failures import SourceError
from ._anthropic import Anthropic
from ._characters import Characters
from ._chatlas import Chatlas
from ._langchain import LangChain
from ._ollama import Ollama
from ._openai import ChatCompletions, Responses
from ._pydantic_ai import PydanticAI
from ._shape import Shape

_SHAPES: tuple[type[Shape], ...] = (Anthropic, ChatCompletions, Responses, Ollama, LangChain, PydanticAI, Chatlas)


class ChunkReader:
    """Reads one stream's chunks. It keeps what only the whole stream can tell, such as that its end is missing."""

    def __init__(self) -> None:
        self._shapes = [shape() for shape in _SHAPES]
        self._characters = Characters()

    def read(self, chunk: Any) -> Iterable[Event]:
        """Give the events of `chunk`, which may be none.

        Raises
        ------
        SourceError
            If nothing is known of its shape, or if it says that the provider failed.
        """
        return self._characters.join(self._read(chunk))

    def close(self) -> Iterable[Event]:
        """Give what was held back, as the stream is over.

        Raises
        ------
        SourceError
            If it can't have been the whole answer.
        """
        if any(shape.unfinished for shape in self._shapes):
            raise SourceError(
                "The connection closed before the answer was complete. What came is above; try again for the rest.",
                kind="truncated",
                retryable=True,
            )
        return self._characters.rest()

    def _read(self, chunk: Any) -> Iterable[Event]:
        if isinstance(chunk, str):
            return (Text(chunk),)
        if isinstance(chunk, EVENT_TYPES):
            return (chunk,)
        for place, shape in enumerate(self._shapes):
            if shape.knows(chunk):
                if place:  # a stream is mostly of one kind, and is asked first from now on
                    self._shapes.insert(0, self._shapes.pop(place))
                return shape.read(chunk)
        if isinstance(chunk, Mapping) and isinstance(chunk.get("type"), str):
            event = event_from_json(chunk)
            return () if event is None else (event,)
        raise SourceError(_unknown(chunk), kind="chunk")


def _unknown(chunk: Any) -> str:
    if isinstance(chunk, bytes | bytearray | memoryview):
        return (
            "The source gave bytes, and an answer is made of text. Decode them first; for a stream of server-sent "
            "events use ipytalk.sources.SSE(url)."
        )
    if isinstance(chunk, Mapping):
        keys = ", ".join(map(repr, list(chunk)[:5])) or "none"
        return (
            f"The source gave a dict that ipytalk doesn't know; its keys are: {keys}. A source may yield strings, "
            'dicts such as {"type": "text", "text": "..."}, or the chunks of a known SDK\'s stream.'
        )
    return (
        f"The source gave a value of type {type(chunk).__name__}, and ipytalk doesn't know how to draw that. A source "
        "may yield strings, events of ipytalk.events, or the chunks of a known SDK's stream."
    )
