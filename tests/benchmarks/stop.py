"""From a click on Stop until the model's server sees its client go, in JupyterLab, whatever the kernel does.

    uv run python tests/benchmarks/stop.py
    uv run python tests/benchmarks/stop.py --clicks 10 --kernel ipykernel6 --state idle --state "in time.sleep"

Page, kernel and server share this machine's clock. It takes about four minutes; on a machine with other work the
figures are those of the other work.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "e2e")]

import kernels  # noqa: E402
from chromium import FLAGS, find_chromium  # noqa: E402
from lab import Lab, Notebook, claude_cell, serve  # noqa: E402
from playwright.sync_api import Browser, expect, sync_playwright  # noqa: E402
from test_stop import DONE, ENDLESS, STATES  # noqa: E402

from servers.messages import MessagesServer, answer  # noqa: E402

EARLY = "before the first token"
WATCH_CLICKS = """() => document.addEventListener('click', (event) => {
    if (event.target.closest('button')?.getAttribute('aria-label') === 'Stop') window.clicked = Date.now();
}, { capture: true })"""


def measure(lab: Lab, browser: Browser, kernel: str, states: list[str], clicks: int) -> dict[str, list[float]]:
    """Give the milliseconds of each click, by the kernel's state."""
    taken: dict[str, list[float]] = {}
    with MessagesServer() as server:
        server.default = answer(ENDLESS, pace=0.02)
        name = f"stop-{kernel}.ipynb"
        lab.write(name, [DONE + claude_cell(server), *STATES.values()], kernel)
        notebook = Notebook.open(lab, browser, name)
        notebook.page.evaluate(WATCH_CLICKS)
        notebook.run(0)
        for cell, state in enumerate([*STATES, EARLY], 1):
            if state not in states:
                continue
            busy = bool(STATES.get(state))
            if busy:
                notebook.start(cell)
                expect(notebook.cell(cell)).to_contain_text("[*]")
            if state == EARLY:
                server.hold("start")
            taken[state] = [click(notebook, server, early=state == EARLY) for _ in range(clicks)]
            if busy:
                (lab.root / "done").touch()
                notebook.idle()
                (lab.root / "done").unlink()
        notebook.close()
    return taken


def click(notebook: Notebook, server: MessagesServer, *, early: bool) -> float:
    """Ask, stop, and give the milliseconds between the click and the end of the connection."""
    chat = notebook.chat()
    asked = len(server.requests)
    chat.send("Count")
    server.wait_for(lambda: len(server.requests) > asked)
    if not early:
        expect(chat.answer).to_contain_text("one two three")
    chat.stop_button.click()
    request = server.requests[-1]
    server.wait_for(lambda: request.closed, 30)
    chat.expect_status("complete")
    assert request.closed is not None
    return request.closed * 1000 - notebook.page.evaluate("window.clicked")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time Stop.")
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--kernel", choices=["python3", "ipykernel6"], action="append")
    parser.add_argument("--state", choices=[*STATES, EARLY], action="append")
    arguments = parser.parse_args()
    states = arguments.state or [*STATES, EARLY]
    print(f"{'kernel':12}{'while it is':28}{'median':>9}{'p99':>9}   ms, {arguments.clicks} clicks")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        kernels.install_old(Path(folder) / "data")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with serve(Path(folder), environment={"PYTHONPATH": kernels.PATH}) as lab:
            for kernel in arguments.kernel or ["python3", "ipykernel6"]:
                for state, taken in measure(lab, browser, kernel, states, arguments.clicks).items():
                    worst = statistics.quantiles(taken, n=100, method="inclusive")[98]
                    print(f"{kernel:12}{state:28}{statistics.median(taken):9.0f}{worst:9.0f}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
