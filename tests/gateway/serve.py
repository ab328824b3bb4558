"""A gateway in a process of its own, for tests and benchmarks: ``python serve.py '{"port": 8000, ...}'``.

settings      of the gateway
source        "replay" (with "text", "rate"), "sse" (asks "upstream"), "pausing" (for "pause" seconds), or "stamped"
redis, lease  shares its places
middleware    one of `middleware.MIDDLEWARE` stands before it
http          uvicorn's: "httptools", or "h11", which answers HTTP/1.0 without chunks, so that only the closing of
              the connection ends the answer
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from itertools import count
from typing import Any

from middleware import MIDDLEWARE

from ipytalk.gateway import Settings, create_app
from ipytalk.gateway._line import Limits
from ipytalk.gateway._redis import RedisAdmission
from ipytalk.gateway._server import Server
from ipytalk.messages import Message
from ipytalk.sources import SSE, Replay

served = count(1)


async def stamped(messages: list[Message]) -> AsyncIterator[str]:
    """Give tokens that carry when they were due, in units of 0.1 ms on the clock that all processes share.

    The message is ``tokens rate base``, and each second token ends a word: ``#1a4 0-1f 21 3f-...``. The first is which
    answer of this process it is.
    """
    tokens, rate, base = messages[-1].text.split()
    gap, zero, clock, sleep = 1 / float(rate), float(base), time.monotonic, asyncio.sleep
    yield f"#{next(served)} "
    start = clock()
    for number in range(int(tokens)):
        if (ahead := start + number * gap - clock()) > 0:
            await sleep(ahead)
        yield f"{int((start + number * gap - zero) * 10_000):x}{' ' if number & 1 else '-'}"


def pausing(seconds: float) -> Callable[..., AsyncIterator[str]]:
    """Give a source that thinks long between two words."""

    async def source(_: list[Message]) -> AsyncIterator[str]:
        yield "Bees "
        await asyncio.sleep(seconds)
        yield "dance."

    return source


def make_source(told: dict[str, Any]) -> Callable[..., Any]:
    """Make the source that is asked for."""
    kind = told.get("source", "replay")
    if kind == "stamped":
        return stamped
    if kind == "pausing":
        return pausing(told["pause"])
    if kind == "sse":
        return SSE(told["upstream"])
    return Replay.from_text(told.get("text", "Bees dance to tell the others."), ttft=0.05, rate=told.get("rate", 20))


def main() -> None:
    """Serve until SIGTERM."""
    told = json.loads(sys.argv[1])
    settings = Settings(port=told["port"], **told.get("settings", {}))
    admission = None
    if "redis" in told:
        limits = Limits(settings.limit, settings.per_user or settings.limit, settings.queue, settings.queue)
        admission = RedisAdmission(told["redis"], limits, lease=told["lease"])
    app = create_app(make_source(told), settings, admission=admission)
    if "middleware" in told:
        app.add_middleware(MIDDLEWARE[told["middleware"]])
    server = Server(app, settings)
    server.config.http = told.get("http", "auto")
    server.config.backlog = 4096
    server.run()


if __name__ == "__main__":
    main()
