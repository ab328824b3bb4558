"""Ollama's own API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..events import End, Event, Start, Text, Thinking
from ..messages import Usage
from ._shape import Shape, count, get, stop_reason


class Ollama(Shape):
    """Parts of ``chat`` (with a message) and of ``generate`` (with a response)."""

    def __init__(self) -> None:
        self._begun = False

    def knows(self, chunk: Any) -> bool:
        has_text = get(chunk, "message") is not None or isinstance(get(chunk, "response"), str)
        return has_text and isinstance(get(chunk, "done"), bool)

    def read(self, chunk: Any) -> Iterable[Event]:
        return self._read(chunk)

    def _read(self, chunk: Any) -> Iterator[Event]:
        if not self._begun:
            self._begun = True
            yield Start(get(chunk, "model"))
        message = get(chunk, "message")
        if thinking := get(chunk if message is None else message, "thinking"):
            yield Thinking(thinking)
        if text := get(chunk, "response") if message is None else get(message, "content"):
            yield Text(text)
        self.unfinished = not get(chunk, "done")
        if not self.unfinished:
            usage = Usage(count(get(chunk, "prompt_eval_count")), count(get(chunk, "eval_count")))
            yield End(stop_reason(get(chunk, "done_reason")), usage)
