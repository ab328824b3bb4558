"""Middleware that people put before an app: what breaks a stream, and what doesn't."""

from __future__ import annotations

import gzip
import logging
from collections.abc import MutableMapping
from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)


class CompressAll:
    """Compresses whatever passes, when it has all of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: MutableMapping[str, Any] = {}
        held = bytearray()

        async def compressed(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            held.extend(message.get("body", b""))
            if not message.get("more_body"):
                await send({**start, "headers": [*start["headers"], (b"content-encoding", b"gzip")]})
                await send({"type": "http.response.body", "body": gzip.compress(held)})

        await self._app(scope, receive, compressed if scope["type"] == "http" else send)


class LogBodies(BaseHTTPMiddleware):
    """Logs each answer, for which it must have the whole of it."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        answer: Any = await call_next(request)
        body = b"".join([part async for part in answer.body_iterator])
        log.info("%s", body)
        return Response(body, answer.status_code, dict(answer.headers))


class LogOtherBodies:
    """Logs each answer but streams of events, which it doesn't touch."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: bytearray | None = bytearray()

        async def logged(message: MutableMapping[str, Any]) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
                held = None if kind.startswith(b"text/event-stream") else bytearray()
            elif held is not None:
                held.extend(message.get("body", b""))
                if not message.get("more_body"):
                    log.info("%s", bytes(held))
            await send(message)

        await self._app(scope, receive, logged if scope["type"] == "http" else send)


MIDDLEWARE: dict[str, Any] = {
    "compress all": CompressAll,
    "compress by Starlette": GZipMiddleware,
    "log bodies": LogBodies,
    "log other bodies": LogOtherBodies,
}
