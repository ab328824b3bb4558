"""An answer streams into a cell of a real JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Callable

from lab import KEY, Notebook, claude_cell
from playwright.sync_api import expect

from servers.messages import MessagesServer, answer


def test_the_demo_streams_without_a_key_and_says_that_it_is_a_demo(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook("from ipytalk import Chat\nChat()")
    notebook.run(0)
    chat = notebook.chat()
    expect(chat.root).to_contain_text("Demo")
    expect(chat.root).to_contain_text("ANTHROPIC_API_KEY")
    chat.send("Show me")
    expect(chat.answer).to_contain_text("recording")
    chat.expect_status("complete")
    expect(chat.answer.locator("table")).to_have_count(1)
    expect(chat.answer.locator("pre")).to_have_count(2)


def test_the_first_word_is_on_screen_while_the_server_holds_back_the_rest(
    open_notebook: Callable[..., Notebook], claude: MessagesServer
) -> None:
    claude.play(answer("Bees **dance** to tell the way.", pace=0.01))
    claude.hold("word")
    notebook = open_notebook(claude_cell(claude))
    notebook.run(0)
    chat = notebook.chat()
    chat.send("How do bees talk?")
    expect(chat.answer).to_contain_text("Bees")
    chat.expect_status("streaming")
    expect(chat.answer).not_to_contain_text("way")
    claude.release()
    expect(chat.answer).to_contain_text("Bees dance to tell the way.")
    chat.expect_status("complete")
    expect(chat.answer).to_contain_text("to first token")


def test_no_key_is_in_a_trait_a_repr_or_the_saved_notebook(
    open_notebook: Callable[..., Notebook], claude: MessagesServer
) -> None:
    notebook = open_notebook(
        claude_cell(claude).replace(repr(KEY), "__import__('os').environ['THE_KEY']"),
        "repr(chat), chat._source, chat.get_state(), chat.messages",
    )
    notebook.evaluate(f"import os; os.environ['THE_KEY'] = {KEY!r}")
    notebook.run(0)
    chat = notebook.chat()
    chat.send("Hello")
    chat.expect_status("complete")
    assert any(KEY in value for value in claude.requests[-1].headers.values())  # it was really used
    notebook.run(1)
    saved = json.dumps(notebook.save())
    assert "words come one by one" in saved
    assert KEY not in saved
    assert KEY not in notebook.page.content()
