"""A model's server as the gateway sees it: it streams to whoever asks until they leave, and counts who is there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial

from server_thread import ServerThread
from typing_extensions import Self

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
TOKEN = b'data: {"type": "text", "text": "bees "}\n\n'
END = b'data: {"type": "stream_end", "usage": {}}\n\ndata: [DONE]\n\n'


class Upstream:
    """Answers each request with `tokens` tokens, one each `gap` seconds, on a thread of its own.

    It has two addresses, `urls`. `open` is how many answers are being streamed, `open_at` of these at each address,
    `most` how many there ever were at once, `served` how many began; `left_at` is when the last client went away in
    mid-answer. Set `enough`, and all answers end at their next token.
    """

    def __init__(self, tokens: int, gap: float) -> None:
        self.open = self.most = self.served = 0
        self.open_at = [0, 0]
        self.left_at = 0.0
        self.enough = False
        self._tokens, self._gap = tokens, gap
        self._thread = ServerThread()

    def __enter__(self) -> Self:
        self._thread.__enter__()
        self.urls = [f"http://127.0.0.1:{self._thread.serve(partial(self._answer, place))}/" for place in range(2)]
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.__exit__()

    async def _answer(self, place: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            leaving = asyncio.ensure_future(reader.read())
            self.open += 1
            self.open_at[place] += 1
            self.served += 1
            self.most = max(self.most, self.open)
            try:
                writer.write(HEAD)
                for _ in range(self._tokens):
                    writer.write(TOKEN)
                    if (await asyncio.wait((leaving,), timeout=self._gap))[0]:
                        self.left_at = time.monotonic()
                        return
                    if self.enough:
                        break
                writer.write(END)
            finally:
                self.open -= 1
                self.open_at[place] -= 1
                leaving.cancel()
                writer.close()
