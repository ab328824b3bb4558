"""How long the first Send of a fresh kernel takes until its request leaves: ipytalk's own overhead.

    python tests/benchmarks/first_send.py [--runs 9] [--wait 4.0]

Each run is a fresh process: it makes ``Chat(Claude(...))``, waits as long as a person takes to type a question, sends
it, and the server in this process notes when the request came. Both read the system's monotonic clock. The peer is the
same without a warm-up: the SDK imported and the client made when the question is asked.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

OURS = """
import sys, time
from ipytalk import Chat
from ipytalk.sources import Claude
chat = Chat(Claude(base_url=sys.argv[1], api_key="sk-test"), retries=0)
time.sleep(float(sys.argv[2]))
print(time.monotonic(), flush=True)
chat.send("Hello?").result(60)
"""
COLD = """
import asyncio, sys, time
time.sleep(float(sys.argv[2]))
print(time.monotonic(), flush=True)
from anthropic import AsyncAnthropic
async def main():
    client = AsyncAnthropic(base_url=sys.argv[1], api_key="sk-test", max_retries=0)
    hello = [{"role": "user", "content": "Hello?"}]
    async for _ in await client.messages.create(model="m", max_tokens=9, messages=hello, stream=True): pass
asyncio.run(main())
"""
USAGE = {"input_tokens": 1, "output_tokens": 1}
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": USAGE}
EVENTS = (
    {"type": "message_start", "message": MESSAGE},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello."}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
)
BODY = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in EVENTS).encode()


class Server(HTTPServer):
    came: list[float]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        self.server.came.append(time.monotonic())
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


def measure(code: str, wait: float) -> float:
    """Milliseconds from Send to the request's arrival, in a fresh process."""
    server = Server(("127.0.0.1", 0), Handler)
    server.came = []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    done = subprocess.run([sys.executable, "-c", code, url, str(wait)], capture_output=True, text=True, check=True)
    server.shutdown()
    server.server_close()
    return 1000 * (server.came[-1] - float(done.stdout.split()[0]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=9)
    arguments.add_argument("--wait", type=float, default=4.0, help="seconds between making the chat and Send")
    given = arguments.parse_args()
    ours = [measure(OURS, given.wait) for _ in range(given.runs)]
    cold = [measure(COLD, 0.1) for _ in range(given.runs)]
    for name, values in (("ipytalk, warmed", ours), ("SDK, cold", cold)):
        print(f"{name}: median {statistics.median(values):.0f} ms, {min(values):.0f} to {max(values):.0f}")
    print(f"ratio {statistics.median(cold) / statistics.median(ours):.0f}")


if __name__ == "__main__":
    main()
