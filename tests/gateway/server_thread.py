"""Servers that run beside a test, on a thread and a loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

from typing_extensions import Self

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class ServerThread:
    """Within ``with``, `serve` begins a server; leaving ends them all, and cuts what they still answer."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def serve(self, answer: Answer) -> int:
        """Answer each connection to a port of its own, which is given."""
        start = asyncio.start_server(answer, "127.0.0.1", 0)
        self._servers.append(asyncio.run_coroutine_threadsafe(start, self._loop).result(10))
        return self._servers[-1].sockets[0].getsockname()[1]

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
