"""LangChain's message chunks, from a model, a chain or a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..events import End, Event, Start, Text, Thinking
from ..messages import Usage
from ._shape import Shape, count, get, stop_reason

_THINKING = {"thinking": "thinking", "reasoning": "reasoning", "reasoning_content": "text"}


class LangChain(Shape):
    """Chunks with ``content`` and ``response_metadata``.

    Usage comes in deltas that LangChain's own sum adds up, so they are added up here. A stream is never held to be
    cut off: LangChain marks the last chunk that came as the last, whatever its provider said.
    """

    def __init__(self) -> None:
        self._model: str | None = None
        self._usage = Usage()

    def knows(self, chunk: Any) -> bool:
        if isinstance(chunk, tuple):  # LangGraph's stream_mode="messages"
            return len(chunk) == 2 and isinstance(chunk[1], Mapping) and self.knows(chunk[0])
        if isinstance(chunk, Mapping):  # astream_events
            return isinstance(chunk.get("event"), str) and "run_id" in chunk and "data" in chunk
        return hasattr(chunk, "content") and hasattr(chunk, "response_metadata")

    def read(self, chunk: Any) -> Iterable[Event]:
        if isinstance(chunk, Mapping):
            if chunk["event"] != "on_chat_model_stream":
                return ()
            chunk = chunk["data"]["chunk"]
        if isinstance(chunk, tuple):
            chunk = chunk[0]
        if get(chunk, "type") in ("tool", "human", "system"):  # a graph also passes on what the model was told
            return ()
        return self._read(chunk)

    def _read(self, chunk: Any) -> Iterator[Event]:
        metadata = chunk.response_metadata or {}
        if (model := metadata.get("model_name") or metadata.get("model")) and model != self._model:
            self._model = model
            yield Start(model)
        if thinking := get(chunk, "additional_kwargs", "reasoning_content"):
            yield Thinking(thinking)
        yield from _content(chunk.content)
        if usage := get(chunk, "usage_metadata"):
            self._usage += _read_usage(usage)
            yield End(usage=self._usage)
        if reason := metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason"):
            yield End(stop_reason(reason))


def _read_usage(usage: Any) -> Usage:
    details = get(usage, "input_token_details") or {}
    return Usage(
        count(get(usage, "input_tokens")),
        count(get(usage, "output_tokens")),
        count(details.get("cache_read")),
        count(details.get("cache_creation")),
    )


def _content(content: Any) -> Iterator[Event]:
    """Read a chunk's content: a text, or a list of texts and blocks."""
    if isinstance(content, str):
        content = [content]
    for block in content or ():
        if isinstance(block, str):
            if block:
                yield Text(block)
        elif (type_ := block.get("type")) in ("text", "output_text"):
            if text := block.get("text"):
                yield Text(text)
        elif type_ in _THINKING:
            thinking = block.get(_THINKING[type_]) or "".join(
                piece.get("text") or "" for piece in block.get("summary") or ()
            )
            if thinking:
                yield Thinking(thinking)
