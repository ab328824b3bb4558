"""How long a token takes from the source's `yield` to the screen, beside the least that a widget can do.

Compared, in turns in one notebook of JupyterLab: ipytalk, and a bare probe, which is an anywidget whose `<pre>` is
appended what custom messages bring, each token at once, with no Markdown and no history. Both are fed by the same
generator on a thread of its own: half a second before the first token, as a model takes, then 60 a second, unevenly,
because even ones would keep their distance to the screen's frames. The kernel is idle, or blocked by `time.sleep`. One
clock: the kernel's `time.time()` against the page's, on one machine, their difference measured and taken off.
`painted.js` says when a token counts as painted.

    uv run python tests/benchmarks/latency.py
    uv run python tests/benchmarks/latency.py --rounds 10 --tokens 300 --only idle
    uv run python tests/benchmarks/latency.py --rounds 60 --tokens 3

Each round is one answer of each, 5 s long by default. An answer has one first token, which waits for its frame as long
as chance has it: with few rounds their ratio says little, so it stands there with its 95 % interval (by bootstrap).
All requests stay on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

from counted_page import CountedPage, lab_and_browser

RATE = 60
PAINTED = (Path(__file__).parent / "painted.js").read_text()

PREPARE = f"""
import asyncio, json, random, threading, time
import anywidget, traitlets
from ipytalk import Chat

yielded = []
async def source(count):
    yielded.clear()
    start, jitter = time.perf_counter() + 0.5, random.Random(count)
    for number in range(count):
        await asyncio.sleep(max(0.0, start + (number + jitter.random()) / {RATE} - time.perf_counter()))
        yielded.append(time.time())
        yield f"{{number}} "

class Probe(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
        const pre = document.createElement("pre");
        pre.className = "probe";
        pre.style.cssText = "height: 200px; overflow: auto; white-space: pre-wrap";
        el.append(pre);
        model.on("msg:custom", ({{ text }}) => {{
            if (text === null) pre.textContent = ""; else pre.append(text);
        }});
    }} }}'''

probe = Probe()
chat = Chat(lambda messages: source(int(messages[-1].text)), height="200px")
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()

async def feed(count):
    async for token in source(count):
        probe.send({{"text": token}})

def start(way, count):
    if way == "ipytalk":
        chat.send(str(count))
    else:
        asyncio.run_coroutine_threadsafe(feed(count), loop)
"""

FIND = {
    "probe": "() => document.querySelector('pre.probe')",
    "ipytalk": "() => [...document.querySelectorAll('.ipytalk-chat article .ipytalk-body')].at(-1)",
}
CLEAR = 'chat.clear(); probe.send({"text": None})'


class Times:
    """Milliseconds from yield to paint."""

    def __init__(self) -> None:
        self.first: list[float] = []
        self.others: list[float] = []
        self.lost = 0

    def add(self, yielded: Sequence[float], painted: Sequence[float | None], skew: float) -> None:
        """Take in one answer."""
        both = zip(yielded, [*painted, *[None] * (len(yielded) - len(painted))], strict=True)
        times = [None if at is None else at - skew - 1000 * since for since, at in both]
        found = [time for time in times if time is not None]
        self.lost += len(times) - len(found)
        self.first += found[:1]
        self.others += found[1:]

    @property
    def figures(self) -> tuple[float, float, float]:
        """Median of the first tokens; median and 99th percentile of the others."""
        return statistics.median(self.first), statistics.median(self.others), quantile(self.others, 0.99)


def interval(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float]:
    """Give the 95 % interval of the ratio of two medians."""
    rng = random.Random(1)
    ratios = [
        statistics.median(rng.choices(ours, k=len(ours))) / statistics.median(rng.choices(theirs, k=len(theirs)))
        for _ in range(2000)
    ]
    return quantile(ratios, 0.025), quantile(ratios, 0.975)


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def answer(notebook: CountedPage, way: str, count: int, cell: int) -> tuple[list[float], list[float | None]]:
    """Run the cell that starts an answer, and give when its tokens were yielded and when painted."""
    page = notebook.page
    notebook.evaluate(CLEAR)
    page.wait_for_timeout(500)
    page.evaluate(f"window.watchTokens({FIND[way]})")
    notebook.start(cell)
    page.wait_for_timeout(1000 * count / RATE + 1500)
    notebook.idle()
    painted = page.evaluate("window.tokensPainted()")
    yielded = json.loads(notebook.evaluate("print(json.dumps(yielded))"))
    return yielded, painted


def skew_of(notebook: CountedPage) -> float:
    """Give by how many milliseconds the page's clock is ahead of the kernel's: Chromium fixes it when a page loads."""
    return statistics.median(
        notebook.page.evaluate(
            """() => new Promise((resolve) => {
                const found = [];
                const look = () => {
                    found.push(performance.timeOrigin + performance.now() - Date.now() - 0.5);
                    if (found.length < 50) setTimeout(look, 3); else resolve(found);
                };
                look();
            })"""
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6, help="answers of each in each state of the kernel")
    parser.add_argument("--tokens", type=int, default=300, help="length of an answer")
    parser.add_argument("--only", choices=("idle", "busy"), help="one state of the kernel")
    options = parser.parse_args()
    states = [options.only] if options.only else ["idle", "busy"]
    seconds = options.tokens / RATE + 1

    cells = [PREPARE, "probe", "chat"]
    at = {}
    for way in ("probe", "ipytalk"):
        for state in states:
            at[way, state] = len(cells)
            cells.append(f"start('{way}', {options.tokens})" + (f"; time.sleep({seconds})" if state == "busy" else ""))

    times = {key: Times() for key in at}
    with lab_and_browser() as (lab, browser):
        notebook = CountedPage.opened(lab, browser, "latency.ipynb", *cells, init_script=PAINTED)
        for cell in range(3):
            notebook.run(cell)
        notebook.page.wait_for_selector(".ipytalk-chat")
        notebook.page.wait_for_selector("pre.probe")
        for way in ("probe", "ipytalk"):  # what happens once
            answer(notebook, way, options.tokens, at[way, states[0]])
        for turn in range(options.rounds):
            for state in states:
                for way in ("probe", "ipytalk") if turn % 2 else ("ipytalk", "probe"):
                    yielded, painted = answer(notebook, way, options.tokens, at[way, state])
                    times[way, state].add(yielded, painted, skew_of(notebook))
        notebook.close()

    print(f"ms from yield to paint, {options.rounds} answers of {options.tokens} tokens, load {os.getloadavg()[0]:.1f}")
    print(f"{'':8}{'':10}{'first':>8}{'median':>8}{'p99':>8}{'max':>8}{'lost':>6}")
    for state in states:
        for way in ("probe", "ipytalk"):
            found = times[way, state]
            first, median, p99 = found.figures
            print(f"{state:8}{way:10}{first:8.1f}{median:8.1f}{p99:8.1f}{max(found.others):8.1f}{found.lost:6}")
        ratios = [
            ours / theirs
            for ours, theirs in zip(times["ipytalk", state].figures, times["probe", state].figures, strict=True)
        ]
        low, high = interval(times["ipytalk", state].first, times["probe", state].first)
        print(
            f"{'':8}{'ratio':10}" + "".join(f"{ratio:8.2f}" for ratio in ratios) + f"   first: {low:.2f} to {high:.2f}"
        )


if __name__ == "__main__":
    main()
