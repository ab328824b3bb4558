"""Whoever writes the next message is not disturbed when an answer ends and the saved output is refreshed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from lab import Notebook, twin_of
from playwright.sync_api import Page, expect

Open = Callable[..., Notebook]
CELL = """
import asyncio
from ipytalk import Chat
async def source(messages):
    yield "A line of the answer.\\n\\n" * 60
    while not over:
        await asyncio.sleep(0.02)
    yield "The last " + "words."
over = False
chat = Chat(source, height="200px")
chat
"""
SHOW_TWIN = ".jp-OutputArea > .jp-OutputArea-child:has(.ipytalk-twin) { display: flex !important }"
HEARD = """() => {
    window.heard = [];
    for (const region of document.querySelectorAll('.ipytalk-chat [role=status]')) {
        new MutationObserver(() => region.textContent && window.heard.push(region.textContent.trim()))
            .observe(region, { childList: true, characterData: true, subtree: true });
    }
}"""


@pytest.mark.parametrize("host", ["hides the twin", "shows the twin"])
def test_draft_caret_focus_and_scroll_survive_the_end_of_an_answer(open_notebook: Open, host: str) -> None:
    notebook = open_notebook(CELL)
    page = notebook.page
    if host == "shows the twin":
        page.add_style_tag(content=SHOW_TWIN)
    notebook.run(0)
    chat = notebook.chat()
    chat.send("Say something long")
    expect(chat.answer.locator("p")).to_have_count(60)
    page.evaluate(HEARD)
    first = chat.root.element_handle()
    chat.box.fill("half a thought")
    chat.box.evaluate("box => box.setSelectionRange(4, 4)")
    chat.root.get_by_role("log").evaluate("log => { log.scrollTop = 120 }")
    expect(chat.root.get_by_role("button", name="Jump to latest")).to_be_visible()

    notebook.evaluate("over = True")
    chat.expect_status("complete")
    notebook.expect_saved(lambda saved: twin_of(saved).endswith("The last words."))
    assert page.evaluate("first => first.isConnected", first)
    expect(page.locator(".jp-OutputArea-child:visible", has=page.locator(".ipytalk-twin"))).to_have_count(
        0 if host == "hides the twin" else 1
    )
    expect(chat.box).to_have_value("half a thought")
    expect(chat.box).to_be_focused()
    page.keyboard.type("ful")
    expect(chat.box).to_have_value("halfful a thought")
    assert chat.root.get_by_role("log").evaluate("log => log.scrollTop") == 120
    assert page.evaluate("window.heard") == ["Answer complete"]


def test_a_screen_reader_finds_the_text_once(open_notebook: Open) -> None:
    notebook = open_notebook(CELL.replace("over = False", "over = True"))
    notebook.run(0)
    chat = notebook.chat()
    expect(chat.box).to_be_visible()
    notebook.page.evaluate(HEARD)
    chat.send("Say something long")
    chat.expect_status("complete")
    notebook.expect_saved(lambda saved: twin_of(saved).endswith("The last words."))
    assert sum("The last words." in name for name in spoken(notebook.page)) == 1
    assert notebook.page.evaluate("window.heard") == ["Answering", "Answer complete"]


def spoken(page: Page) -> Iterable[str]:
    """The text in the accessibility tree, as Chromium gives it to a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes: list[Any] = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        str(node.get("name", {}).get("value", ""))
        for node in nodes
        if not node.get("ignored") and node.get("role", {}).get("value") == "StaticText"
    ]
