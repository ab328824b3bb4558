"""The transcript beside a chat is drawn seldom while it is long, and is whole whenever the notebook is saved."""

from __future__ import annotations

from collections.abc import Callable

from lab import Notebook, twin_of
from playwright.sync_api import expect

Open = Callable[..., Notebook]

LONG = """
from ipytalk import Chat
chat = Chat(lambda messages: [f"About {messages[-1].text}. " + "A word. " * 50_000])
chat
"""
IN_A_BOX = """
import ipywidgets
from ipytalk import Chat
chat = Chat(lambda messages: [f"About **{messages[-1].text}**."])
ipywidgets.VBox([chat])
"""


def test_a_save_brings_a_long_transcript_up_to_date(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(LONG, kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    chat.send("one")
    notebook.page.wait_for_function("() => document.querySelector('.jp-RenderedMarkdown')?.textContent.length > 1e5")
    for question in ("two", "three"):
        chat.send(question)
        chat.expect_status("complete")
    # JupyterLab knows that there is something to save, as soon as the page has it.
    notebook.save()
    chat.send("four")
    chat.expect_status("complete")
    notebook.page.wait_for_function("() => window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert "About four" not in twin_of(notebook.content())
    assert "About four" in twin_of(notebook.save())
    assert [word for word in ("one", "two", "three") if f"About {word}" not in twin_of(notebook.content())] == []


def test_a_transcript_that_was_placed_by_hand_is_kept_too_after_a_reload(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(IN_A_BOX, "chat.twin()", kernel=kernel)
    notebook.run(0)
    notebook.run(1)
    notebook.chat().send("one")
    notebook.expect_saved(lambda saved: "About **one**." in twin_of(saved))
    notebook.reload()
    expect(notebook.chat().articles).to_have_count(2)
    notebook.chat().send("two")
    expect(notebook.cell(1).locator(".jp-RenderedMarkdown strong")).to_have_text(["one", "two"])
    notebook.expect_saved(lambda saved: "About **two**." in twin_of(saved))
