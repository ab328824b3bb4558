"""Two gateways that share a Redis, before a model's server that counts, and clients that ask both."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from model_server import Upstream
from programs import GatewayServer, RedisServer, until
from typing_extensions import Self

LIMIT = 6
ASKED = json.dumps({"messages": [{"role": "user", "content": "Go on."}]}).encode()


@dataclass
class Answer:
    """What came of one request."""

    status: int = 0
    raw: bytes = b""
    positions: list[int] = field(default_factory=list[int])

    @property
    def whole(self) -> bool:
        return b"data: [DONE]" in self.raw and b'"type":"error"' not in self.raw


class Clients:
    """Clients on a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._asking: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        wait(self._asking, 10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def ask(self, port: int) -> Answer:
        """Ask now; the answer fills by itself."""
        answer = Answer()
        self._asking.append(asyncio.run_coroutine_threadsafe(self._ask(port, answer), self._loop))
        return answer

    async def _ask(self, port: int, answer: Answer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "POST /v1/chat/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(ASKED)}\r\n\r\n".encode() + ASKED)
        try:
            while data := await reader.read(65536):
                answer.raw += data
                answer.status = int(answer.raw[9:12] or 0)
        except OSError:
            pass
        finally:
            writer.close()


@dataclass
class Two:
    """The two, and what is around them."""

    redis: RedisServer
    upstream: Upstream
    clients: Clients
    gateways: Sequence[GatewayServer]
    lease: float

    def ready(self, place: int) -> int:
        """Give the status of one's /readyz."""
        return httpx.get(f"http://127.0.0.1:{self.gateways[place].port}/readyz").status_code


@contextmanager
def two_workers(folder: Path, *, lease: float, tokens: int, gap: float) -> Generator[Two]:
    """Start all of it."""
    redis = RedisServer(folder)
    gateways: list[GatewayServer] = []
    try:
        with Clients() as clients, Upstream(tokens, gap) as upstream:
            told = {"source": "sse", "redis": redis.url, "lease": lease}
            settings = {"limit": LIMIT, "queue": 500, "log_level": "error"}
            gateways += [GatewayServer(folder, settings=settings, upstream=url, **told) for url in upstream.urls]
            yield Two(redis, upstream, clients, gateways, lease)
            for each in gateways:
                each.stop()
    finally:
        for each in gateways:
            each.stop()
        redis.stop()


@dataclass
class Killed:
    """What was seen when one of two was killed under load."""

    most: int  # answers at once, ever
    held: int  # places of the one that was killed
    back: float  # seconds until all places were in use again
    answers: list[Answer]  # of the survivor


def kill_one(two: Two, asked: int) -> Killed:
    """Ask both at once, kill one without warning in the middle, and see the other take its places over."""
    clients, upstream = two.clients, two.upstream
    first = [clients.ask(two.gateways[number % 2].port) for number in range(asked)]
    until(lambda: upstream.served >= 3 * LIMIT, "some served", 30)
    until(lambda: upstream.open == LIMIT and upstream.open_at[1] >= 2, "the limit reached, on both", 30)
    held = upstream.open_at[1]
    two.gateways[1].kill()
    killed = time.monotonic()
    until(lambda: not upstream.open_at[1], "the system to close its connections")
    until(lambda: upstream.open == LIMIT, "its places taken over", two.lease + 10)
    back = time.monotonic() - killed
    mine = first[::2]
    until(lambda: all(b"[DONE]" in each.raw for each in mine), "everyone of the survivor served", 60)
    return Killed(upstream.most, held, back, mine)
