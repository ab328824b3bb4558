"""Everything in a chat works by keyboard, and no key of it reaches the notebook, in either of the notebook's modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab import ChatWidget, Lab, Notebook
from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Notebook]

CHAT = """
import asyncio
from ipytalk import Chat
alive = "alive"
async def source(messages):
    for number in range(100_000 if messages[-1].text == "slow" else 3):
        yield f"{number} "
        await asyncio.sleep(0.02)
chat = Chat(source)
chat
"""
CELLS = (CHAT, "kept = 1", "print('never run')")
# To JupyterLab: delete, insert above and below, to Markdown, cut, undo, restart, copy, paste, interrupt, run.
NOTEBOOKS_OWN = ["d", "d", "a", "b", "m", "x", "z", "0", "0", "c", "v", "i", "i", "Shift+Enter"]


def shape(notebook: Notebook) -> Any:
    """Give what keys could have done to the notebook: its cells, what ran, which is active, what asks."""
    cells = [
        {name: cell.get(name) for name in ("id", "cell_type", "source", "execution_count")}
        for cell in notebook.content()["cells"]
    ]
    active = notebook.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")
    return cells, active, notebook.page.locator(".jp-Dialog").count(), notebook.kernel_status


def enter(notebook: Notebook, mode: str) -> None:
    """Put the notebook into a mode, with its first cell active, as a person does."""
    notebook.cell(0).locator(".jp-Cell-inputArea .cm-content").click()
    if mode == "command":
        notebook.page.keyboard.press("Escape")
    notebook.page.wait_for_function(
        "mode => window.jupyterapp.shell.currentWidget.content.mode === mode", arg=mode, timeout=10_000
    )


def focused(page: Page) -> str:
    """Give the accessible name of what has the focus, if that is in a chat."""
    return str(
        page.evaluate(
            """() => {
                const at = document.activeElement;
                return at.closest('.ipytalk-chat') ? (at.ariaLabel || at.textContent.trim()) : '';
            }"""
        )
    )


def tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until `name` has the focus, and give everything in the chat that had it."""
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen += [name_ for name_ in [focused(page)] if name_]
        if seen and seen[-1] == name:
            return seen
    raise AssertionError(f"Tab never came to {name}, but to {seen}")


def press_all(page: Page) -> None:
    for key in NOTEBOOKS_OWN:
        page.keyboard.press(key)
    page.wait_for_timeout(100)  # for what a command would do


@pytest.mark.parametrize("mode", ["command", "edit"])
def test_no_key_reaches_the_notebook_but_the_one_that_saves_it(open_notebook: Open, lab: Lab, mode: str) -> None:
    notebook = open_notebook(*CELLS, name=f"keys-{mode}")
    page = notebook.page
    notebook.run(0)
    chat = notebook.chat()
    chat.send("Hello")
    chat.expect_status("complete")
    notebook.idle()
    # By a click, and in command mode (in edit mode Tab indents) by Tab.
    for way in ("click", "tab") if mode == "command" else ("click",):
        enter(notebook, mode)
        before = shape(notebook)
        if way == "click":
            chat.box.click()
        else:
            tab_to(page, "Message")
        press_all(page)
        expect(chat.box).to_have_value("ddabmxz00cvii\n")
        assert shape(notebook) == before
        chat.box.fill("")
    # The other things that can have the focus.
    chat.box.fill("a draft")
    for element in (page.get_by_role("log"), chat.root.get_by_role("button", name="Copy").last, chat.send_button):
        enter(notebook, mode)
        before = shape(notebook)
        element.focus()
        # The last one is Enter, which a button takes for a click.
        for key in NOTEBOOKS_OWN[:-1]:
            page.keyboard.press(key)
        assert shape(notebook) == before
    chat.articles.first.hover()
    chat.root.get_by_role("button", name="Edit").click()
    editor = chat.root.get_by_role("textbox", name="Edit message")
    before = shape(notebook)
    editor.fill("")
    press_all(page)
    expect(editor).to_have_value("ddabmxz00cvii\n")
    page.keyboard.press("Escape")
    expect(editor).to_be_hidden()
    assert shape(notebook) == before
    # Saving.
    page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel.updateSource(0, 0, '#')")
    chat.box.focus()
    saved = (lab.root / notebook.path).read_text()
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert (lab.root / notebook.path).read_text() != saved
    assert notebook.evaluate("print(alive)") == "alive"
    expect(chat.box).to_have_value("a draft")


def compose(page: Page, text: str, *, then: str | None = None) -> None:
    """Write as an input method does, with Enter pressed meanwhile, and commit `then`."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    # Without the text that a keyboard's own Enter brings: the input method took it.
    for kind in ("rawKeyDown", "keyUp"):
        cdp.send("Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13})
    if then is not None:
        cdp.send("Input.insertText", {"text": then})


def test_the_composer_by_keyboard_alone(open_notebook: Open) -> None:
    notebook = open_notebook(*CELLS)
    page = notebook.page
    notebook.run(0)
    chat = notebook.chat()
    enter(notebook, "command")
    tab_to(page, "Message")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(chat.articles).to_have_count(0)
    page.keyboard.press("Enter")
    expect(chat.articles).to_have_count(2)
    expect(chat.articles.first).to_have_text("one\ntwo", use_inner_text=True)
    chat.expect_status("complete")
    # The last message comes back, into an empty box only.
    page.keyboard.press("ArrowUp")
    expect(chat.box).to_have_value("one\ntwo")
    chat.box.fill("slow")
    page.keyboard.press("ArrowUp")
    expect(chat.box).to_have_value("slow")
    page.keyboard.press("Enter")
    expect(chat.answer).to_contain_text("10 11 12")
    # A draft is written while the answer streams, and sending it has to wait.
    page.keyboard.type("half a ")
    page.keyboard.press("Enter")
    page.keyboard.type("thought")
    expect(chat.box).to_have_value("half a thought")
    expect(chat.answer).to_have_attribute("data-status", "streaming")
    page.keyboard.press("Escape")
    chat.expect_status("complete")
    expect(chat.answer).to_contain_text("Stopped.")
    expect(chat.box).to_have_value("half a thought")
    expect(chat.box).to_be_focused()
    # An input method's Enter isn't the person's.
    chat.box.fill("")
    compose(page, "こんに")
    expect(chat.box).to_have_value("こんに")
    compose(page, "こんにちは", then="今日は")
    expect(chat.box).to_have_value("今日は")
    expect(chat.articles).to_have_count(4)
    page.keyboard.press("Enter")
    expect(chat.articles).to_have_count(6)
    expect(chat.articles.nth(4)).to_contain_text("今日は")
    chat.expect_status("complete")


def test_every_control_is_reached_by_tab_seen_and_used(open_notebook: Open) -> None:
    notebook = open_notebook(CHAT.replace("Chat(source)", "Chat(source, suggestions=['Why?'])"), *CELLS[1:])
    page = notebook.page
    notebook.run(0)
    chat = notebook.chat()
    enter(notebook, "command")
    tab_to(page, "Why?")
    page.keyboard.press("Enter")
    chat.expect_status("complete")
    assert focused(page) == "Message"  # the button that had it is gone
    page.keyboard.type("more")
    expect(chat.send_button).to_be_enabled()
    enter(notebook, "command")
    seen = tab_to(page, "Height: arrow keys change it")
    wanted = ["Conversation", "Edit", "Copy", "Retry", "Copy", "Clear", "Message", "Send"]
    assert [name for name in seen if name in wanted] == wanted
    for name in dict.fromkeys(seen):
        expect_visible_focus(chat, name)
    page.keyboard.press("ArrowUp")
    use(page, chat, "Copy", "Enter")
    expect(chat.root.get_by_title("Copied")).to_have_count(1)
    use(page, chat, "Retry", "Space")
    chat.expect_status("complete")
    use(page, chat, "Edit", "Enter")
    page.keyboard.type(" Really")
    page.keyboard.press("Enter")
    expect(chat.articles.first).to_contain_text("Really")
    chat.expect_status("complete")
    use(page, chat, "Clear", "Enter")
    expect(chat.articles).to_have_count(0)
    assert focused(page) == "Message"
    # And out again.
    for _ in range(10):
        page.keyboard.press("Tab")
        if not focused(page):
            return
    raise AssertionError(f"Tab stays in the chat, at {focused(page)}")


def use(page: Page, chat: ChatWidget, name: str, key: str) -> None:
    chat.root.get_by_role("button", name=name, exact=True).last.focus()
    page.keyboard.press(key)


def expect_visible_focus(chat: ChatWidget, name: str) -> None:
    element = named(chat, name)
    drawn = element.evaluate(
        """element => {
            const outline = getComputedStyle(element);
            const around = element.closest('.ipytalk-composer');
            const ring = (it) => getComputedStyle(it).borderColor;
            element.focus({ focusVisible: true });
            if (outline.outlineStyle !== 'none') return true;
            const lit = ring(around);
            element.blur();
            return lit !== ring(around);
        }"""
    )
    assert drawn, f"{name} shows no focus"


def named(chat: ChatWidget, name: str) -> Locator:
    return chat.root.get_by_label(name, exact=True).or_(chat.root.get_by_role("button", name=name, exact=True)).first
