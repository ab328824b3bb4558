"""The answer of the benchmarks, whose tokens come at a fixed rate. Their kernels import it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator


def token(number: int) -> str:
    """Give one token, 4 characters: a number, or every 40th time the end of a paragraph."""
    return "ok.\n\n"[-4:] if number % 40 == 39 else f"{number % 1000:03d} "


def text(count: int) -> str:
    """Give the whole answer."""
    return "".join(map(token, range(count)))


async def tokens(count: int, rate: float) -> AsyncIterator[str]:
    """Yield `count` tokens, `rate` a second; those that are late come at once."""
    start = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        yield token(number)
