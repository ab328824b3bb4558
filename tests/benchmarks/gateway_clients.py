"""Clients of the gateway in a process of their own, as lean as can be: they only note what came when.

    python gateway_clients.py '{"port": ..., "asks": [[user, "message"], ...], "ordered": false, "seconds": 60}'

Prints one line of JSON, a list for each ask: the status, the positions shown, which answer of the server it was, when
it was asked and first answered, the tokens' delays in ms, and how it ended. With "ordered", a user asks the next only
when the one before is in the queue or answered, so that their order is certain.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from bisect import bisect_left
from itertools import accumulate
from typing import Any

import uvloop

FRAME = re.compile(rb"data: (\{[^\n]*\})\n")
STAMPS = re.compile(r"[0-9a-f]+(?=[ -])")


class Client(asyncio.Protocol):
    """One request; `began` is done at the first byte, `ended` at the last."""

    def __init__(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.began: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.at: list[float] = []
        self.parts: list[bytes] = []
        self.asked = 0.0
        self._request = request
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.asked = time.monotonic()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.at.append(time.monotonic())
        self.parts.append(data)
        if b"\n0\r\n" in data[-9:] or b"[DONE]" in data[-24:]:
            self._transport.close()
        if not self.began.done() and (b"data:" in data or b"HTTP/1.1 4" in data):
            self.began.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        for each in (self.began, self.ended):
            if not each.done():
                each.set_result(None)

    def report(self, base: float) -> dict[str, Any]:
        raw = b"".join(self.parts)
        ends = list(accumulate(map(len, self.parts)))
        status = int(raw[9:12] or 0)
        told: dict[str, Any] = {"status": status, "positions": [], "number": None, "delays": [], "asked": self.asked}
        told["done"] = b"data: [DONE]" in raw
        told["retry_after"] = b"retry-after:" in raw.lower()
        told["began"] = None
        for match in FRAME.finditer(raw):
            event = json.loads(match[1])
            at = self.at[bisect_left(ends, match.end())]
            if event["type"] == "queued":
                told["positions"].append(event["position"])
            elif event["type"] == "text":
                text = event["text"]
                if told["began"] is None:
                    told["began"] = at
                if (number := re.match(r"#(\d+) ", text)) is not None:
                    told["number"] = int(number[1])
                    text = text[number.end() :]
                told["delays"] += [round((at - base) * 1000 - int(stamp, 16) / 10, 1) for stamp in STAMPS.findall(text)]
            elif event["type"] == "error":
                told["error"] = event["message"]
        return told


def request(port: int, user: str, message: str) -> bytes:
    body = json.dumps({"messages": [{"role": "user", "content": message}]}).encode()
    return (
        f"POST /v1/chat/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer token-{user}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def main(told: dict[str, Any]) -> list[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    base = told["base"]
    clients: list[Client] = []
    asks: dict[str, list[Client]] = {}
    for place, (user, message) in enumerate(told["asks"]):
        clients.append(Client(request(told["port"], user, f"{message} {base}")))
        asks.setdefault(user if told["ordered"] else str(place), []).append(clients[-1])

    async def ask(mine: list[Client]) -> None:
        for client in mine:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", told["port"])
            if told["ordered"]:
                await client.began

    async def ask_all() -> None:
        pending = [asyncio.ensure_future(ask(mine)) for mine in asks.values() if not await asyncio.sleep(told["gap"])]
        await asyncio.gather(*pending)
        await asyncio.wait([client.ended for client in clients])

    try:
        await asyncio.wait_for(ask_all(), told["seconds"])
    except asyncio.TimeoutError:
        print("the clients' time is over", file=sys.stderr)
    return [client.report(base) for client in clients]


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(json.loads(sys.stdin.read())))))
