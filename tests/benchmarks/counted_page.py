"""A notebook in a real JupyterLab, every message on whose kernel's websocket is counted, both ways."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS), str(TESTS / "e2e")]

from chromium import ADVICE, FLAGS, find_chromium  # noqa: E402
from counted_kernel import OF_EVERY_CELL, Traffic  # noqa: E402
from lab import WINDOW, Lab, Notebook, serve  # noqa: E402
from playwright.sync_api import Browser, WebSocket, sync_playwright  # noqa: E402


class CountedPage(Notebook):
    """A notebook whose messages are counted from its first one on."""

    down: Traffic
    up: Traffic

    @classmethod
    def opened(cls, lab: Lab, browser: Browser, name: str, *cells: str, init_script: str = "") -> CountedPage:
        """Write a notebook of these cells and open it, after running `init_script` in the page."""
        lab.write(name, cells)
        page = browser.new_context(**WINDOW).new_page()
        page.set_default_timeout(120_000)
        if init_script:
            page.add_init_script(init_script)
        url = f"{lab.url}/doc/tree/{name}?token={lab.token}&reset"
        notebook = cls(page, name, url)
        notebook.count_anew()
        page.on("websocket", notebook._listen)
        page.goto(url)
        notebook.ready()
        return notebook

    def count_anew(self) -> None:
        """Forget what was counted. A cell's own status and replies aren't counted; all that our acks cause is."""
        self.down, self.up = Traffic(), Traffic()
        self.arrivals: list[float] = []

    def _listen(self, socket: WebSocket) -> None:
        if "/channels" not in socket.url:
            return
        socket.on("framereceived", self._receive)
        socket.on("framesent", lambda frame: self._count(self.up, frame))

    def _receive(self, frame: bytes | str) -> None:
        if self._count(self.down, frame):
            self.arrivals.append(time.monotonic())

    def _count(self, traffic: Traffic, frame: bytes | str) -> bool:
        parts = parts_of(frame if isinstance(frame, bytes) else frame.encode())
        header, parent = json.loads(parts[1]), json.loads(parts[2] or b"{}")
        kind = header["msg_type"]
        if kind in (*OF_EVERY_CELL, "execute_request") and parent.get("msg_type") in (None, "execute_request"):
            return False
        what = kind if kind != "status" else f"status of {parent['msg_type']}"
        traffic.add(what, len(frame))
        return True


def parts_of(frame: bytes) -> list[bytes]:
    """Take apart a frame of Jupyter's v1.kernel.websocket.jupyter.org: a count, that many offsets, the parts."""
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * index : 8 * index + 8], "little") for index in range(1, count + 1)]
    return [frame[start:end] for start, end in pairwise(offsets)]


@contextmanager
def lab_and_browser() -> Generator[tuple[Lab, Browser]]:
    """Start a server and a Chromium of this benchmark's own."""
    path = find_chromium()
    if path is None:
        sys.exit(ADVICE)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        known = {"PYTHONPATH": str(Path(__file__).parent) + os.pathsep + os.environ.get("PYTHONPATH", "")}
        with serve(Path(folder), environment=known) as lab:
            yield lab, browser
        browser.close()
