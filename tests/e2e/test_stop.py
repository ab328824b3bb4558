"""Stop reaches the server, whatever the kernel is doing."""

from __future__ import annotations

import json
from collections.abc import Callable

from lab import ChatWidget, Lab, Notebook, claude_cell
from playwright.sync_api import expect

from servers.messages import MessagesServer, answer

ENDLESS = "one two three " * 2000

# A file says when it is done: a busy kernel takes no orders.
DONE = """
import pathlib
def done():
    return pathlib.Path("done").exists()
"""
STATES = {
    "idle": "",
    "in an await": "while not done(): await asyncio.sleep(0.2)",
    "in time.sleep": "while not done(): time.sleep(2)",
    "in a loop of pure Python": "while not done(): sum(range(10_000))",
}
LAST = "import json\nlast = chat.messages[1]\nprint(json.dumps([last.status, last.stop_reason, last.text]))"


def expect_stopped(chat: ChatWidget, server: MessagesServer) -> None:
    """The server lost its client, and the answer is complete as it is."""
    request = server.requests[-1]
    server.wait_for(lambda: request.closed)
    chat.expect_status("complete")
    expect(chat.send_button).to_be_visible()


def test_stop_reaches_the_server_whatever_the_kernel_does(
    lab: Lab, open_notebook: Callable[..., Notebook], claude: MessagesServer, kernel: str
) -> None:
    claude.default = answer(ENDLESS, pace=0.02)
    notebook = open_notebook(DONE + claude_cell(claude), LAST, *STATES.values(), kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    for cell, state in enumerate(STATES, 2):
        if state != "idle":
            notebook.start(cell)
            expect(notebook.cell(cell)).to_contain_text("[*]")
        for stop in (chat.stop_button.click, lambda: chat.box.press("Escape")):
            chat.send(state)
            expect(chat.answer).to_contain_text("three one two")
            stop()
            expect_stopped(chat, claude)
            assert "three one two" in chat.answer.inner_text()
        (lab.root / "done").touch()
        notebook.idle()
        (lab.root / "done").unlink()
    # Before the first token there is nothing to keep.
    claude.hold("start")
    asked = len(claude.requests)
    chat.send("Never answered")
    claude.wait_for(lambda: len(claude.requests) > asked)
    chat.stop_button.click()
    expect_stopped(chat, claude)
    assert "one" not in chat.answer.inner_text()
    # What the person saw first is what code sees.
    notebook.run(1)
    status, stop_reason, text = json.loads(notebook.cell(1).locator(".jp-OutputArea-output").inner_text())
    assert (status, stop_reason) == ("complete", "stopped")
    assert ENDLESS.startswith(text)
    assert " ".join(text.split()) in chat.articles.nth(1).inner_text()
