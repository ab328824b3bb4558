"""What else stands between a gateway and its clients in production, and breaks streams: each fault, and its cure."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import ADVICE, FLAGS, find_chromium
from playwright.sync_api import sync_playwright
from programs import GatewayServer
from server_thread import ServerThread
from through_nginx import TEXT, arrivals

SECONDS = len(TEXT) / 4 / 20


def serving(folder: Path, **told: Any) -> Iterator[GatewayServer]:
    server = GatewayServer(folder, **told)
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("middleware", "streams"),
    [
        ("compress all", False),
        ("compress by Starlette", True),
        ("log bodies", False),
        ("log other bodies", True),
    ],
)
def test_middleware_that_wants_the_whole_answer_holds_it_back(tmp_path: Path, middleware: str, streams: bool) -> None:
    for server in serving(tmp_path, text=TEXT, rate=20, middleware=middleware):
        came, whole = arrivals(server.port)
        assert "[DONE]" in whole
        assert (came[0] < SECONDS / 3) is streams


class IdleProxy:
    """Passes bytes on, and closes what has been silent for `idle` seconds, as load balancers do."""

    def __init__(self, port: int, idle: float) -> None:
        self._to, self._idle = port, idle
        self._thread = ServerThread()

    def __enter__(self) -> int:
        return self._thread.__enter__().serve(self._pass)

    def __exit__(self, *_: object) -> None:
        self._thread.__exit__()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        spoke = [time.monotonic()]

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                spoke[0] = time.monotonic()
                target.write(data)

        copying = [asyncio.ensure_future(copy(reader, back)), asyncio.ensure_future(copy(there, writer))]
        try:
            while time.monotonic() - spoke[0] < self._idle:
                if (await asyncio.wait(copying, timeout=0.1, return_when=asyncio.FIRST_COMPLETED))[0]:
                    break
        finally:
            for task in copying:
                task.cancel()
            for each in (writer, back):
                with contextlib.suppress(OSError):
                    each.close()


@pytest.mark.parametrize(("heartbeat", "survives"), [(60, False), (0.5, True)])
def test_a_load_balancer_cuts_what_is_silent_and_heartbeats_prevent_it(
    tmp_path: Path, heartbeat: float, survives: bool
) -> None:
    settings = {"heartbeat": heartbeat}
    for server in serving(tmp_path, source="pausing", pause=3.0, settings=settings):
        with IdleProxy(server.port, idle=1.5) as port:
            _, whole = arrivals(port)
            assert ("[DONE]" in whole) is survives


READ = """
async (url) => {
    const answer = await fetch(url, {
        method: 'POST', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({messages: [{role: 'user', content: 'How do bees talk?'}]}),
    });
    const reader = answer.body.getReader();
    let reads = 0, text = '';
    for (let part; !(part = await reader.read()).done; reads++) text += new TextDecoder().decode(part.value);
    return [reads, text];
}
"""


def test_a_page_elsewhere_may_read_the_stream_only_where_its_origin_is_listed(tmp_path: Path) -> None:
    path = find_chromium()
    assert path, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for page_server in serving(tmp_path):
            origin = f"http://127.0.0.1:{page_server.port}"
            page = browser.new_page()
            page.goto(f"{origin}/healthz")
            for server in serving(tmp_path, text=TEXT, rate=20):
                with pytest.raises(Exception, match="Failed to fetch"):
                    page.evaluate(READ, server.url)
            for server in serving(tmp_path, text=TEXT, rate=20, settings={"origins": origin}):
                reads, text = page.evaluate(READ, server.url)
                assert reads > 10
                assert "[DONE]" in text
        browser.close()
