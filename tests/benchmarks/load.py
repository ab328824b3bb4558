"""Whether many fast answers at once come through whole, and leave room for others.

1. Eight chats in one notebook of JupyterLab, 200 tokens a second each, for a minute, while a cell prints and ends: with
   a page that acks, and with one whose acks never leave it. Every message on the websocket is counted, both ways.
2. A source that yields 100,000 tokens as fast as it can.

Each time the text in the kernel and on the page must be the source's, and the server's log must hold no complaint.

    uv run python tests/benchmarks/load.py
    uv run python tests/benchmarks/load.py --seconds 15
    uv run python tests/benchmarks/load.py --only burst

All requests stay on this machine. Exits with 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter

from counted_page import CountedPage, lab_and_browser
from lab import Lab
from paced_tokens import text

CHATS = 8
RATE = 200
LIMIT = 300  # messages a second

# A page of which no ack leaves. In the page, so that the product needs no hook for it.
NO_ACKS = """
(() => {
    const send = WebSocket.prototype.send;
    window.acksHeldBack = 0;
    WebSocket.prototype.send = function (data) {
        if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
            const text = new TextDecoder().decode(data);
            if (text.includes('comm_info_request') && text.includes('"type":"ack"')) {
                window.acksHeldBack++;
                return;
            }
        }
        return send.call(this, data);
    };
})();
"""

CHATS_CELL = f"""
import asyncio, time
from paced_tokens import tokens
from ipytalk import Chat
async def unpaced(count):
    async for token in tokens(count, 1e9):
        yield token
def source(messages):
    count = int(messages[-1].text)
    return unpaced(count) if count > 50_000 else tokens(count, {RATE})
chats = [Chat(source, height="120px", composer=False) for _ in range({CHATS})]
for chat in chats:
    display(chat)
"""

ASK_ALL = "replies = [chat.send('{count}') for chat in chats]"
PRINT = """
for number in range(20):
    print("line", number)
    time.sleep(0.05)
"""
WAIT_ALL = "for reply in replies: await reply"
IN_KERNEL = """
from paced_tokens import text
print(sum(reply.text == text({count}) for reply in replies))
"""
BURST = """
began = time.perf_counter()
reply = await chats[0].send('{count}')
print(reply.text == text({count}), time.perf_counter() - began)
"""
ON_PAGE = (
    "() => [...document.querySelectorAll('.ipytalk-chat')].map((chat) =>"
    " [...chat.querySelectorAll('article .ipytalk-body')].at(-1)?.textContent.replace(/\\s/g, ''))"
)


def on_page(notebook: CountedPage, count: int, chats: int, seconds: float = 60) -> int:
    """Give how many of the first chats show the whole text in the end; white space is the paragraphs' business."""
    whole = "".join(text(count).split())
    deadline = time.monotonic() + seconds
    while True:
        good = sum(shown == whole for shown in notebook.page.evaluate(ON_PAGE)[:chats])
        if good == chats or time.monotonic() > deadline:
            return good
        notebook.page.wait_for_timeout(500)


def complaints(lab: Lab) -> list[str]:
    return [line for line in lab.log.read_text().splitlines() if "rate exceeded" in line]


def busiest(arrivals: list[float]) -> int:
    """Give the most messages that came within one second of the clock."""
    return max(Counter(int(at) for at in arrivals).values(), default=0)


def together(acks: bool, seconds: int) -> bool:
    """Eight chats at once."""
    count = RATE * seconds
    cells = [CHATS_CELL, ASK_ALL.format(count=count), PRINT, WAIT_ALL, IN_KERNEL.format(count=count)]
    with lab_and_browser() as (lab, browser):
        notebook = CountedPage.opened(lab, browser, "load.ipynb", *cells, init_script="" if acks else NO_ACKS)
        notebook.run(0)
        notebook.page.wait_for_timeout(2000)
        notebook.count_anew()
        began = time.monotonic()
        notebook.run(1)
        notebook.page.wait_for_timeout(300 * seconds)
        printing = time.monotonic()
        notebook.run(2)
        printed = time.monotonic() - printing
        notebook.start(3)
        notebook.page.wait_for_timeout(max(0.0, 1000 * (seconds - (time.monotonic() - began))))
        notebook.finished(3, seconds=60 + seconds)
        took = time.monotonic() - began
        notebook.page.wait_for_timeout(1000)
        down, up, arrivals = notebook.down, notebook.up, notebook.arrivals
        notebook.count_anew()
        notebook.run(4)
        kernel = int(notebook.cell(4).locator("[data-mime-type$=stdout]").inner_text())
        lines = notebook.cell(2).locator("[data-mime-type$=stdout]").inner_text().count("line")
        page = on_page(notebook, count, CHATS)
        held = notebook.page.evaluate("window.acksHeldBack ?? 0")
        notebook.close()
        said = complaints(lab)
    per_second = (down.total_messages + up.total_messages) / took
    print(f"{CHATS} chats, {RATE} tokens/s each, {seconds} s, acks {'on' if acks else f'off ({held} held back)'}")
    print(f"  whole in the kernel {kernel} of {CHATS}, on the page {page} of {CHATS}; took {took:.1f} s")
    print(f"  messages/s {per_second:.0f} (down {down.total_messages / took:.0f}, up {up.total_messages / took:.0f}), ")
    print(f"  the busiest second {busiest(arrivals)} down; limit {LIMIT}")
    print(
        f"  a cell that prints 20 lines for 1 s took {printed:.1f} s and showed {lines}; complaints: {said or 'none'}"
    )
    print(f"  {json.dumps(down.messages)}", flush=True)
    return kernel == page == CHATS and lines == 20 and per_second <= LIMIT and not said


def burst(count: int) -> bool:
    """One chat, as fast as the source can."""
    with lab_and_browser() as (lab, browser):
        cells = [
            CHATS_CELL.replace(f"range({CHATS})", "range(1)"),
            "from paced_tokens import text",
            BURST.format(count=count),
        ]
        notebook = CountedPage.opened(lab, browser, "burst.ipynb", *cells)
        notebook.run(0)
        notebook.run(1)
        notebook.count_anew()
        began = time.monotonic()
        notebook.run(2)
        took = time.monotonic() - began
        kernel, seconds = notebook.cell(2).locator("[data-mime-type$=stdout]").inner_text().split()
        page = on_page(notebook, count, 1)
        drawn = time.monotonic() - began
        down = notebook.down
        notebook.close()
        said = complaints(lab)
    print(f"{count} tokens as fast as the source yields them")
    print(f"  whole in the kernel: {kernel}, after {float(seconds):.2f} s; the cell ended after {took:.1f} s")
    print(
        f"  whole on the page: {page == 1}, seen after {drawn:.1f} s; {down.total_messages} messages down; "
        f"complaints: {said or 'none'}",
        flush=True,
    )
    return kernel == "True" and page == 1 and not said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="length of the answers")
    parser.add_argument("--tokens", type=int, default=100_000, help="tokens of the burst")
    parser.add_argument("--only", choices=("acks", "no-acks", "burst"), help="one of the three")
    options = parser.parse_args()
    good = True
    if options.only in (None, "acks"):
        good &= together(True, options.seconds)
    if options.only in (None, "no-acks"):
        good &= together(False, options.seconds)
    if options.only in (None, "burst"):
        good &= burst(options.tokens)
    sys.exit(not good)


if __name__ == "__main__":
    main()
