"""Whether a kernel stays as it is through a thousand answers: the same threads, and memory only for what was said.

One chat answers again and again in one kernel with no browser. At each tenth of the way: threads, resident memory, the
characters of the conversation, and with `--top` what Python allocated (by tracemalloc, which is several times slower).

    uv run python tests/benchmarks/endurance.py
    uv run python tests/benchmarks/endurance.py --fresh
    uv run python tests/benchmarks/endurance.py --answers 200 --top

With `--fresh` each answer is another chat's, which is closed and dropped: then memory must not grow.
All requests stay on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from counted_kernel import counted_kernel

PREPARE = """
import asyncio, gc, json, threading, time, tracemalloc
from paced_tokens import tokens
from ipytalk import Chat

TOKENS = {tokens}
async def source(messages):
    async for token in tokens(TOKENS, 1e9):
        yield token

chat = Chat(source)
if not {fresh}:
    display(chat)

async def answers(count):
    global chat
    for _ in range(count):
        if {fresh}:
            chat.close()
            chat = Chat(source)
        reply = await chat.send("and again")
        assert reply.status == "complete" and len(reply.text) == 4 * TOKENS, reply.status

def sample():
    gc.collect()
    resident = int(open("/proc/self/statm").read().split()[1]) * 4096
    return {{
        "threads": threading.active_count(),
        "resident": resident,
        "allocated": tracemalloc.get_traced_memory()[0],
        "characters": sum(len(message.text) for message in chat.messages),
    }}

await answers(20)
if {traced}:
    tracemalloc.start()
"""
MEASURE = """
await answers({count})
await asyncio.sleep(0.2)
print(json.dumps(sample()))
"""
TOP = """
for each in tracemalloc.take_snapshot().statistics("lineno")[:8]:
    print(each)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=200, help="length of an answer, 4 characters a token")
    parser.add_argument("--fresh", action="store_true", help="a new chat for each answer")
    parser.add_argument("--top", action="store_true", help="print where the most memory was allocated")
    options = parser.parse_args()
    path = str(Path(__file__).parent) + os.pathsep + os.environ.get("PYTHONPATH", "")
    with counted_kernel(Path(sys.executable), {"PYTHONPATH": path}) as kernel:
        kernel.run(PREPARE.format(tokens=options.tokens, fresh=options.fresh, traced=options.top))
        rows = [json.loads(kernel.run("print(json.dumps(sample()))"))]
        rows += [json.loads(kernel.run(MEASURE.format(count=options.answers // 10))) for _ in range(10)]
        top = kernel.run(TOP) if options.top else ""

    print(f"{options.answers} answers of {options.tokens} tokens{', each in a new chat' if options.fresh else ''}")
    print(f"{'answers':>8}{'threads':>9}{'resident MB':>13}{'allocated MB':>14}{'text MB':>9}")
    for index, row in enumerate(rows):
        print(
            f"{index * options.answers // 10:8}{row['threads']:9}{row['resident'] / 1e6:13.1f}"
            f"{row['allocated'] / 1e6:14.2f}{row['characters'] / 1e6:9.2f}"
        )
    first, middle, last = rows[0], rows[5], rows[10]
    measure = "allocated" if options.top else "resident"
    print(f"threads: {sorted({row['threads'] for row in rows})}")
    for part, before, after in (("first", first, middle), ("second", middle, last)):
        each = (after[measure] - before[measure]) / (options.answers / 2)
        print(f"bytes {measure} for each answer of {4 * options.tokens} characters, {part} half: {each:.0f}")
    print(top)


if __name__ == "__main__":
    main()
