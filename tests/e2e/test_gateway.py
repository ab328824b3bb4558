"""A notebook asks a gateway that was started with no key: the whole way, from the command to the page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from lab import CACHE, SECONDS, Notebook
from playwright.sync_api import expect

TOKENS = "ada=s3cret,grace=another"


@contextmanager
def gateway(folder: Path, *flags: str) -> Generator[str]:
    """Start ``ipytalk-gateway`` as a person would, and give its address."""
    command = Path(sys.executable).with_name("ipytalk-gateway")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ANTHROPIC", "IPYTALK"))}
    log = folder / "gateway.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [command, "--port", "0", "--tokens", TOKENS, "--drain", "1", *flags], env=own, stderr=output
        )
    try:
        deadline = time.monotonic() + 60
        while "Uvicorn running on" not in (said := log.read_text()):
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        yield said.partition("Uvicorn running on ")[2].split()[0]
    finally:
        process.terminate()
        process.wait(20)


def cell(url: str, token: str) -> str:
    return f"""
from ipytalk import Chat
from ipytalk.sources import SSE
chat = Chat(SSE("{url}/v1/chat/stream", token="{token}"))
chat
"""


def test_a_notebook_streams_from_a_gateway_that_has_no_key(
    open_notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    with gateway(tmp_path) as url:
        notebook = open_notebook(cell(url, "s3cret"))
        notebook.run(0)
        chat = notebook.chat()
        chat.send("What does streaming look like?")
        expect(chat.answer).to_contain_text("recording")
        chat.expect_status("complete")
        expect(chat.answer.locator("table")).to_have_count(1)
        expect(chat.answer).to_contain_text("to first token")
        notebook.page.screenshot(path=CACHE / "gateway-answer.png")


def test_who_waits_sees_the_place_in_the_queue_and_then_the_answer(
    open_notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    with gateway(tmp_path, "--limit", "1", "--speed", "0.3") as url:
        notebook = open_notebook(cell(url, "s3cret"), cell(url, "another"))
        notebook.run(0)
        notebook.run(1)
        first, second = notebook.chat(0), notebook.chat(1)
        first.send("Hello")
        expect(first.answer).to_contain_text("What streaming")
        second.send("Hello")
        expect(second.answer).to_contain_text("Number 1 in the queue")
        second.expect_status("pending")
        notebook.page.screenshot(path=CACHE / "gateway-queue.png")
        first.stop_button.click()
        expect(second.answer).to_contain_text("What streaming")
        expect(second.answer).not_to_contain_text("in the queue")


def test_a_full_gateway_and_a_wrong_token_are_told_in_the_chat(
    open_notebook: Callable[..., Notebook], tmp_path: Path
) -> None:
    with gateway(tmp_path, "--limit", "1", "--queue", "0", "--speed", "0.3") as url:
        notebook = open_notebook(cell(url, "s3cret"), cell(url, "another"), cell(url, "wrong"))
        for number in range(3):
            notebook.run(number)
        first, second, third = map(notebook.chat, range(3))
        third.send("Hello")
        expect(third.answer).to_contain_text("The token isn't one that the gateway knows.")
        third.expect_status("error")
        first.send("Hello")
        expect(first.answer).to_contain_text("What streaming")
        second.send("Hello")
        expect(second.answer).to_contain_text("Too many people are waiting.")
        expect(second.answer).to_contain_text("Trying again in", timeout=30 * SECONDS)
        expect(second.answer).not_to_contain_text("Try again")  # it is said once
        notebook.page.screenshot(path=CACHE / "gateway-full.png")
        first.stop_button.click()
        expect(second.answer).to_contain_text("What streaming", timeout=60 * SECONDS)
