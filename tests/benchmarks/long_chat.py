"""What a long conversation costs a person: 500 messages, 1 MB of text, in one chat of a real JupyterLab.

1. Opening: from running the cell that makes the chat with this history and draws it, to its last answer on screen.
2. A key: from the keystroke in the composer to the frame that shows it, while an answer streams 60 tokens a second.
3. Streaming: how long the page's main thread works for such an answer, beside the same in an empty chat.

    uv run python tests/benchmarks/long_chat.py
    uv run python tests/benchmarks/long_chat.py --rounds 2 --messages 500 --megabytes 1

The two chats stand in notebooks of their own, and take turns. Limits: 1.5 s, 50 ms at p95, twice; exits with 1 above.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys

from counted_page import CountedPage, lab_and_browser
from lab import Lab
from playwright.sync_api import Browser, CDPSession

RATE = 60
SECONDS = 4
OPENING, KEY, TIMES = 1500.0, 50.0, 2.0

PREPARE = r"""
from ipytalk import Chat
from ipytalk.messages import Message, TextPart
from paced_tokens import tokens

WORDS = "Some **bold** and *plain* words with `code` in them, and a [link](https://example.org/{0}) beside. " * 6
ANSWER = '''## Heading {0}

''' + WORDS + '''

- one thing, and {0} more
- another thing

```python
def answer_{0}(x: int) -> int:
    return x + {0}
```

| a | b |
|---|---|
| {0} | two |

'''

def history(count, size):
    each = 2 * size // max(count, 1)
    for number in range(count // 2):
        text = ANSWER.format(number)
        while len(text) < each:
            text += WORDS.format(number) + "\n\n"
        yield Message(id=f"u{number}", role="user", parts=(TextPart(f"Question {number}"),), status="sent")
        yield Message(id=f"a{number}", role="assistant", parts=(TextPart(text[:each]),), status="complete")

def source(messages):
    return tokens(*map(int, messages[-1].text.split()))
"""
OPEN = "chat = Chat(source, history=list(history({count}, {size})))\nchat"

# A keystroke is seen in the frame that follows it, which has been painted when the first task after it runs.
WATCH = """() => {
    window.keys = [];
    const box = document.querySelector('.ipytalk-chat textarea');
    box.focus();
    box.onkeydown = (event) => {
        const since = event.timeStamp;
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => window.keys.push(performance.now() - since);
            port2.postMessage(null);
        });
    };
}"""
STATUS = "status => [...document.querySelectorAll('.ipytalk-chat article')].at(-1)?.dataset.status === status"
RUN = """async ([index, last]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = index;
    const began = performance.now();
    window.jupyterapp.commands.execute('notebook:run-cell');
    const shown = () => {
        const all = document.querySelectorAll('.ipytalk-chat article');
        return last === 0 ? document.querySelector('.ipytalk-chat textarea')
            : all.length === last && all[last - 1].querySelector('.ipytalk-body p, .ipytalk-body table');
    };
    while (!shown()) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - began;
}"""


class Page:
    """A notebook with one chat."""

    def __init__(self, lab: Lab, browser: Browser, name: str, count: int, size: int) -> None:
        self._count = count
        self.settling: list[float] = []
        self.refreshing: list[float] = []
        cells = (PREPARE, OPEN.format(count=count, size=size))
        self._notebook = CountedPage.opened(lab, browser, name, *cells)
        self._notebook.run(0)
        self._cdp: CDPSession = self._notebook.page.context.new_cdp_session(self._notebook.page)
        self._cdp.send("Performance.enable")

    def open(self) -> float:
        """Give how long the chat took to show, in ms."""
        took = self._notebook.page.evaluate(RUN, [1, self._count])
        before = self._busy()
        self._notebook.finished(1, seconds=120)
        # JupyterLab draws the transcript that the notebook keeps, which is hidden.
        self._rest()
        self.settling.append(self._busy() - before)
        return took

    def stream(self, *, typing: bool) -> tuple[float, list[float]]:
        """Give the main thread's work for an answer in ms, and how long each key took."""
        page = self._notebook.page
        page.evaluate(WATCH)
        before = self._busy()
        self._notebook.evaluate(f"reply = chat.send('{RATE * SECONDS} {RATE}')")
        page.wait_for_function(STATUS, arg="streaming")
        if typing:
            for letter in "the quick brown fox " * SECONDS:
                page.keyboard.press(letter)
                page.wait_for_timeout(20)
        page.wait_for_function(STATUS, arg="complete")
        busy = self._busy() - before
        self._rest()
        self.refreshing.append(self._busy() - before - busy)
        keys = page.evaluate("window.keys")
        return busy, keys

    def _rest(self) -> None:
        """Wait until the page has nothing to do."""
        before = -1000.0
        while (now := self._busy()) - before > 100:
            before = now
            self._notebook.page.wait_for_timeout(1000)

    def _busy(self) -> float:
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return 1000 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def close(self) -> None:
        self._notebook.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--megabytes", type=float, default=1.0)
    options = parser.parse_args()
    opened: list[float] = []
    keys: dict[str, list[float]] = {"long": [], "empty": []}
    work: dict[str, list[float]] = {"long": [], "empty": []}
    with lab_and_browser() as (lab, browser):
        pages = {
            "long": Page(lab, browser, "long.ipynb", options.messages, int(options.megabytes * 1e6)),
            "empty": Page(lab, browser, "empty.ipynb", 0, 0),
        }
        for _ in range(options.rounds):
            for name, page in pages.items():
                print(name, end=" ", flush=True)
                took = page.open()
                if name == "long":
                    opened.append(took)
                work[name].append(page.stream(typing=False)[0])
                keys[name] += page.stream(typing=True)[1]
        for page in pages.values():
            page.close()
    ratio = statistics.median(work["long"]) / statistics.median(work["empty"])
    slow = {name: quantile(found, 0.95) for name, found in keys.items()}
    print(f"{options.messages} messages, {options.megabytes} MB, load {os.getloadavg()[0]:.1f}")
    print(f"opening: median {statistics.median(opened):.0f} ms, of {[round(each) for each in opened]}")
    long = pages["long"]
    print(f"JupyterLab then draws the hidden transcript: {statistics.median(long.settling):.0f} ms of its main thread,")
    print(f"and {statistics.median(long.refreshing):.0f} ms after each answer")
    for name, found in keys.items():
        print(f"a key, {name}: median {statistics.median(found):.1f} ms, p95 {slow[name]:.1f} ms, of {len(found)}")
    for name, found in work.items():
        print(f"main thread for {SECONDS} s of {RATE} tokens/s, {name}: {[round(each) for each in found]} ms")
    print(f"streaming costs {ratio:.2f} times that in an empty chat")
    sys.exit(statistics.median(opened) > OPENING or slow["long"] > KEY or ratio > TIMES)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


if __name__ == "__main__":
    main()
