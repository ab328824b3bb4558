"""An answer survives whatever happens to the page, to the letter: on the screen and in the saved file."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from lab import ChatWidget, Notebook, twin_of
from network import Network
from playwright.sync_api import expect
from seeded import SEEDED, markdown_of, text_of

Open = Callable[..., Notebook]

SHOWN = """
import ipytalk
from seeded import Seeded
ipytalk.show(Seeded(), "shown");
"""


@pytest.fixture
def moments(request: pytest.FixtureRequest) -> list[float]:
    """How much of an answer is there when something happens to the page. Every third moment is just before its end."""
    count = 20 if request.config.getoption("thorough") else 2
    at = random.Random(3)
    return [at.uniform(0.97, 0.995) if index % 3 == 1 else at.uniform(0.02, 0.97) for index in range(count)]


def reach(chat: ChatWidget, seed: str, share: float) -> None:
    """Ask for the text of `seed`, and wait until that share of it is drawn."""
    chat.send(seed)
    chat.root.page.wait_for_function(
        """([seed, length]) => {
            const [asked, answer] = [...document.querySelectorAll('.ipytalk-chat article')].slice(-2);
            return asked?.textContent.includes(seed) && answer?.querySelector('pre code')?.textContent.length > length;
        }""",
        arg=[seed, share * len(text_of(seed))],
    )


def expect_whole(notebook: Notebook, *seeds: str) -> None:
    """The text of the last seed is on the screen, and the texts of all of them are in the saved file."""
    chat = notebook.chat()
    expect(chat.articles).to_have_count(2 * len(seeds))
    chat.expect_status("complete")
    expect(chat.answer.locator("pre code")).to_have_js_property("textContent", text_of(seeds[-1]) + "\n")
    whole = "\n\n".join(f"> {seed}\n\n{markdown_of(seed)}" for seed in seeds)
    notebook.expect_saved(lambda saved: twin_of(saved) == whole)


def test_a_reload_in_mid_answer_loses_nothing(open_notebook: Open, kernel: str, moments: list[float]) -> None:
    notebook = open_notebook(SEEDED, kernel=kernel)
    notebook.run(0)
    seeds: list[str] = []
    for moment in moments:
        seeds.append(f"{kernel}-{moment}")
        reach(notebook.chat(), seeds[-1], moment)
        notebook.save()
        notebook.reload()
        expect_whole(notebook, *seeds)


def test_a_tenth_of_the_deltas_may_get_lost(open_notebook: Open, moments: list[float]) -> None:
    notebook = open_notebook(SEEDED)
    network = Network(notebook)
    notebook.run(0)
    seeds: list[str] = []
    dropped = 0
    for moment in moments:
        seeds.append(f"dropped-{moment}")
        network.drop(0.1)
        reach(notebook.chat(), seeds[-1], moment)
        dropped += network.dropped
        notebook.save()
        notebook.reload()
        network.drop(0.1)
        expect_whole(notebook, *seeds)
        dropped += network.dropped
    assert dropped > 3 * len(moments)


def test_one_answer_that_ends_after_a_reload_settles_all_the_same(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(SHOWN, kernel=kernel)
    notebook.run(0)
    expect(notebook.chat().answer.locator("pre code")).to_contain_text("start")
    notebook.save()
    notebook.reload()
    notebook.expect_saved(lambda saved: outputs_of(saved) == [markdown_of("shown")])
    expect(notebook.cell(0).locator(".jp-RenderedMarkdown pre")).to_have_count(1)


def outputs_of(saved: Any) -> list[str]:
    """Give the Markdown of the first cell's outputs."""
    return ["".join(output["data"].get("text/markdown", "")) for output in saved["cells"][0]["outputs"]]


def test_two_windows_show_the_same_and_each_may_be_reloaded(open_notebook: Open, moments: list[float]) -> None:
    first = open_notebook(SEEDED)
    first.run(0)
    first.save()
    second = first.another_window()
    seeds: list[str] = []
    for moment in moments:
        seeds.append(f"windows-{moment}")
        reach(first.chat(), seeds[-1], moment)
        second.reload()
        expect_whole(first, *seeds)
        expect_whole(second, *seeds)


def test_a_cut_connection_is_said_and_made_good(open_notebook: Open, moments: list[float]) -> None:
    notebook = open_notebook(SEEDED)
    network = Network(notebook)
    notebook.run(0)
    seeds: list[str] = []
    for moment in moments:
        seeds.append(f"cut-{moment}")
        reach(notebook.chat(), seeds[-1], moment)
        network.cut(3)
        expect(notebook.chat().root).to_contain_text("econnecting")
        expect_whole(notebook, *seeds)
        expect(notebook.chat().root).not_to_contain_text("econnecting")


def test_a_window_that_comes_late_sees_the_answer_grow(open_notebook: Open) -> None:
    first = open_notebook(SEEDED)
    first.run(0)
    first.save()
    first.evaluate("chat._source._pace = 0.03")
    reach(first.chat(), "late", 0.05)
    second = first.another_window()
    expect(second.chat().answer).to_have_attribute("data-status", "streaming")
    expect(second.chat().answer).to_contain_text("start")
    expect_whole(second, "late")
    expect_whole(first, "late")


def test_a_hidden_tab_holds_up_nobody_and_is_right_when_it_is_shown_again(open_notebook: Open) -> None:
    hidden = open_notebook(SEEDED)
    hidden.run(0)
    hidden.save()
    visible = hidden.another_window()
    expect(visible.chat().box).to_be_visible()
    hidden.hide_tab()
    reach(visible.chat(), "hidden", 0.5)
    assert "start" not in hidden.chat().root.inner_text()
    expect_whole(visible, "hidden")
    hidden.show_tab()
    expect_whole(hidden, "hidden")


def test_a_kernel_restart_ends_the_answer_and_says_so(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(SEEDED, kernel=kernel)
    notebook.run(0)
    chat = notebook.chat()
    reach(chat, "restarted", 0.1)
    notebook.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    chat.expect_status("error")
    expect(chat.answer).to_contain_text("The answer was cut off when its kernel ended.")
    expect(chat.root).to_contain_text("The kernel was restarted. Run the cell again to go on.")
    expect(chat.answer).to_contain_text("start")
    expect(chat.stop_button).to_be_hidden()
