"""One answer played to the SDK in memory, so that its first real one finds everything imported and built.

Importing the SDK isn't enough: it imports its transport, and builds its models of requests and events, at first use.
"""

from __future__ import annotations

import asyncio
import functools
import json
from contextlib import suppress
from typing import Any

_MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
_EVENTS: tuple[dict[str, Any], ...] = (
    {"type": "message_start", "message": {**_MESSAGE, "usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "."}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
)


@functools.cache
def rehearse() -> None:
    """Import the SDK and run one request through it. Takes seconds; not for the engine's thread. Never fails."""
    with suppress(Exception):
        asyncio.run(_rehearse())


async def _rehearse() -> None:
    import anyio.lowlevel  # noqa: PLC0415
    import httpx2  # noqa: PLC0415
    from anthropic import AsyncAnthropic  # noqa: PLC0415

    await anyio.lowlevel.checkpoint()  # what a real connection needs is imported at first use too
    _ = anyio.connect_tcp
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _EVENTS)
    response = httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=body)
    transport = httpx2.MockTransport(lambda _: response)
    async with (
        httpx2.AsyncClient(transport=transport) as http,
        AsyncAnthropic(api_key="none", base_url="http://rehearsal.invalid", http_client=http, max_retries=0) as client,
    ):
        hello: Any = [{"role": "user", "content": [{"type": "text", "text": "."}]}]
        async with await client.messages.create(model="m", max_tokens=1, messages=hello, stream=True) as stream:
            async for event in stream:
                event.model_dump(mode="json", exclude_none=True)
