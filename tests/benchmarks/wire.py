"""What one answer costs on the wire and in the kernel, beside the usual ways to show it.

In one run: the generator alone, `update_display(Markdown(text))` at each token, Panel's ChatInterface, ipytalk.
Each shows an answer of 2,000 and of 10,000 tokens, 4 characters a token, 200 tokens a second. First with no browser:
every iopub message is counted, and the CPU time of the kernel, all its threads. Then in JupyterLab and Chromium: every
frame of the kernel's websocket, both ways, so with the acks and all that they cause. Only a cell's own status, input
and reply are left aside.

    uv run python tests/benchmarks/wire.py
    uv run python tests/benchmarks/wire.py --tokens 2000 --rounds 3
    uv run python tests/benchmarks/wire.py --only browser

10,000 tokens are 50 s for each way: six minutes in all. The first run makes an environment with Panel, under `.cache`;
else every request stays on this machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from counted_kernel import Traffic, counted_kernel
from counted_page import CountedPage, lab_and_browser

HERE = str(Path(__file__).parent)
CACHE = Path(__file__).parents[2] / ".cache"
RATE = 200
SIZE = 4  # characters a token

START = f"""
import asyncio, time
from paced_tokens import tokens
RATE = {RATE}
def prepare():
    pass
"""

GENERATOR = """
async def answer(count):
    async for _ in tokens(count, RATE):
        pass
"""

UPDATE_DISPLAY = """
from IPython.display import Markdown, display
async def answer(count):
    text, shown = "", display(Markdown(""), display_id=True)
    async for token in tokens(count, RATE):
        text += token
        shown.update(Markdown(text))
"""

# A browser would open the chat's comm, and Panel sends nothing until one did.
PANEL = """
import panel as pn
pn.extension()
async def respond(contents, user, instance):
    text = ""
    async for token in tokens(int(contents), RATE):
        text += token
        yield text
    ended.set()
def prepare():
    global chat
    chat = pn.chat.ChatInterface(callback=respond)
    display(chat)
    for comm, _ in chat._comms.values():
        comm.init()
async def answer(count):
    global ended
    ended = asyncio.Event()
    chat.send(str(count))
    await ended.wait()
"""

IPYTALK = """
from ipytalk import Chat
def prepare():
    global chat
    chat = Chat(lambda messages: tokens(int(messages[-1].text), RATE), height="400px")
    display(chat)
async def answer(count):
    reply = await chat.send(str(count))
    assert len(reply.text) == 4 * count, reply
"""

WAYS = {"generator": GENERATOR, "update_display": UPDATE_DISPLAY, "Panel": PANEL, "ipytalk": IPYTALK}

# What happens once, such as imports, isn't measured.
PREPARE = "prepare(); await answer(20); prepare()"

MEASURE = """
before = time.process_time()
await answer({count})
print(time.process_time() - before)
"""


@dataclass
class Figures:
    down: Traffic
    up: Traffic
    cpu: float


def panel_python() -> Path:
    """Give the Python of an environment with Panel; made once."""
    folder = CACHE / "panel"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        uv = os.environ.get("UV", "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "panel", "ipykernel"], check=True)
        (folder / "ready").touch()
    return python


def without_browser(way: str, counts: list[int]) -> dict[int, Figures]:
    """Measure `way` in a kernel of its own."""
    python = panel_python() if way == "Panel" else Path(sys.executable)
    with counted_kernel(python, {"PYTHONPATH": HERE + os.pathsep + os.environ.get("PYTHONPATH", "")}) as kernel:
        kernel.run(START + WAYS[way])
        found = {}
        for count in counts:
            kernel.run(PREPARE)
            traffic, printed = kernel.measured(MEASURE.format(count=count))
            forget_print(traffic)
            found[count] = Figures(traffic, Traffic(), float(printed))
    return found


def in_browser(way: str, counts: list[int]) -> dict[int, Figures]:
    """Measure `way` in a notebook of its own."""
    with lab_and_browser() as (lab, browser):
        cells = [START + WAYS[way]]
        for count in counts:
            cells += [PREPARE, MEASURE.format(count=count)]
        notebook = CountedPage.opened(lab, browser, "wire.ipynb", *cells)
        notebook.run(0)
        found = {}
        for index, count in zip(range(2, len(cells), 2), counts, strict=True):
            notebook.run(index - 1)
            notebook.page.wait_for_timeout(1000)
            notebook.count_anew()
            notebook.start(index)
            notebook.page.wait_for_timeout(1000 * count / RATE)
            notebook.finished(index, seconds=600)  # a page that draws the whole text each time is minutes behind
            notebook.page.wait_for_timeout(1000)  # the last ack
            printed = notebook.cell(index).locator("[data-mime-type$=stdout]").inner_text()
            forget_print(notebook.down)
            found[count] = Figures(notebook.down, notebook.up, float(printed))
            notebook.count_anew()
        notebook.close()
    return found


def forget_print(traffic: Traffic) -> None:
    """Leave aside the one message that told the CPU time."""
    for counter in (traffic.messages, traffic.bytes):
        counter.pop("stream", None)


def median(rounds: list[dict[int, Figures]], count: int) -> Figures:
    """Give the round whose bytes are in the middle, with the median of the CPU times."""
    figures = sorted((each[count] for each in rounds), key=lambda f: f.down.total_bytes + f.up.total_bytes)
    middle = figures[len(figures) // 2]
    return Figures(middle.down, middle.up, statistics.median(f.cpu for f in figures))


def show(title: str, found: dict[str, list[dict[int, Figures]]], counts: list[int]) -> None:
    """Print one table."""
    print(f"\n{title}")
    print(f"{'':16}{'tokens':>8}{'messages':>10}{'MB':>9}{'bytes/char':>12}{'of them up':>12}{'growth':>9}{'CPU s':>8}")
    for way, rounds in found.items():
        first: float | None = None
        for count in counts:
            figures = median(rounds, count)
            down, up = figures.down.total_bytes, figures.up.total_bytes
            messages = figures.down.total_messages + figures.up.total_messages
            each, each_up = (down + up) / (SIZE * count), up / (SIZE * count)
            growth = f"x{(down + up) / first:.1f}" if first else ""
            first = first or down + up
            print(
                f"{way:16}{count:8}{messages:10}{(down + up) / 1e6:9.2f}{each:12.1f}{each_up:12.1f}{growth:>9}"
                f"{figures.cpu:8.2f}"
            )


def compare(found: dict[str, list[dict[int, Figures]]], counts: list[int]) -> None:
    """Print what ipytalk takes of what the others take."""
    for count in counts:
        figures = {way: median(rounds, count) for way, rounds in found.items()}
        ours, alone = figures["ipytalk"], figures["generator"].cpu
        for way in ("update_display", "Panel"):
            if way not in figures:
                continue
            theirs = figures[way]
            print(
                f"{count:6} tokens: ipytalk / {way}: "
                f"bytes {ours.down.total_bytes / theirs.down.total_bytes:.4f}, "
                f"CPU beyond the generator's {ours.cpu - alone:.2f} s / {theirs.cpu - alone:.2f} s = "
                f"{(ours.cpu - alone) / (theirs.cpu - alone):.3f}"
            )


def by_kind(found: dict[str, list[dict[int, Figures]]], counts: list[int]) -> None:
    """Print what ipytalk's messages were."""
    figures = median(found["ipytalk"], counts[-1])
    for name, traffic in (("down", figures.down), ("up", figures.up)):
        for kind, number in traffic.messages.most_common():
            print(f"  ipytalk, {name:4} {kind:30}{number:6} messages {traffic.bytes[kind]:9} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[2000, 10000], help="lengths of the answer")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each way with no browser")
    parser.add_argument("--only", choices=("headless", "browser"), help="one of the two parts")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="some of the ways")
    options = parser.parse_args()
    ways = list(options.ways)
    if options.only != "browser":
        found: dict[str, list[dict[int, Figures]]] = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way in ways:
                found[way].append(without_browser(way, options.tokens))
        show("no browser: iopub", found, options.tokens)
        if "generator" in found and "ipytalk" in found:
            compare(found, options.tokens)
        by_kind(found, options.tokens)
    if options.only != "headless":
        # Panel draws nothing in JupyterLab unless an extension of the server's is installed with it.
        shown = {way: [in_browser(way, options.tokens)] for way in ways if way in ("update_display", "ipytalk")}
        show("JupyterLab and Chromium: the kernel's websocket, both ways", shown, options.tokens)
        by_kind(shown, options.tokens)


if __name__ == "__main__":
    main()
