"""Answers from an HTTP back end that streams server-sent events."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._streams import in_thread
from ..chunks import ChunkReader
from ..events import End, Error, Event, event_from_json
from ..failures import SourceError
from ..messages import AttachmentPart, Failure, Message
from ._closing import close_with, read_out

if TYPE_CHECKING:
    import httpx2

CONNECT, SILENCE = 10.0, 300.0  # seconds; the chat's own idle_timeout watches for content


class SSE:
    """Answers from any back end that streams server-sent events.

    The conversation is sent by POST as ``{"messages": [{"role": ..., "content": ...}, ...]}``. The back end answers
    with ``data:`` lines of JSON, an object with a type each::

        data: {"type": "queued", "position": 3, "estimated_wait_seconds": 12}
        data: {"type": "stream_start", "model": "..."}
        data: {"type": "thinking", "text": "..."}
        data: {"type": "text", "text": "..."}
        data: {"type": "error", "code": 429, "message": "...", "retryable": true, "retry_after_seconds": 10}
        data: {"type": "stream_end", "usage": {"input_tokens": 12, "output_tokens": 3}, "metrics": {"ttft_ms": 287}}
        data: [DONE]

    A back end that has too much to do may say first where the request stands in its queue. One that refuses by an HTTP
    status may give an ``error`` as above for its body, which is then what the person reads.

    Comments keep the connection open, other types are passed over, and an answer without ``stream_end`` or ``[DONE]``
    is one that was cut off. A stream that relays the events of the Anthropic or OpenAI API is read as well.

    Parameters
    ----------
    url
        Where to ask.
    token
        Sent as ``Authorization: Bearer ...``. It is never shown, sent to the browser or saved.
    headers
        Further headers.
    body
        Further fields of the request, such as ``{"system": "Be terse.", "model": "..."}``.
    http_client
        An ``httpx2.AsyncClient`` of your own, for proxies and certificates.

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import SSE
    >>> chat = Chat(SSE("https://hive.example/v1/chat/stream", token="..."))
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.url = url
        self._headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        self._body = dict(body or {})
        self._given = http_client
        self._opened: tuple[asyncio.AbstractEventLoop, httpx2.AsyncClient] | None = None
        if "httpx2" not in sys.modules:
            threading.Thread(
                target=importlib.import_module, args=("httpx2",), name="ipytalk-import", daemon=True
            ).start()

    def __repr__(self) -> str:
        return f"SSE({self.url.partition('?')[0]!r})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Event]:
        """Ask, and give the answer's events."""
        client = await self._client()
        asked = {"messages": [{"role": each.role, "content": _content(each)} for each in messages], **self._body}
        async with client.sse(self.url, method="POST", json=asked, headers=self._headers) as source:
            await _expect_events(source.response)
            events = aiter(source)
            async for event in _read(events):
                yield event
            await read_out(events)

    async def _client(self) -> httpx2.AsyncClient:
        """Give the client, which is kept for its warm connections."""
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            self._opened = (loop, await in_thread(_make_client))
            close_with(self, self._opened[1].aclose)
        return self._opened[1]


def _content(message: Message) -> str:
    """Give a message's text, and before it what is attached as text; a back end of this protocol takes no pictures."""
    attached = [
        f"{part.name}:\n\n{part.data}" for part in message.parts if isinstance(part, AttachmentPart) and part.is_text
    ]
    return "\n\n".join([*attached, *([message.text] if message.text else [])])


def _make_client() -> httpx2.AsyncClient:
    import httpx2  # noqa: PLC0415  # 0.3 s

    return httpx2.AsyncClient(timeout=httpx2.Timeout(CONNECT, read=SILENCE))


async def _expect_events(response: httpx2.Response) -> None:
    if response.is_error or response.is_redirect:
        await response.aread()  # its words become the failure's
        if (refused := _refusal(response.text)) is not None:
            raise SourceError(
                refused.message, kind=refused.kind, retryable=refused.retryable, retry_after=refused.retry_after
            )
    response.raise_for_status()
    response.encoding = "utf-8"  # whatever the header says: a stream of events has no other
    kind, _, _ = response.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "text/event-stream":
        raise SourceError(
            f"{response.url.host} answered with {kind or 'no content type'} instead of text/event-stream. Check the "
            "URL, and whether a proxy or a page to log in stands between.",
            kind="protocol",
        )


def _refusal(body: str) -> Failure | None:
    """Give what a back end says that refuses in the words of the protocol: an error event is the whole body."""
    with suppress(ValueError):
        if isinstance(said := json.loads(body), Mapping) and isinstance(event := event_from_json(said), Error):
            return event.failure if said.get("message") else None
    return None


async def _read(sent: AsyncIterator[httpx2.ServerSentEvent]) -> AsyncIterator[Event]:
    """Read to the end of the answer, which is not always that of the response."""
    import httpx2  # noqa: PLC0415  # 0.3 s

    reader = ChunkReader()
    last: Event | None = None
    ended = False
    try:
        async for each in sent:
            if each.data.strip() == "[DONE]":
                return
            for event in reader.read(_parse(each.data)) if each.data else ():
                yield event
                if isinstance(event, Error):
                    return
                last = event
                ended = ended or isinstance(event, End)
    except httpx2.TransportError:
        if not isinstance(last, End):  # behind which nothing was to come
            raise
    reader.close()
    if not ended:
        raise SourceError(
            "The connection closed before the answer was complete. What came is above; try again for the rest.",
            kind="truncated",
            retryable=True,
        )


def _parse(data: str) -> Mapping[str, Any]:
    try:
        chunk = json.loads(data)
    except ValueError:
        raise SourceError(
            "The back end sent an event that isn't JSON. What came is above; look at what it writes after data:.",
            kind="protocol",
        ) from None
    if isinstance(chunk, Mapping) and _FIELDS & chunk.keys():
        return chunk
    return {"type": "unknown"}  # none of the protocol's: passed over, as one of an unknown type is


_FIELDS = {"type", "choices", "error", "done"}  # one of them is in every object of the protocols that are known
