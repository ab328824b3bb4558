"""Real servers for tests: Debian's Redis and nginx, and gateways as processes. Each listens on loopback alone."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def program(name: str, package: str) -> str:
    """Give the path of an installed program; fails the test with a sentence when there is none."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if path is None:
        pytest.fail(f"No {name} was found. Install it, on Debian by: apt-get install -y {package}", pytrace=False)
    return path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until(holds: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    """Wait until `holds()`; fails with `what`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.02)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Server:
    """A process that listens on a port."""

    def __init__(self, *command: str | Path, port: int, log: Path) -> None:
        self.port = port
        self._command = [str(each) for each in command]
        self._log = log
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log)
        until(lambda: self.process.poll() is not None or listens(self.port), f"port {self.port} open", 30)
        assert self.process.poll() is None, f"{self._command[0]} didn't start:\n{self._log.read_text()}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


class RedisServer(Server):
    """A Redis that keeps nothing on disk, unless it is told to."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        port = port or free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        super().__init__(
            *(program("redis-server", "redis-server"), "--port", str(port), "--bind", "127.0.0.1"),
            *("--dir", folder, *(options or ("--save", ""))),
            port=port,
            log=folder / "redis.log",
        )


class Nginx(Server):
    """An nginx in the foreground, with `location` as the inside of its one location."""

    def __init__(self, folder: Path, upstream: int, location: str, port: int | None = None) -> None:
        port = port or free_port()
        folder.mkdir(exist_ok=True)
        temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
        temporary += "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(f"""
            daemon off;
            worker_processes 1;
            pid {folder}/nginx.pid;
            error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off;
                {temporary}
                server {{
                    listen 127.0.0.1:{port};
                    location / {{
                        proxy_pass http://127.0.0.1:{upstream};
                        {location}
                    }}
                }}
            }}
        """)
        log = folder / "error.log"
        log.touch()
        super().__init__(
            program("nginx", "nginx"), "-c", folder / "nginx.conf", "-p", folder, "-e", log, port=port, log=log
        )


class GatewayServer(Server):
    """`serve.py` in a process of its own; `told` is its one argument."""

    def __init__(self, folder: Path, **told: Any) -> None:
        port = free_port()
        folder.mkdir(exist_ok=True)
        self.url = f"http://127.0.0.1:{port}/v1/chat/stream"
        super().__init__(
            *(sys.executable, HERE / "serve.py", json.dumps({"port": port, **told})),
            port=port,
            log=folder / f"gateway-{port}.log",
        )
