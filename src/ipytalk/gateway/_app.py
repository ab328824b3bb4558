"""The app: its routes, and what happens to a request before and after its stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..messages import Failure
from ..sources._closing import close_all
from ._admission import InProcess, Limits
from ._checks import Asked, check, read_body
from ._description import describe
from ._logs import tell
from ._metrics import Metrics
from ._origins import PREFLIGHT, allow
from ._places import Admission, Full, Unavailable
from ._refusals import Refused
from ._settings import Settings
from ._stream import Stream, Told
from ._telling import for_log
from ._tokens import Tokens
from ._upstreams import for_request, make_source, models_of

PATH = "/v1/chat/stream"
RESTARTING = Failure(
    "overloaded", "The gateway is being restarted. Wait a moment, then try again.", retryable=True, retry_after=5.0
)
LAST_WORDS = 1.0  # seconds that streams have to tell why they end
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


class Gateway:
    """What all requests share."""

    def __init__(
        self, source: Callable[..., Any] | None, settings: Settings | None, admission: Admission | None
    ) -> None:
        self.settings = settings = settings or Settings()
        self.source = source or make_source(settings)
        self.models = models_of(self.source, settings)
        self.tokens = Tokens(settings.tokens.get_secret_value() if settings.tokens else None, settings.tokens_file)
        self.metrics = Metrics()
        self.admission: Admission = admission or make_admission(settings)
        self.streams: set[Stream] = set()
        self._empty = asyncio.Event()  # set when the last stream ends
        self.draining = False

    async def drain(self) -> None:
        """Take no more requests; return when the running answers have ended, or had their time."""
        if not self.draining:
            self.draining = True
            tell("draining", streams=len(self.streams), seconds=self.settings.drain)
        await self._streams_end(self.settings.drain)
        for stream in tuple(self.streams):
            stream.end(RESTARTING)
        await self._streams_end(LAST_WORDS)

    async def _streams_end(self, seconds: float) -> None:
        if self.streams:
            self._empty.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)

    # --- one request ---

    async def chat(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a POST to `PATH`, or a page's question whether it may."""
        asked_at = asyncio.get_running_loop().time()
        headers = Headers(scope=scope)
        id_ = headers.get("x-request-id", "")
        id_ = id_ if _REQUEST_ID.fullmatch(id_) else secrets.token_hex(8)
        answer = {"X-Request-Id": id_, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        user = None
        try:
            answer |= allow(headers, self.settings.origins)
            if scope["method"] == "OPTIONS":
                await Response(status_code=204, headers={**answer, **PREFLIGHT})(scope, receive, send)
                return
            user = self.tokens.name_of(headers.get("authorization"))
            self._check_open(scope["method"])
            body = await read_body(headers, Request(scope, receive).stream(), self.settings)
            asked = check(body, self.settings, self.models)
            stream = await self._admit(asked, user or _address(scope), asked_at)
        except Refused as refused:
            self.metrics.refused(refused.status, refused.kind)
            tell("refused", request=id_, user=user, status=refused.status, kind=refused.kind)
            await refused.response(answer)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.items()]
        self.streams.add(stream)
        try:
            await stream.run(receive, send, raw)
        finally:
            self.streams.discard(stream)
            if not self.streams:
                self._empty.set()
            self.metrics.ended(stream.told)
            _tell(stream.told, id_, user)

    def _check_open(self, method: str) -> None:
        if method != "POST":
            raise Refused(405, "bad_request", f"{PATH} takes POST, with JSON in its body.")
        if self.draining:
            raise Refused(503, RESTARTING.kind, RESTARTING.message, RESTARTING.retry_after)

    async def _admit(self, asked: Asked, user: str, at: float) -> Stream:
        source = for_request(self.source, asked, self.settings)
        model = asked.model or self.settings.model or getattr(self.source, "model", None)
        try:
            ticket = await self.admission.enter(user)
        except Full as full:
            raise Refused(429, "rate_limit", full.message, full.retry_after) from None
        except Unavailable as unavailable:
            raise Refused(503, "overloaded", str(unavailable), 5.0) from None
        model = model if isinstance(model, str) else None
        return Stream(source, asked.history(), ticket, self.settings, model, at)

    # --- for who runs it ---

    async def health(self, _: Request) -> Response:
        """Say that the process is alive."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Say whether new streams are taken."""
        if self.draining:
            return JSONResponse({"status": "draining"}, 503)
        if not await self.admission.ready():
            return JSONResponse({"status": "the shared store can't be reached"}, 503)
        return JSONResponse({"status": "ok"})

    async def figures(self, _: Request) -> Response:
        """Give the metrics."""
        try:
            running, waiting = await self.admission.snapshot()
        except Unavailable:
            running, waiting = len(self.streams), 0
        page = self.metrics.page(running, waiting, draining=self.draining)
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def description(self, _: Request) -> Response:
        """Give the OpenAPI description."""
        return JSONResponse(describe(self.settings, PATH, with_tokens=self.tokens.required))


class _Chat:
    """`Gateway.chat` as an ASGI app: nothing stands between it and the socket."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._gateway.chat(scope, receive, send)


def make_admission(settings: Settings) -> Admission:
    """Make what gives the places that `settings` allow."""
    limits = Limits(
        streams=settings.limit,
        streams_each=settings.per_user or settings.limit,
        queue=settings.queue,
        queue_each=settings.queue if settings.queue_per_user is None else settings.queue_per_user,
    )
    if settings.redis is not None:
        from ._redis import RedisAdmission  # noqa: PLC0415 - late: only gateways that share need it

        return RedisAdmission(settings.redis.get_secret_value(), limits)
    return InProcess(limits)


def create_app(
    source: Callable[..., Any] | None = None,
    settings: Settings | None = None,
    *,
    admission: Admission | None = None,
) -> Starlette:
    """Make the gateway: an ASGI app for any server, or to be mounted in another app.

    Parameters
    ----------
    source
        Who answers: any source of ipytalk, or a callable of your own. By default the one that `settings` name.
    settings
        By default those of the environment.
    admission
        Who may stream and who waits; by default what `settings` say.

    Returns
    -------
    Starlette
        The app; its ``state.gateway`` has what its requests share.

    Examples
    --------
    >>> from ipytalk.gateway import Settings, create_app
    >>> from ipytalk.sources import Replay
    >>> app = create_app(Replay.from_text("Bees *dance*."), Settings(tokens="ada=s3cret", limit=20))
    """
    gateway = Gateway(source, settings, admission)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        await gateway.drain()
        await gateway.admission.close()
        await close_all()

    routes: Sequence[Route] = [
        Route(PATH, _Chat(gateway)),
        Route("/healthz", gateway.health),
        Route("/readyz", gateway.ready),
        Route("/metrics", gateway.figures),
        Route("/openapi.json", gateway.description),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _no_such, Exception: _broken})
    app.state.gateway = gateway
    return app


async def _no_such(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = f"The gateway's one address for answers is {PATH}, by POST." if status != 405 else "Use another method."
    return Refused(status, "not_found" if status == 404 else "bad_request", said).response({})


async def _broken(_: Request, error: Exception) -> Response:
    tell("broken", level=logging.ERROR, exception=type(error).__name__)
    return Refused(500, "server", "The gateway failed on its side. Try again, and tell whoever runs it.").response({})


def _address(scope: Scope) -> str:
    client: tuple[str, int] | None = scope.get("client")
    return f"address {client[0]}" if client else "somebody"


def _tell(told: Told, id_: str, user: str | None) -> None:
    failure = told.failure
    tell(
        "stream",
        level=logging.WARNING if failure else logging.INFO,
        request=id_,
        user=user,
        outcome=told.outcome,
        queued_ms=round(told.queued * 1000),
        ttft_ms=None if told.ttft is None else round(told.ttft * 1000),
        total_ms=round(told.total * 1000),
        input_tokens=told.usage.input_tokens,
        output_tokens=told.usage.output_tokens,
        kind=failure and failure.kind,
        why=failure and (for_log(failure) or None),
    )
