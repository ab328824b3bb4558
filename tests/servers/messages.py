"""A local HTTP server that speaks Anthropic's Messages stream byte for byte, and breaks wherever a script says.

In a test::

    with MessagesServer() as server:
        server.play(answer("Hello there, you."), error(529, "overloaded_error", "Overloaded"))
        chat = Chat(Claude(base_url=server.url, api_key="sk-test"))

Each request takes the next script; when none is left, `server.default` plays. A script is a list of steps: `bytes`
go to the socket as they are, a number waits for so many seconds, a `Gate` waits while `server.hold(place)` is in
force, `CLOSE` and `RESET` end the connection. A script that ends with neither leaves the connection open for the next
request. `answer`, `error`, `reply` and `stream` write scripts; so can a list literal.

As a process, for a kernel or a browser: ``python tests/servers/messages.py --port 8911``. It is told by

    POST /control/hold      {"place": "word"}      "request": send nothing; "start": headers only; "word": one word
    POST /control/release                          let what is held go on
    POST /control/play      [{"text": "Hi.", "pace": 0.02}, {"status": 429, "type": "rate_limit_error"}]
    POST /control/default   {"text": "...", "pace": 0.01}
    POST /control/reset                            forget scripts, log and hold
    GET  /control/log                              one entry for each request, see `Request`

where a script is the arguments of `answer` (it has a ``text``) or of `error` (it has a ``status``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from typing_extensions import Self

MODEL = "claude-opus-5-5"
DEFAULT_TEXT = "**Hello** from a local server: these words come one by one, as a model's would.\n\n- first\n- second\n"


class Cut(Enum):
    """How a server ends a connection."""

    CLOSE = "close"
    RESET = "reset"


CLOSE, RESET = Cut.CLOSE, Cut.RESET


@dataclass(frozen=True)
class Gate:
    """Wait here while `MessagesServer.hold` is in force for this place."""

    place: str = "word"


Step: TypeAlias = "bytes | float | Gate | Cut"
Script: TypeAlias = "list[Step]"

# --- what is on the wire ---


def head(status: int = 200, reason: str = "OK", **headers: str) -> bytes:
    """Status line and headers; ``content_type="text/html"`` becomes ``content-type: text/html``."""
    lines = [f"HTTP/1.1 {status} {reason}", "request-id: req_011CTestTestTestTestTest"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def sse(data: Mapping[str, Any]) -> bytes:
    """One event, as Anthropic writes it."""
    return f"event: {data['type']}\ndata: {json.dumps(data, separators=(',', ':'), ensure_ascii=False)}\n\n".encode()


def message_start(model: str = MODEL, input_tokens: int = 25) -> bytes:
    usage = {"input_tokens": input_tokens, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    message = {"model": model, "id": "msg_01TestTestTestTestTestTest", "type": "message", "role": "assistant"}
    message |= {"content": [], "stop_reason": None, "stop_sequence": None}
    message |= {"usage": {**usage, "output_tokens": 1, "service_tier": "standard"}}
    return sse({"type": "message_start", "message": message})


def block_start(index: int = 0, type_: str = "text") -> bytes:
    block = (
        {"type": "thinking", "thinking": "", "signature": ""} if type_ == "thinking" else {"type": "text", "text": ""}
    )
    return sse({"type": "content_block_start", "index": index, "content_block": block})


def delta(text: str, index: int = 0, type_: str = "text") -> bytes:
    return sse({"type": "content_block_delta", "index": index, "delta": {"type": f"{type_}_delta", type_: text}})


def block_stop(index: int = 0) -> bytes:
    return sse({"type": "content_block_stop", "index": index})


def message_delta(stop_reason: str = "end_turn", output_tokens: int = 15) -> bytes:
    reason = {"stop_reason": stop_reason, "stop_sequence": None}
    return sse({"type": "message_delta", "delta": reason, "usage": {"output_tokens": output_tokens}})


def error_event(type_: str, message: str) -> bytes:
    return sse({"type": "error", "error": {"type": type_, "message": message}, "request_id": "req_011CTest"})


MESSAGE_STOP = sse({"type": "message_stop"})
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
STREAM_HEAD = head(
    content_type="text/event-stream; charset=utf-8", cache_control="no-cache", transfer_encoding="chunked"
)
LAST_CHUNK = b"0\r\n\r\n"

# --- scripts ---


def stream(*events: Step, end: Step = LAST_CHUNK) -> Script:
    """A 200 whose body is `events`, each in an HTTP chunk of its own. `end` is what the body ends with."""
    chunks = [b"%x\r\n%b\r\n" % (len(step), step) if isinstance(step, bytes) else step for step in events]
    return [Gate("request"), STREAM_HEAD, *chunks, end]


def words(text: str, pace: float = 0.0) -> Script:
    """`text` as deltas of one word each, with the gate after the first and `pace` seconds between them."""
    steps: Script = []
    for word in re.findall(r"\s*\S+\s*?(?=\s|$)|\s+$", text):
        steps += [delta(word), Gate("word")] if not steps else [pace, delta(word)]
    return steps


def answer(
    text: str = DEFAULT_TEXT,
    *,
    pace: float = 0.0,
    thinking: str = "",
    stop_reason: str = "end_turn",
    model: str = MODEL,
    cut: str = "",
) -> Script:
    """A whole answer. With `cut`, "close" or "reset", the connection ends after the text."""
    events: Script = [message_start(model), Gate("start"), PING]
    if thinking:
        events += [block_start(0, "thinking"), delta(thinking, 0, "thinking"), block_stop(0)]
    index = 1 if thinking else 0
    if text:
        events += [block_start(index), *words(text, pace), block_stop(index)]
    if cut:
        return stream(*events, end=Cut(cut))
    return stream(*events, message_delta(stop_reason, len(text) // 4), MESSAGE_STOP)


def reply(status: int, body: bytes | str, content_type: str = "application/json", **headers: str) -> Script:
    """A response that isn't streamed."""
    body = body.encode() if isinstance(body, str) else body
    headers |= {"content_type": content_type, "content_length": str(len(body))}
    return [Gate("request"), head(status, "Said so", **headers) + body]


def error(status: int, type: str = "api_error", message: str = "", **headers: str) -> Script:  # noqa: A002
    """An error response with Anthropic's JSON."""
    body = {"type": "error", "error": {"type": type, "message": message or type}, "request_id": "req_011CTest"}
    return reply(status, json.dumps(body), **headers)


# --- the server ---


@dataclass
class Request:
    """What the server saw of one request. Times are `time.time()`, which a browser's ``Date.now()`` can be held to.

    Attributes
    ----------
    at
        When it had come in.
    sent
        When the script had ended.
    closed
        When the client closed the connection in mid-answer.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float = field(default_factory=time.time)
    sent: float | None = None
    closed: float | None = None

    @property
    def over(self) -> bool:
        return self.sent is not None or self.closed is not None


class _Reader(asyncio.StreamReader):
    """Knows at once that the other side has gone, without reading."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


class MessagesServer:
    """Serves on 127.0.0.1 from a thread of its own, inside ``with``."""

    def __init__(self, port: int = 0, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.default: Script = answer()
        self._scripts: deque[Script] = deque()
        self._held = ""  # the place at which answers wait
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._opened: dict[str, asyncio.Event] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever, name="messages-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def play(self, *scripts: Script) -> None:
        """Answer the next requests so."""
        self._scripts.extend(scripts)

    def hold(self, place: str = "word") -> None:
        """Make every answer wait at `place` ("request", "start", "word" or a script's own) until `release`."""
        self._held = place

    def release(self) -> None:
        """Let what is held go on."""
        self._held = ""
        self._loop.call_soon_threadsafe(self._release)

    def reset(self) -> None:
        """Forget scripts, log and hold."""
        self._scripts.clear()
        self.requests.clear()
        self.default = answer()
        self.release()

    def wait_for(self, condition: Callable[[], Any], timeout: float = 10.0) -> None:
        """Wait until `condition` holds."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {timeout} s; the server saw {self.requests}")
            time.sleep(0.005)

    def _release(self) -> None:
        for event in self._opened.values():
            event.set()
        self._opened.clear()

    async def _listen(self) -> asyncio.Server:
        def connect() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(_Reader(), self._connected)

        return await self._loop.create_server(connect, sock=self._socket, ssl=self._tls)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _Reader)
        task = self._loop.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        task.add_done_callback(lambda _: writer.close())  # also where it was cancelled before it began

    async def _close(self) -> None:
        self._server.close()
        for _ in range(3):  # connections that are just being accepted become tasks, and transports close, a turn later
            await asyncio.sleep(0.01)
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing() and (request := await self._receive(reader)):
                if not request.method:
                    writer.write(head(400, "Bad Request", connection="close", content_length="0"))
                    break
                if request.path.startswith("/control/"):
                    writer.write(b"".join(part for part in self._control(request) if isinstance(part, bytes)))
                    continue
                self.requests.append(request)
                await self._respond(request, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass

    async def _receive(self, reader: _Reader) -> Request | None:
        first = await reader.read(1)
        if first and not first.isalpha():  # not HTTP, such as the hello of TLS: a real server doesn't wait for more
            return Request(0, "", "", {}, None)
        try:
            start, *lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        except asyncio.IncompleteReadError:
            return None
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = start.split(" ", 2)
        return Request(len(self.requests), method, path, headers, json.loads(body) if body else None)

    async def _respond(self, request: Request, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        script = self._scripts.popleft() if self._scripts else self.default
        playing = asyncio.ensure_future(self._play(script, writer))
        gone = asyncio.ensure_future(reader.gone.wait())
        try:
            await asyncio.wait((playing, gone), return_when=asyncio.FIRST_COMPLETED)
            if gone.done() and not (playing.done() and not playing.exception()):
                request.closed = time.time()
            else:
                playing.result()
                request.sent = time.time()
        finally:
            playing.cancel()
            gone.cancel()
            await asyncio.gather(playing, gone, return_exceptions=True)

    async def _play(self, script: Iterable[Step], writer: asyncio.StreamWriter) -> None:
        for step in script:
            match step:
                case bytes():
                    writer.write(step)
                    await writer.drain()
                case Gate(place):
                    while self._held == place:
                        await self._opened.setdefault(place, asyncio.Event()).wait()
                case Cut.CLOSE:
                    writer.close()
                case Cut.RESET:
                    sock: socket.socket = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                case seconds:
                    await asyncio.sleep(seconds)

    def _control(self, request: Request) -> Script:
        body: Any = request.body
        match request.path.removeprefix("/control/"):
            case "hold":
                self.hold((body or {}).get("place", "word"))
            case "release":
                self.release()
            case "play":
                self.play(*(_script(each) for each in body))
            case "default":
                self.default = _script(body)
            case "reset":
                self.reset()
            case "log":
                return reply(200, json.dumps([asdict(each) for each in self.requests]))
            case other:
                return reply(404, json.dumps({"error": f"no /control/{other}"}))
        return reply(200, "{}")


def _script(data: Mapping[str, Any]) -> Script:
    return error(**data) if "status" in data else answer(**data)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speak Anthropic's Messages stream on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    with MessagesServer(parser.parse_args().port) as server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
