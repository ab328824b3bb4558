"""Questions to the person that a source waits for, such as whether a tool may run.

A registry, because a source may stand behind others (`record`, `pace`), while the answer comes from the page.
"""

from __future__ import annotations

import asyncio

_waiting: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Future[bool]]] = {}


async def ask(call: str) -> bool:
    """Wait for the person's decision on the call with this id."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bool] = loop.create_future()
    _waiting[call] = (loop, future)
    try:
        return await future
    finally:
        _waiting.pop(call, None)


def decide(call: str, *, allow: bool) -> bool:
    """Pass the decision on, from any thread. False if nobody waits for it any more."""
    waiting = _waiting.get(call)
    if waiting is None:
        return False
    loop, future = waiting
    loop.call_soon_threadsafe(lambda: future.done() or future.set_result(allow))
    return True
