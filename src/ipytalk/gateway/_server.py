"""uvicorn, told to stop as a gateway should be: no new streams, and time for those that run."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from ._app import Gateway
from ._settings import Settings


class Server(uvicorn.Server):
    """Serves `app` until SIGTERM or Ctrl-C, and then until its streams have ended. A second signal ends it at once."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                uds=str(settings.uds) if settings.uds else None,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,  # longer than a proxy keeps its idle connections
                timeout_graceful_shutdown=5,
            )
        )
        self._gateway: Gateway = app.state.gateway
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Task[None] | bool = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Note the loop."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain first; whoever is in a hurry asks twice."""
        if self._loop is None or self._stopping:
            super().handle_exit(sig, frame)
            return
        self._stopping = True
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        async def stop() -> None:
            await self._gateway.drain()
            self.should_exit = True

        self._stopping = asyncio.get_running_loop().create_task(stop())
