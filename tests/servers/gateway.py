"""A gateway on a real socket of 127.0.0.1, from a thread of its own.

In a test::

    with Gateway(source, tokens="ada=s3cret") as gateway:
        answer = gateway.ask("How do bees talk?")
        assert answer.text == "They dance."
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from typing_extensions import Self

from ipytalk.gateway import Admission, Settings, create_app

PATH = "/v1/chat/stream"


def body(text: str = "Hello", **more: Any) -> dict[str, Any]:
    """Give a request that asks `text`."""
    return {"messages": [{"role": "user", "content": text}], **more}


@dataclass
class Answer:
    """One response, read to its end. `frames` are its events and comments as they stood on the wire."""

    status: int
    headers: Mapping[str, str]
    frames: list[str]
    data: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        lines = [frame.removeprefix("data: ") for frame in self.frames if frame.startswith("data: ")]
        self.data = [line if line == "[DONE]" else json.loads(line) for line in lines]

    @property
    def types(self) -> list[str]:
        """Each event's type, text that follows text being one."""
        types = [each if isinstance(each, str) else str(each["type"]) for each in self.data]
        return [
            type_ for number, type_ in enumerate(types) if type_ != "text" or types[number - 1 : number] != ["text"]
        ]

    @property
    def text(self) -> str:
        return "".join(each["text"] for each in self.events("text"))

    def events(self, type_: str) -> list[Any]:
        return [each for each in self.data if isinstance(each, dict) and each["type"] == type_]

    @property
    def error(self) -> Any:
        (error,) = self.events("error")
        return error


class Gateway:
    """Serves `source` inside ``with``; `settings` are those of `Settings`."""

    def __init__(self, source: Callable[..., Any], admission: Admission | None = None, **settings: Any) -> None:
        self.app = create_app(source, Settings(**settings), admission=admission)
        self.shared = self.app.state.gateway
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, port=0, log_config=None, log_level="critical", timeout_graceful_shutdown=2)
        )
        self._thread = threading.Thread(target=self._server.run, name="gateway", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline, "the gateway didn't start"
            time.sleep(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def ask(self, text: str = "Hello", *, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        """Ask, and read to the end."""
        return self.post(json=body(text, **more), headers=headers)

    def post(self, **request: Any) -> Answer:
        """Post whatever it is, and read to the end."""
        with self.client.stream("POST", PATH, **request) as response:
            text = "".join(response.iter_text())
            return Answer(response.status_code, response.headers, text.split("\n\n"))

    @contextlib.contextmanager
    def asking(self, text: str = "Hello", **request: Any) -> Generator[Reading]:
        """Ask, and leave when the block ends."""
        asked: Any = {"json": body(text), **request}
        with self.client.stream("POST", PATH, **asked) as response:
            yield Reading(response)


class Reading:
    """A response that is being read."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._pieces = response.iter_text()
        self._held = ""

    def frame(self) -> str:
        """Give the next event or comment, as it stands on the wire."""
        while "\n\n" not in self._held:
            self._held += next(self._pieces)
        frame, _, self._held = self._held.partition("\n\n")
        return frame

    def until(self, words: str) -> list[str]:
        """Read until an event has `words`."""
        frames = [self.frame()]
        while words not in frames[-1]:
            frames.append(self.frame())
        return frames


class Counted:
    """A source that notes each request, and whether it was cancelled and closed."""

    def __init__(self, source: Callable[..., AsyncIterator[Any]]) -> None:
        self._source = source
        self.calls = 0
        self.left = threading.Event()
        self.left_at = 0.0

    async def __call__(self, messages: Any) -> AsyncIterator[Any]:
        self.calls += 1
        try:
            async for each in self._source(messages):
                yield each
        finally:
            self.left_at = time.monotonic()
            self.left.set()
