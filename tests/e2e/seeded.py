"""A source whose text a test knows to the letter. Kernels of the tests can import it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

# Letters of one to four bytes, and what Markdown would take for its own outside of a block of code.
LETTERS = "abcdefghij  \t*_`#<&漢é🐝"


def text_of(seed: str, length: int = 2400) -> str:
    """Give some text that is the same for the same seed."""
    letters = random.Random(seed)
    lines = "".join(letters.choice("\n" + 2 * LETTERS) for _ in range(length))
    return "start\n" + re.sub(r"\s*$", "", lines, flags=re.MULTILINE)


def markdown_of(seed: str) -> str:
    return f"~~~text\n{text_of(seed)}\n~~~"


class Seeded:
    """Answers a seed with its text, a few characters every `pace` seconds."""

    def __init__(self, pace: float = 0.01) -> None:
        self._pace = pace

    async def __call__(self, messages: Sequence[Any]) -> AsyncIterator[str]:
        text = markdown_of(messages[-1].text)
        for start in range(0, len(text), 4):
            yield text[start : start + 4]
            await asyncio.sleep(self._pace)


SEEDED = """
import asyncio, time
from ipytalk import Chat
from seeded import Seeded
chat = Chat(Seeded())
chat
"""
