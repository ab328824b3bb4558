"""Debian's nginx before a gateway, as people set it up: what it does to a stream, and how fast the stream still is.

The gateway runs on h11 and nginx asks it in HTTP/1.0, as it does by default, so only the end of the connection ends the
answer: with chunks nginx would pass on each one even while it buffers.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from model_server import Upstream
from programs import GatewayServer, Nginx, Server, until

COMMON = """
    gzip on;
    gzip_types text/event-stream;
    gzip_proxied any;
    gzip_min_length 0;
    proxy_buffering on;
"""
DEAF = "proxy_ignore_headers X-Accel-Buffering;"  # as if the gateway didn't send it
ASKED = {"messages": [{"role": "user", "content": "How do bees talk?"}]}
TEXT = "Bees dance to tell the others where the flowers are. " * 4


def arrivals(port: int, *, gzip: bool = True) -> tuple[list[float], str]:
    """Ask, and give when each piece of the answer came, in seconds, and all of it."""
    began = time.monotonic()
    came: list[float] = []
    whole = bytearray()
    headers = {} if gzip else {"Accept-Encoding": "identity"}
    url = f"http://127.0.0.1:{port}/v1/chat/stream"
    try:
        with httpx.stream("POST", url, json=ASKED, headers=headers, timeout=30) as answer:
            for part in answer.iter_bytes():
                came += [time.monotonic() - began] * part.count(b'"type":"text"')
                whole += part
    except httpx.RemoteProtocolError:  # cut off
        pass
    return came, whole.decode()


def leave_after_first(port: int) -> float:
    """Ask, leave when the first text is there, and give when that was."""
    body = b'{"messages": [{"role": "user", "content": "Go on."}]}'
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = "POST /v1/chat/stream HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        connection.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        came = b""
        while b'"type":"text"' not in came:
            came += connection.recv(65536)
        return time.monotonic()


def until_cancelled(port: int, upstream: Upstream) -> float:
    """Seconds from a client's leaving until its upstream saw the gateway leave."""
    left = leave_after_first(port)
    until(lambda: upstream.left_at >= left, "the upstream's cancellation")
    return upstream.left_at - left


def measure(folder: Path, rounds: int = 10) -> bool:
    """Print the figures; whether they are as promised."""
    told = {"http": "h11", "text": TEXT, "rate": 20, "settings": {"log_level": "error"}}
    gateway = GatewayServer(folder, **told)
    servers: list[Server] = [gateway]
    try:
        ports = {"direct": gateway.port}
        for name, location in (("through nginx", COMMON), ("without the header", COMMON + DEAF)):
            servers.append(nginx := Nginx(folder / name.replace(" ", "-"), gateway.port, location))
            ports[name] = nginx.port
        first = {
            name: [arrivals(port)[0][0] for _ in range(rounds if name != "without the header" else 2)]
            for name, port in ports.items()
        }
        with Upstream(1000, 0.05) as upstream:
            servers.append(relay := GatewayServer(folder, source="sse", upstream=upstream.urls[0], http="h11"))
            servers.append(nginx := Nginx(folder / "relay", relay.port, COMMON))
            cancelled = {
                name: [until_cancelled(port, upstream) for _ in range(rounds)]
                for name, port in (("direct", relay.port), ("through nginx", nginx.port))
            }
    finally:
        for server in reversed(servers):
            server.stop()
    print("Debian's nginx, gzip and buffering on, an upstream that is ended by its closing")
    for name, figures in first.items():
        print(f"  first token {name}: {_ms(figures)}")
    for name, figures in cancelled.items():
        print(f"  from a client's leaving to the upstream's cancellation, {name}: {_ms(figures)}", flush=True)
    slower = statistics.median(first["through nginx"]) - statistics.median(first["direct"])
    return slower <= 0.05 and max(max(each) for each in cancelled.values()) <= 0.1


def _ms(figures: Sequence[float]) -> str:
    return f"median {statistics.median(figures) * 1000:.1f} ms, most {max(figures) * 1000:.1f} ms"
