"""A notebook with a chat, a shown stream, a frozen chat and a magic cell, as the file keeps it.

On both kernels, as it is run and with the page reloaded in the middle of its answers.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import KEY, Lab, Notebook
from playwright.sync_api import Browser, expect

from servers.messages import MessagesServer, answer

Open = Callable[..., Notebook]
VIEW = "application/vnd.jupyter.widget-view+json"
WORDS = ["first", "second", "icy", "third", "shown", "magic"]  # in the order in which they are asked for

CELLS = [
    """
from IPython.display import Markdown, display
from ipytalk import Chat, show
from ipytalk.sources import Claude
%load_ext ipytalk
claude = Claude(base_url=url, api_key=key)
%talk_config claude
chat = Chat(claude)
display(Markdown('My *own* **note**'))
display(chat)
Markdown('and **another**')
""",
    "for word in ('first', 'second'):\n    chat.send(word).result()",
    "frozen = Chat(claude)\nfrozen.send('icy').result()\nfrozen",
    "third = chat.send('third')",
    "shown = show(claude, 'shown')",
    "%%talk\nmagic",
    "frozen.freeze()",
]
BOLD = sorted([*WORDS, "note", "another"])


@dataclass
class Saved:
    """A notebook that was run to its end and saved, with its page still open."""

    notebook: Notebook
    path: Path
    content: Any
    url: str


@pytest.fixture(
    scope="module",
    params=[(kernel, reloaded) for kernel in ("python3", "ipykernel6") for reloaded in (False, True)],
    ids=lambda given: f"{given[0]}-{'reloaded' if given[1] else 'plain'}",
)
def saved(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Saved]:
    kernel, reloaded = request.param
    path = lab.write(f"saved-{kernel}-{reloaded}.ipynb", CELLS, kernel)
    with MessagesServer() as server:
        server.play(*(answer(f"The *answer* to **{word}**") for word in WORDS))
        notebook = Notebook.open(lab, browser, path.name)
        notebook.evaluate(f"url, key = {server.url!r}, {KEY!r}")
        for cell in (0, 1, 2):
            notebook.run(cell)
        if reloaded:
            reload_in_mid_answer(notebook, server, 3, 4)
            reload_in_mid_answer(notebook, server, 5, blocked=True)
        else:
            for cell in (3, 4, 5):
                notebook.run(cell)
        notebook.run(6)
        expect(notebook.page.locator(".ipytalk-chat")).to_have_count(1)
        notebook.expect_saved(lambda content: all(f"**{word}**" in markdown_of(content) for word in BOLD))
        yield Saved(notebook, path, notebook.save(), server.url)
        notebook.close()


def reload_in_mid_answer(notebook: Notebook, server: MessagesServer, *cells: int, blocked: bool = False) -> None:
    """Run `cells`, and reload the page when their answers have begun. A kernel that is `blocked` shows them later."""
    server.hold()
    for cell in cells:
        asked = len(server.requests)
        notebook.start(cell)
        server.wait_for(lambda asked=asked: len(server.requests) > asked)
    running = notebook.page.locator("article[data-status=streaming]")
    notebook.page.screenshot(path=f"/tmp/dbg-{cells[0]}.png")
    print("HELD", server._held, server.requests)
    expect(running).to_have_count(len(cells))
    notebook.save()
    notebook.reload()
    if not blocked:
        expect(running).to_have_count(len(cells))
    server.release()
    notebook.idle()
    expect(running).to_have_count(0)


def data_of(content: Any) -> list[dict[str, Any]]:
    return [output.get("data", {}) for cell in content["cells"] for output in cell.get("outputs", [])]


def markdown_of(content: Any) -> str:
    return "\n".join("".join(data.get("text/markdown", "")) for data in data_of(content))


def bold_words(page: Any) -> list[str]:
    """The words that a reader sees in bold."""
    return sorted(page.locator(".jp-OutputArea-output strong:visible").all_inner_texts())


def test_live_nothing_is_shown_twice(saved: Saved) -> None:
    assert bold_words(saved.notebook.page) == BOLD
    expect(saved.notebook.page.locator(".ipytalk-chat")).to_have_count(1)


def test_with_no_kernel_everything_is_drawn(saved: Saved, lab: Lab, browser: Browser) -> None:
    content = json.loads(saved.path.read_text())
    content["metadata"]["kernelspec"] = {"name": "gone", "display_name": "gone", "language": "python"}
    path = lab.root / f"no-kernel-{saved.path.name}"
    path.write_text(json.dumps(content))
    page = browser.new_context(viewport={"width": 1280, "height": 2400}).new_page()
    try:
        page.goto(f"{lab.url}/doc/tree/{path.name}?token={lab.token}&reset")
        expect(page.locator(".jp-OutputArea-output strong", has_text="magic")).to_be_visible(timeout=60_000)
        assert bold_words(page) == BOLD
    finally:
        page.context.close()


@pytest.mark.parametrize(("form", "mark"), [("html", "<strong>{}</strong>"), ("markdown", "**{}**")])
def test_nbconvert_shows_all_of_it(saved: Saved, tmp_path: Path, form: str, mark: str) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", form, "--output-dir", str(tmp_path), str(saved.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (written,) = tmp_path.iterdir()
    text = re.sub(r"```.*?```", "", written.read_text(), flags=re.DOTALL)  # not the code
    assert [word for word in BOLD if text.count(mark.format(word)) != 1] == []


def test_nothing_in_it_is_secret_or_changes_from_run_to_run(saved: Saved) -> None:
    content = saved.content
    shown = [{kind: value for kind, value in data.items() if kind != VIEW} for data in data_of(content)]
    assert sum(VIEW in data for data in data_of(content)) == 1
    text = json.dumps([shown, content["metadata"], [cell["metadata"] for cell in content["cells"]]])
    assert KEY not in json.dumps(content)
    assert saved.url not in json.dumps(content)
    assert not re.search(r"0x[0-9a-f]{6,}", text)  # an address
    assert not re.search(r"[0-9a-f]{16,}", text)  # an id
    assert not re.search(r"\d\d:\d\d|\d\.\d{3,}", text)  # a time


def test_thirty_answers_of_two_kilobytes_stay_small(open_notebook: Open, lab: Lab) -> None:
    source = "from ipytalk import Chat\nchat = Chat(lambda messages: ['A word. ' * 250])\nchat"
    notebook = open_notebook(source, "for number in range(30):\n    chat.send(f'Question {number}').result()")
    notebook.run(0)
    notebook.run(1)
    notebook.expect_saved(lambda content: markdown_of(content).count("A word.") == 30 * 250)
    path = lab.root / notebook.path
    nbformat.validate(nbformat.read(path, as_version=4))
    assert path.stat().st_size < 300_000
