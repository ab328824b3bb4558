"""What a notebook keeps: the same text for everyone, with a kernel, with none, and outside of JupyterLab."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import Lab, Notebook
from playwright.sync_api import Browser, expect

Open = Callable[..., Notebook]
VIEW = "application/vnd.jupyter.widget-view+json"

CELLS = [
    """
from ipytalk import Chat, show
def echo(messages):
    text = messages[-1].text
    yield "The *answer* "
    yield f"to **{text}**"
%load_ext ipytalk
%talk_config echo
chat = Chat(echo)
chat
""",
    "for word in ('first', 'second', 'third'):\n    chat.send(word).result()",
    "show(['The *stream* ', 'is **shown**']).result()\nNone",
    "frozen = Chat(echo)\nfrozen.send('icy').result()\nfrozen",
    "frozen.freeze()",
    "%%talk\nmagic",
    "from IPython.display import Markdown\nMarkdown('My *own* **note**')",
]
BOLD = ["first", "second", "third", "shown", "icy", "magic", "note"]


@pytest.fixture
def saved(open_notebook: Open) -> tuple[Notebook, Any]:
    """A notebook that was run to its end and saved, with its page still open."""
    notebook = open_notebook(*CELLS)
    for cell in range(len(CELLS)):
        notebook.run(cell)
    expect(notebook.chat().articles).to_have_count(6)
    notebook.expect_saved(lambda content: all(f"**{word}**" in markdown_of(content) for word in BOLD))
    return notebook, notebook.save()


def data_of(content: Any) -> list[dict[str, Any]]:
    return [output.get("data", {}) for cell in content["cells"] for output in cell.get("outputs", [])]


def markdown_of(content: Any) -> str:
    return "\n".join("".join(data.get("text/markdown", "")) for data in data_of(content))


def bold_words(page: Any) -> list[str]:
    """The words that a reader sees in bold."""
    return page.locator(".jp-OutputArea-output strong:visible").all_inner_texts()


def test_live_nothing_is_shown_twice_and_with_no_kernel_everything_is(
    saved: tuple[Notebook, Any], lab: Lab, browser: Browser
) -> None:
    notebook, _ = saved
    assert sorted(bold_words(notebook.page)) == sorted(BOLD)
    expect(notebook.page.locator(".ipytalk-chat")).to_have_count(1)

    path = lab.root / "no-kernel.ipynb"
    content = json.loads((lab.root / notebook.path).read_text())
    content["metadata"]["kernelspec"] = {"name": "gone", "display_name": "gone", "language": "python"}
    path.write_text(json.dumps(content))
    page = browser.new_context(viewport={"width": 1280, "height": 2400}).new_page()
    try:
        page.goto(f"{lab.url}/doc/tree/{path.name}?token={lab.token}&reset")
        expect(page.locator(".jp-OutputArea-output strong", has_text="magic")).to_be_visible(timeout=60_000)
        assert sorted(bold_words(page)) == sorted(BOLD)
    finally:
        page.context.close()


def test_nbconvert_shows_all_of_it(saved: tuple[Notebook, Any], lab: Lab, tmp_path: Path) -> None:
    notebook, _ = saved
    for form, mark in (("html", "<strong>{}</strong>"), ("markdown", "**{}**")):
        command = [sys.executable, "-m", "nbconvert", "--to", form, "--output-dir", str(tmp_path), "--output", "out"]
        subprocess.run([*command, str(lab.root / notebook.path)], check=True, capture_output=True, timeout=120)
        (written,) = [path for path in tmp_path.iterdir() if path.suffix == {"html": ".html", "markdown": ".md"}[form]]
        text = written.read_text()
        assert [word for word in BOLD if mark.format(word) not in text] == []
        written.unlink()


def test_nothing_in_it_changes_from_run_to_run(saved: tuple[Notebook, Any]) -> None:
    _, content = saved
    shown = [{kind: value for kind, value in data.items() if kind != VIEW} for data in data_of(content)]
    text = json.dumps(shown)
    assert not re.search(r"0x[0-9a-f]{6,}", text)  # an address
    assert not re.search(r"[0-9a-f]{16,}", text)  # an id
    assert not re.search(r"\d\d:\d\d|\d\.\d{2,}", text)  # a time
    assert sum(VIEW in data for data in data_of(content)) == 1


def test_thirty_answers_of_two_kilobytes_stay_small(open_notebook: Open, lab: Lab) -> None:
    source = "from ipytalk import Chat\nchat = Chat(lambda messages: ['A word. ' * 250])\nchat"
    notebook = open_notebook(source, "for number in range(30):\n    chat.send(f'Question {number}').result()")
    notebook.run(0)
    notebook.run(1)
    notebook.expect_saved(lambda content: markdown_of(content).count("A word.") == 30 * 250)
    path = lab.root / notebook.path
    nbformat.validate(nbformat.read(path, as_version=4))
    assert path.stat().st_size < 300_000
