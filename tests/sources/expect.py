"""What the scripted answer must have become."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from ipytalk import Chat, Reply, show
from ipytalk.messages import Message, ThinkingPart

QUESTION = "How do bees talk?"


def ask(source: Callable[[Sequence[Message]], Any]) -> Reply:
    """Ask a source through the public door, without tries."""
    return Chat(source, retries=0).send(QUESTION).result(30)


def draw(stream: Any) -> Reply:
    """Draw a stream through the public door."""
    return show(stream).result(30)


def draw_on_own_loop(make: Callable[[], Any]) -> Reply:
    """Make an async stream in a running loop and draw it there, as a notebook's cell does."""

    async def cell() -> Reply:
        return await show(make())

    return asyncio.run(cell())


def thinking(reply: Reply) -> str:
    return "".join(part.text for part in reply.message.parts if isinstance(part, ThinkingPart))


def assert_scripted(reply: Reply, *, model: str, reasoning: bool = True, cached: int | None = None) -> None:
    """Check text, reasoning, usage, model and finish of the answer that `scripted` has in each format."""
    assert reply.error is None, reply.error
    assert reply.text == "Bees *dance*."
    assert thinking(reply) == ("Hm. Bees." if reasoning else "")
    assert reply.status == "complete"
    assert reply.stop_reason == "end_turn"
    assert reply.message.model == model
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (12, 7)
    assert reply.usage.cached_tokens == cached
