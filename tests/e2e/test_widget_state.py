"""With JupyterLab's "Save Widget State Automatically" on, a chat is drawn from the file alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lab import ChatWidget, Lab, Notebook
from playwright.sync_api import Page, expect

Open = Callable[..., Notebook]
SWITCH = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
CELL = """
from ipytalk import Chat
async def source(messages):
    yield "The *answer* is **here**."
chat = Chat(source)
chat
"""


@pytest.fixture
def saving(open_notebook: Open) -> Iterator[Notebook]:
    """A notebook with two answers, whose page saves the state of widgets."""
    notebook = open_notebook(CELL)
    notebook.command(SWITCH)
    notebook.run(0)
    for question in ("one", "two"):
        notebook.chat().send(question)
        notebook.chat().expect_status("complete")
    notebook.expect_saved(lambda saved: json.dumps(states_of(saved)).count("*answer*") == 2)
    yield notebook
    notebook.command(SWITCH)  # or it would be on for the tests after this one


@pytest.fixture
def reopened(saving: Notebook, lab: Lab) -> Page:
    """The saved file, opened again after its kernel was shut down. JupyterLab starts one that knows no widget."""
    address = saving.page.url
    saving.page.goto("about:blank")
    lab.ask("DELETE", f"api/kernels/{lab.kernel_of(saving.path)['id']}")
    saving.page.goto(address)
    return saving.page


def states_of(saved: Any) -> dict[str, Any]:
    widgets = saved["metadata"].get("widgets", {})
    return widgets.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})


def test_a_saved_chat_is_drawn_anew_and_pretends_nothing(reopened: Page) -> None:
    chat = ChatWidget(reopened.locator(".ipytalk-chat"))
    expect(chat.articles).to_have_count(4)
    expect(chat.root.locator("strong")).to_have_text(["here", "here"])
    chat.expect_status("complete")
    expect(chat.root).to_contain_text("This is the conversation as it was saved.")
    expect(chat.box).to_be_disabled()
    expect(chat.send_button).to_be_disabled()
    for name in ("Stop", "Retry", "Edit", "Clear", "Freeze"):
        expect(chat.root.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(chat.root.locator("[data-cursor]")).to_have_count(0)
    expect(reopened.locator(".jp-RenderedMarkdown:visible")).to_have_count(0)  # not twice


def test_nothing_is_saved_but_the_code_the_look_and_the_conversation(saving: Notebook, lab: Lab) -> None:
    state = states_of(saving.save())
    (chat,) = [each["state"] for each in state.values() if "snapshot" in each["state"]]
    code = sum(len(chat[name].encode()) for name in ("_esm", "_css"))
    size = (lab.root / saving.path).stat().st_size
    assert size < code * 1.1 + 8_000
    assert [message["status"] for message in chat["snapshot"]["messages"]][1] == "complete"
