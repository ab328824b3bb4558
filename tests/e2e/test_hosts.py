"""Hosts other than JupyterLab: what the README's table says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kernels
import nbformat
import pytest
from lab import CACHE, Lab, Notebook, twin_of
from nbclient import NotebookClient
from playwright.sync_api import Browser, Page, expect

ANSWER = "The *answer* is **here**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint('code')\n```\n\n"
CELL = f"""
import asyncio, time
from ipytalk import Chat, show
async def source(messages):
    yield {ANSWER!r}
    while messages[-1].text == "endless":
        yield " More."
        await asyncio.sleep(0.05)
chat = Chat(source)
chat
"""


@pytest.fixture
def notebook_7(lab: Lab, browser: Browser, kernel: str) -> Iterator[Notebook]:
    lab.write(f"notebook-7-{kernel}.ipynb", [CELL, "time.sleep(600)", "show(source, 'shown').result();"], kernel)
    notebook = Notebook.open(lab, browser, f"notebook-7-{kernel}.ipynb", app="notebooks")
    yield notebook
    notebook.close()


def test_notebook_7_streams_stops_while_a_cell_runs_and_keeps_the_text(notebook_7: Notebook) -> None:
    notebook_7.run(0)
    chat = notebook_7.chat()
    chat.send("short")
    chat.expect_status("complete")
    chat.send("endless")
    expect(chat.answer).to_contain_text("More. More.")
    notebook_7.start(1)
    notebook_7.page.wait_for_function("window.jupyterapp.shell.currentWidget.content.widgets[1].prompt === '*'")
    chat.stop_button.click()
    chat.expect_status("complete")
    assert notebook_7.kernel_status == "busy"
    notebook_7.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    notebook_7.idle()
    notebook_7.run(2)
    notebook_7.page.screenshot(path=CACHE / "notebook-7.png")
    expect(notebook_7.page.locator(".jp-OutputArea-output table:visible")).to_have_count(3)  # none of them twice
    notebook_7.expect_saved(lambda saved: twin_of(saved).endswith("*Stopped.*"))


@pytest.fixture(params=["with the state of widgets", "without"])
def html(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook that nbclient ran, as nbconvert's HTML."""
    kernels.install_old(tmp_path)
    cells = [CELL, "chat.send('short').result();", "show(source, 'shown').result();"]
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    if request.param == "without":
        del notebook["metadata"]["widgets"]
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(tmp_path / "saved.ipynb")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return tmp_path / "saved.html"


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """A page with no network."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    yield context.new_page()
    context.close()


def test_nbconverts_html_shows_the_text_with_no_network(html: Path, offline: Page) -> None:
    asked: list[str] = []
    offline.on("request", lambda request: asked.append(request.url))
    offline.goto(html.as_uri(), wait_until="domcontentloaded")
    expect(offline.locator("strong", has_text="here")).to_have_count(2)
    expect(offline.locator("table:visible")).to_have_count(2)
    offline.screenshot(path=CACHE / "nbconvert.png", full_page=True)
    text = json.dumps([url for url in asked if not url.startswith("file:")])
    assert "ipytalk" not in text  # what nbconvert itself fetches is its own affair
    assert "anywidget" not in text


def test_it_prints_as_a_pdf(html: Path, offline: Page) -> None:
    offline.goto(html.as_uri(), wait_until="domcontentloaded")
    offline.emulate_media(media="print")
    expect(offline.locator("table:visible")).to_have_count(2)
    assert offline.pdf(path=CACHE / "nbconvert.pdf", format="A4").startswith(b"%PDF")
    offline.screenshot(path=CACHE / "nbconvert-print.png", full_page=True)
