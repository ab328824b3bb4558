"""JupyterLab's interrupt ends a wait for an answer, and with it the answer."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from lab import Notebook, twin_of
from playwright.sync_api import expect
from seeded import SEEDED, markdown_of

# What ipykernel makes of any interrupt: it cancels what is awaited, else it raises.
WAITS = {"await reply": "CancelledError", "reply.result()": "KeyboardInterrupt"}
LOOK = "import json\nprint(json.dumps([reply.status, reply.stop_reason, reply.text]))"


@pytest.mark.parametrize("wait", WAITS)
def test_an_interrupt_ends_the_cell_and_keeps_the_partial_answer(
    open_notebook: Callable[..., Notebook], kernel: str, wait: str
) -> None:
    notebook = open_notebook(SEEDED, f"reply = chat.send('long')\n{wait}", LOOK, kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    notebook.start(1)
    expect(chat.answer).to_contain_text("start")
    notebook.command("notebook:interrupt-kernel")
    notebook.finished(1)
    chat.expect_status("complete")
    notebook.run(2)
    status, stop_reason, text = json.loads(notebook.cell(2).locator(".jp-OutputArea-output").inner_text())
    assert (status, stop_reason) == ("complete", "stopped")
    assert markdown_of("long").startswith(text)
    saved = notebook.save()
    assert text.rstrip() in twin_of(saved)
    # Nothing is printed, and no traceback through the insides of asyncio is shown: one sentence.
    (output,) = saved["cells"][1]["outputs"]
    assert (output["output_type"], output["ename"]) == ("error", WAITS[wait])
    assert output["traceback"] == ["Interrupted: the answer was stopped, and what it said so far stays."]
