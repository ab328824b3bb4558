"""Former versions are kept behind a pager, what the model gets is the branch in view, and Clear can be undone."""

from __future__ import annotations

from collections.abc import Callable

from lab import Notebook
from playwright.sync_api import expect

Open = Callable[..., Notebook]
CELL = """
from ipytalk import Chat
async def source(messages):
    yield "You said **" + "**, then **".join(each.text for each in messages if each.role == "user") + "**."
chat = Chat(source)
chat
"""


def test_edits_and_retries_are_paged_through_over_a_reload_and_a_clear_is_undone(open_notebook: Open) -> None:
    notebook = open_notebook(CELL)
    notebook.run(0)
    chat = notebook.chat()
    for question in ("first", "second"):
        chat.send(question)
        expect(chat.answer).to_contain_text(question)
        chat.expect_status("complete")

    chat.root.get_by_role("button", name="Edit", exact=True).first.click()
    editor = chat.root.get_by_role("textbox", name="Edit message")
    editor.fill("first, edited")
    editor.press("Enter")
    expect(chat.answer).to_contain_text("You said first, edited.")
    expect(chat.articles).to_have_count(2)

    chat.root.get_by_role("button", name="Previous version").first.click()
    expect(chat.articles).to_have_count(4)
    chat.send("third")
    expect(chat.answer).to_contain_text("You said first, then second, then third.")
    chat.expect_status("complete")

    notebook.save()
    notebook.reload()
    chat = notebook.chat()
    expect(chat.articles).to_have_count(6)
    chat.root.get_by_role("button", name="Next version").first.click()
    expect(chat.articles).to_have_count(2)
    chat.root.get_by_role("button", name="Retry", exact=True).click()
    expect(chat.root.get_by_role("button", name="Previous version")).to_have_count(2)
    chat.expect_status("complete")

    chat.root.get_by_role("button", name="Clear", exact=True).click()
    expect(chat.articles).to_have_count(0)
    chat.root.get_by_role("button", name="Undo", exact=True).click()
    expect(chat.articles).to_have_count(2)
    expect(chat.root.get_by_role("button", name="Previous version")).to_have_count(2)
