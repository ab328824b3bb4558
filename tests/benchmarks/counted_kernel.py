"""A kernel with no browser, all of whose messages to one are counted as they leave it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

# What any cell causes that prints nothing.
OF_EVERY_CELL = ("status", "execute_input", "execute_reply")


@dataclass
class Traffic:
    """Messages by their type, and their bytes: header, parent's header, metadata, content and buffers."""

    messages: Counter[str] = field(default_factory=Counter[str])
    bytes: Counter[str] = field(default_factory=Counter[str])

    def add(self, kind: str, size: int) -> None:
        self.messages[kind] += 1
        self.bytes[kind] += size

    @property
    def total_messages(self) -> int:
        return self.messages.total()

    @property
    def total_bytes(self) -> int:
        return self.bytes.total()


class CountedKernel:
    """A kernel, listened to on a socket that no client shares."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.traffic = Traffic()
        self._client = client
        self._socket: zmq.Socket[bytes] = manager.connect_iopub()
        self._socket.rcvhwm = 0  # count all of it, however slow this process is
        self._printed: list[str] = []
        self._idle_after = ""  # the request whose end was heard last
        self._heard = time.monotonic()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def run(self, code: str, seconds: float = 600) -> str:
        """Run a cell and give what it printed; raises if it raised."""
        with self._lock:
            self._printed.clear()
        reply = self._client.execute(code, reply=True, timeout=seconds)
        content = reply["content"]
        if content["status"] != "ok":
            raise RuntimeError("\n".join(content.get("traceback", [str(content)])))
        deadline = time.monotonic() + 30
        while self._idle_after != reply["parent_header"]["msg_id"]:
            if time.monotonic() > deadline:  # its messages would be counted as another cell's
                raise TimeoutError("the cell's end wasn't heard within 30 s of its reply")
            time.sleep(0.01)  # what it printed comes on another socket than its reply
        self._settle()
        return "".join(self._printed).strip()

    def measured(self, code: str, seconds: float = 600) -> tuple[Traffic, str]:
        """Run a cell and give what it caused, and what it printed."""
        self._settle()
        with self._lock:
            self.traffic = Traffic()
        printed = self.run(code, seconds)
        with self._lock:
            traffic, self.traffic = self.traffic, Traffic()
        return traffic, printed

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    def _settle(self) -> None:
        while time.monotonic() - self._heard < 0.5:
            time.sleep(0.05)

    def _listen(self) -> None:
        while not self._ended.is_set():
            if not self._socket.poll(100):
                continue
            frames = self._socket.recv_multipart()
            parts = frames[frames.index(b"<IDS|MSG>") + 2 :]
            kind = json.loads(parts[0])["msg_type"]
            with self._lock:
                self._heard = time.monotonic()
                if kind not in OF_EVERY_CELL:
                    self.traffic.add(kind, sum(map(len, parts)))
                if kind == "status" and json.loads(parts[3])["execution_state"] == "idle":
                    self._idle_after = json.loads(parts[1]).get("msg_id", "")
                if kind == "stream":
                    self._printed.append(json.loads(parts[3])["text"])


@contextmanager
def counted_kernel(python: Path, environment: Mapping[str, str]) -> Generator[CountedKernel]:
    """Start one of this Python, whose environment has these variables too."""
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = str(python)
    manager.start_kernel(env={**os.environ, **environment})
    client: Any = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.iopub_channel.stop()  # nobody reads it, and the kernel would keep a thousand messages for it
        kernel = CountedKernel(manager, client)
        try:
            yield kernel
        finally:
            kernel.close()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
