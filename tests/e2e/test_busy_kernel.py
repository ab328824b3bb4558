"""A chat is fully usable while a cell runs, and the kernel stays busy for all the world."""

from __future__ import annotations

import time
from collections.abc import Callable

from lab import Lab, Notebook
from playwright.sync_api import expect
from seeded import SEEDED, text_of

Open = Callable[..., Notebook]


def test_send_answers_while_a_cell_sleeps(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(SEEDED, "time.sleep(60)", kernel=kernel)
    notebook.run(0)
    notebook.start(1)
    expect(notebook.cell(1)).to_contain_text("[*]")
    chat = notebook.chat()
    chat.send("first")
    expect(chat.answer).to_contain_text("start")
    chat.expect_status("complete")
    expect(chat.answer.locator("pre code")).to_have_js_property("textContent", text_of("first") + "\n")
    expect(notebook.cell(1)).to_contain_text("[*]")
    # The rest of what a person may want works too.
    chat.articles.first.hover()
    chat.root.get_by_role("button", name="Edit").click()
    chat.articles.first.get_by_role("textbox").fill("second")
    chat.articles.first.get_by_role("textbox").press("Enter")
    expect(chat.answer.locator("pre code")).to_have_js_property("textContent", text_of("second") + "\n")
    chat.root.get_by_role("button", name="Clear").click()
    expect(chat.articles).to_have_count(0)
    expect(notebook.cell(1)).to_contain_text("[*]")


def test_the_kernel_stays_busy_through_a_stop_a_send_and_ten_seconds_of_streaming(
    lab: Lab, open_notebook: Open, kernel: str
) -> None:
    notebook = open_notebook(SEEDED, "print('begun'); time.sleep(15)", kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    expect(chat.box).to_be_visible()
    notebook.start(1)
    # By then whatever the chat's own opening sent has passed.
    expect(notebook.cell(1).locator(".jp-OutputArea-output")).to_have_text("begun")
    assert notebook.kernel_status == "busy"
    notebook.page.evaluate(
        """() => {
            window.statuses = [];
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            kernel.statusChanged.connect((_, status) => window.statuses.push(status));
        }"""
    )
    kernels: set[str] = set()
    chat.send("first")
    expect(chat.answer).to_contain_text("start")
    chat.stop_button.click()
    chat.expect_status("complete")
    chat.send("second")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        kernels.add(lab.kernel_of(notebook.path)["execution_state"])
        notebook.page.wait_for_timeout(100)
    assert notebook.kernel_status == "busy", "the cell should still be running"
    assert kernels == {"busy"}
    assert notebook.page.evaluate("window.statuses") == []
    notebook.idle()
    assert lab.kernel_of(notebook.path)["execution_state"] == "idle"
