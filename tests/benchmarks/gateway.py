"""What the gateway bears, and what it costs: many streams through one worker, many clients before few places.

1. `many`: 500 streams at 50 tokens a second each, gathered into words, through one worker. A token's delay is from the
   moment it was due at the source to its arrival; so a gateway that is late counts, also where its source is held up.
   Nothing may be lost, and the median delay is at most 50 ms.
2. `queue`: 2,000 requests of 300 users, one of them with 200, before 300 places. Shown positions never go up, each
   user is served in his own order, and every request is served, or told when to come again.
3. `nginx`: the time to the first token and the delay until a client's leaving cancels its upstream, directly and
   through Debian's nginx with gzip and buffering on; and what the same nginx does without X-Accel-Buffering.
4. `workers`: two workers share Debian's Redis and a limit of 6; one is killed under load. At no moment more than 6
   answers are asked of the model, and the places of the killed one come back within its lease.

In 1 and 2 the source is a callable in the worker. Gateway and clients share this machine's cores; all traffic is on
loopback.

    uv run python tests/benchmarks/gateway.py
    uv run python tests/benchmarks/gateway.py --only many --seconds 20

Exits with 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "gateway"))

import through_nginx
from programs import GatewayServer
from two_workers import LIMIT, kill_one, two_workers

PARTS = ["many", "queue", "nginx", "workers"]
CLIENTS = Path(__file__).parent / "gateway_clients.py"


def ask(asks: Sequence[tuple[str, str]], **told: Any) -> list[dict[str, Any]]:
    """Let the clients ask, and give their reports."""
    told |= {"asks": asks, "base": time.monotonic()}
    done = subprocess.run(
        [sys.executable, CLIENTS], input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def cpu(server: GatewayServer) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(figures: Sequence[float]) -> str:
    cuts = statistics.quantiles(figures, n=1000)
    return f"p50 {cuts[499]:.1f}, p90 {cuts[899]:.1f}, p99 {cuts[989]:.1f}, most {max(figures):.1f}"


def many(folder: Path, streams: int, rate: int, seconds: int) -> bool:
    count = rate * seconds
    settings = {"limit": streams, "coalesce": "word", "log_level": "error"}
    server = GatewayServer(folder, source="stamped", settings=settings)
    try:
        began, spent = time.monotonic(), cpu(server)
        asks = [(f"{number}", f"{count} {rate}") for number in range(streams)]
        answers = ask(asks, port=server.port, ordered=False, gap=1 / streams, seconds=seconds + 30)
        took, spent = time.monotonic() - began, cpu(server) - spent
    finally:
        server.stop()
    delays = [delay for answer in answers for delay in answer["delays"]]
    whole = sum(answer["done"] and len(answer["delays"]) == count for answer in answers)
    steady = [delay for answer in answers for delay in answer["delays"][rate * 2 : -rate]] or delays
    print(f"{streams} streams, {rate} tokens/s each, {seconds} s, one worker, words")
    print(f"  whole {whole} of {streams}; tokens {len(delays)} of {streams * count}")
    print(f"  a token's delay in ms: {spread(delays)}; after the first 2 s {spread(steady)}")
    print(f"  the worker used {spent / took:.0%} of a core for {took:.1f} s", flush=True)
    return whole == streams and statistics.median(delays) <= 50


def queue(folder: Path, requests: int, limit: int) -> bool:
    users, greedy, room = 300, 200, 1500
    asks = [("greedy", "60 20")] * greedy
    asks += [(f"user-{number % (users - 1)}", "60 20") for number in range(requests - greedy)]
    names = sorted({user for user, _ in asks})
    tokens = ",".join(f"{name}=token-{name}" for name in names)
    settings = {"limit": limit, "per_user": 10, "queue": room, "coalesce": "word", "tokens": tokens}
    server = GatewayServer(folder, source="stamped", settings={**settings, "log_level": "error"})
    try:
        answers = ask(asks, port=server.port, ordered=True, gap=0.001, seconds=90)
    finally:
        server.stop()
    told = Counter("served" if a["done"] and len(a["delays"]) == 60 else str(a["status"]) for a in answers)
    waited = [answer["positions"] for answer in answers if answer["positions"]]
    rose = sum(later >= earlier for each in waited for earlier, later in pairwise(each))
    out_of_order = 0
    for name in names:
        numbers = [a["number"] for (user, _), a in zip(asks, answers, strict=True) if user == name and a["number"]]
        out_of_order += numbers != sorted(numbers)
    waits: dict[bool, list[float]] = {True: [], False: []}
    for (user, _), answer in zip(asks, answers, strict=True):
        if answer["began"] is not None:
            waits[user == "greedy"].append(answer["began"] - answer["asked"])
    unsaid = sum(a["status"] != 200 and not a["retry_after"] for a in answers) + sum(
        a["status"] == 200 and not a["done"] for a in answers
    )
    print(f"{requests} requests, {len(names)} users, one with {greedy}, {limit} places, {room} may wait")
    print(f"  {dict(told)}; neither served nor told {unsaid}")
    print(f"  waited {len(waited)}, positions shown {sum(map(len, waited))}, that rose {rose}")
    print(f"  users served out of their order {out_of_order}")
    print(f"  longest wait {max(waits[False]):.1f} s, of the one with {greedy} {max(waits[True]):.1f} s", flush=True)
    return not (rose or out_of_order or unsaid) and sum(told.values()) == requests


def workers(folder: Path, lease: float = 5.0) -> bool:
    with two_workers(folder, lease=lease, tokens=20, gap=0.05) as two:
        seen = kill_one(two, asked=120)
    whole = sum(each.whole for each in seen.answers)
    print(f"two workers, one Redis, {LIMIT} places, a lease of {lease:g} s")
    print(f"  most answers at once {seen.most}; {seen.held} places were the killed one's, back after {seen.back:.1f} s")
    print(f"  of the other's requests served {whole} of {len(seen.answers)}", flush=True)
    return seen.most == LIMIT and seen.back <= lease + 0.5 and whole == len(seen.answers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=15)
    told = parser.parse_args()
    only = told.only
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "many" in only:
            good &= many(folder, told.streams, 50, told.seconds)
        if "queue" in only:
            good &= queue(folder, 2000, 300)
        if "nginx" in only:
            good &= through_nginx.measure(folder)
        if "workers" in only:
            good &= workers(folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
