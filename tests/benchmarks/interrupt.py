"""From a click on the toolbar's Interrupt until the cell that waits for an answer has ended, in JupyterLab.

    uv run python tests/benchmarks/interrupt.py
    uv run python tests/benchmarks/interrupt.py --clicks 10 --kernel ipykernel6

The page measures both on its own clock: the click, and the moment when the cell's prompt is no longer ``[*]``. Each
click comes when the answer's first text is on screen. The limit is 500 ms. It takes about two minutes a kernel.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "e2e")]

import kernels  # noqa: E402
from chromium import FLAGS, find_chromium  # noqa: E402
from lab import Lab, Notebook, serve  # noqa: E402
from playwright.sync_api import Browser, expect, sync_playwright  # noqa: E402

CHAT = """
import asyncio
from ipytalk import Chat
async def endless(messages):
    while True:
        yield "word "
        await asyncio.sleep(0.02)
chat = Chat(endless)
chat
"""
WAITS = ("await reply", "reply.result()")
WATCH_CLICKS = """() => document.addEventListener('click', (event) => {
    if (event.target.closest('[data-jp-item-name=interrupt]')) window.clicked = performance.now();
}, { capture: true })"""
WATCH_PROMPT = """cell => {
    const prompt = document.querySelectorAll('.jp-Notebook .jp-Cell')[cell].querySelector('.jp-InputPrompt');
    window.ended = null;
    const watch = new MutationObserver(() => {
        if (prompt.textContent.includes('*')) return;
        window.ended = performance.now();
        watch.disconnect();
    });
    watch.observe(prompt, { childList: true, subtree: true, characterData: true });
}"""


def measure(lab: Lab, browser: Browser, kernel: str, clicks: int) -> dict[str, list[float]]:
    """Give the milliseconds of each click, by what the cell waits in."""
    name = f"interrupt-{kernel}.ipynb"
    lab.write(name, [CHAT, *(f"reply = chat.send('Count')\n{wait}" for wait in WAITS)], kernel)
    notebook = Notebook.open(lab, browser, name)
    notebook.page.evaluate(WATCH_CLICKS)
    notebook.run(0)
    expect(notebook.chat().box).to_be_visible()
    taken = {wait: [click(notebook, cell) for _ in range(clicks)] for cell, wait in enumerate(WAITS, 1)}
    notebook.close()
    return taken


def click(notebook: Notebook, cell: int) -> float:
    """Run the cell, interrupt it once the answer is seen to grow, and give the milliseconds until it has ended."""
    chat, page = notebook.chat(), notebook.page
    before = chat.articles.count()
    notebook.start(cell)
    expect(chat.articles).to_have_count(before + 2)
    expect(chat.answer).to_contain_text("word word")
    expect(notebook.cell(cell)).to_contain_text("[*]")
    page.wait_for_timeout(random.uniform(0, 200))  # at any moment of a tick
    page.evaluate(WATCH_PROMPT, cell)
    page.locator("[data-jp-item-name=interrupt] button, [data-jp-item-name=interrupt] jp-button").first.click()
    page.wait_for_function("window.ended !== null")
    chat.expect_status("complete")
    notebook.idle()
    kinds = [output["output_type"] for output in notebook.content()["cells"][cell]["outputs"]]
    assert kinds == ["error"], kinds
    return page.evaluate("window.ended - window.clicked")


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the toolbar's Interrupt.")
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--kernel", choices=["python3", "ipykernel6"], action="append")
    arguments = parser.parse_args()
    print(f"{'kernel':12}{'the cell waits in':28}{'median':>9}{'p99':>9}   ms, {arguments.clicks} clicks")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        kernels.install_old(Path(folder) / "data")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with serve(Path(folder), environment={"PYTHONPATH": kernels.PATH}) as lab:
            for kernel in arguments.kernel or ["python3", "ipykernel6"]:
                for wait, taken in measure(lab, browser, kernel, arguments.clicks).items():
                    worst = statistics.quantiles(taken, n=100, method="inclusive")[98]
                    print(f"{kernel:12}{wait:28}{statistics.median(taken):9.0f}{worst:9.0f}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
