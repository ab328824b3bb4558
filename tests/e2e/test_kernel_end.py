"""However a kernel or a chat ends: the text stays, a sentence says what happened, and the model's server is let go."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
from lab import Lab, Notebook, claude_cell, twin_of
from playwright.sync_api import expect

from servers.messages import MessagesServer, answer

Open = Callable[..., Notebook]

ENDLESS = "one two three " * 2000


def crash(lab: Lab, notebook: Notebook) -> None:
    os.kill(int(notebook.evaluate("import os; print(os.getpid())")), signal.SIGKILL)


def shut_down_by_the_menu(lab: Lab, notebook: Notebook) -> None:
    notebook.command("kernelmenu:shutdown")


def restart_by_the_menu(lab: Lab, notebook: Notebook) -> None:
    # Not awaited: it asks first.
    notebook.page.evaluate("void window.jupyterapp.commands.execute('kernelmenu:restart')")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()


def shut_down_by_rest(lab: Lab, notebook: Notebook) -> None:
    lab.ask("DELETE", f"api/kernels/{lab.kernel_of(notebook.path)['id']}")


def restart_by_rest(lab: Lab, notebook: Notebook) -> None:
    lab.ask("POST", f"api/kernels/{lab.kernel_of(notebook.path)['id']}/restart")


SHUT_DOWN = "The kernel was shut down. Run the cell again to go on."
RESTARTED = "The kernel was restarted. Run the cell again to go on."
DIED = "The kernel died. Run the cell again to go on."
ENDS = {
    "it crashed": (crash, DIED),
    "it was shut down by the menu": (shut_down_by_the_menu, SHUT_DOWN),
    "it was shut down by REST": (shut_down_by_rest, SHUT_DOWN),
    "it was restarted by the menu": (restart_by_the_menu, RESTARTED),
    "it was restarted by REST": (restart_by_rest, RESTARTED),
}


@pytest.mark.parametrize(("end", "sentence"), ENDS.values(), ids=ENDS.keys())
def test_the_end_of_a_kernel_is_said_and_the_text_stays(
    lab: Lab,
    open_notebook: Open,
    claude: MessagesServer,
    kernel: str,
    end: Callable[[Lab, Notebook], None],
    sentence: str,
) -> None:
    claude.default = answer(ENDLESS, pace=0.02)
    notebook = open_notebook(claude_cell(claude), kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    chat.send("Count")
    expect(chat.answer).to_contain_text("three one two")
    logged = len(lab.log.read_text())

    end(lab, notebook)
    request = claude.requests[-1]
    claude.wait_for(lambda: request.closed)
    chat.expect_status("error")
    expect(chat.root.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    expect(chat.answer).to_contain_text("The answer was cut off when its kernel ended.")
    expect(chat.answer).to_contain_text("three one two")
    # Nothing pretends that it could still be used.
    expect(chat.box).to_be_disabled()
    expect(chat.send_button).to_be_disabled()
    for name in ("Stop", "Clear", "Edit", "Retry"):
        expect(chat.root.get_by_role("button", name=name, exact=True)).to_have_count(0)

    # The way on is the one that it names.
    if end is crash:
        notebook.page.get_by_role("button", name="Ok", exact=True).click()
    claude.default = answer("All is well.")
    notebook.run(0)
    expect(chat.articles).to_have_count(0)
    chat.send("Again")
    expect(chat.answer).to_contain_text("All is well.")
    said = lab.log.read_text()[logged:]
    assert "never retrieved" not in said, said
    assert "ipytalk" not in said, said


@pytest.mark.parametrize("focus", ["Message", "Send"])
@pytest.mark.parametrize("end", [shut_down_by_rest, restart_by_rest, crash])
def test_who_writes_when_the_kernel_ends_keeps_draft_and_focus(
    lab: Lab, open_notebook: Open, claude: MessagesServer, end: Callable[[Lab, Notebook], None], focus: str
) -> None:
    notebook = open_notebook(claude_cell(claude), "kept = 1", "kept = 2")
    notebook.run(0)
    chat, page = notebook.chat(), notebook.page
    chat.box.click()
    page.keyboard.type("A draft, an")
    if focus == "Send":
        page.keyboard.press("Tab")
        expect(chat.send_button).to_be_focused()

    end(lab, notebook)
    expect(chat.root.get_by_role("status").filter(has_text="Run the cell again to go on.")).to_be_visible()
    if end is crash:  # JupyterLab says so in a dialog, which gives the focus back to where it was
        page.get_by_role("button", name="Ok", exact=True).click()
    expect(chat.box).to_be_focused()
    page.wait_for_timeout(100)  # for a browser that takes the focus from what is disabled
    for key in ("d", "d", "x", "a", "Enter", "0", "0"):
        page.keyboard.press(key)
    assert [cell["id"] for cell in notebook.content()["cells"]] == ["cell-0", "cell-1", "cell-2"]
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("A draft, an")
    # A screen reader hears it when it happens, and whenever it comes back to the box.
    expect(chat.box).to_have_accessible_description(re.compile("Run the cell again to go on."))
    expect(chat.box).to_be_disabled()


def test_a_closed_chat_lets_the_server_go_and_leaves_its_text(open_notebook: Open, claude: MessagesServer) -> None:
    claude.default = answer(ENDLESS, pace=0.02)
    notebook = open_notebook(claude_cell(claude), "chat.close()")
    notebook.run(0)
    chat = notebook.chat()
    chat.send("Count")
    expect(chat.answer).to_contain_text("three one two")
    notebook.run(1)
    request = claude.requests[-1]
    claude.wait_for(lambda: request.closed)
    expect(chat.root).to_have_count(0)
    expect(notebook.cell(0).locator(".jp-RenderedMarkdown")).to_contain_text("three one two")
    notebook.expect_saved(lambda saved: twin_of(saved).endswith("*Stopped.*"))
    assert notebook.content()["cells"][1]["outputs"] == []
