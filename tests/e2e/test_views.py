"""What a person did in a view of a chat outlives that view, and no view meddles with another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab import Notebook
from playwright.sync_api import Locator, expect

Open = Callable[..., Notebook]

CHAT = """
from ipytalk import Chat
from ipytalk.messages import Message, TextPart, ThinkingPart
def history():
    for number in range(30):
        yield Message(id=f"u{number}", role="user", status="sent", parts=(TextPart(f"Question {number}"),))
        said = TextPart(f"Answer **{number}**\\n\\n" + "- an item\\n" * (number % 7) + "Words and more words. " * 40)
        yield Message(id=f"a{number}", role="assistant", status="complete", parts=(ThinkingPart("Hm, well."), said))
chat = Chat(lambda messages: ["Yes."], history=list(history()), height="300px")
chat
"""

# Which message is at the top of the box, and where; what is unfolded; the draft and its caret.
STATE = """chat => {
    const box = chat.querySelector('.ipytalk-scroll');
    const { top } = box.getBoundingClientRect();
    const articles = [...chat.querySelectorAll('article')];
    const first = articles.findIndex((article) => article.getBoundingClientRect().bottom > top);
    const text = chat.querySelector('.ipytalk-composer textarea');
    const folds = [...chat.querySelectorAll('[aria-expanded=true]')];
    return [
        first,
        articles[first].getBoundingClientRect().top - top,
        folds.map((fold) => articles.indexOf(fold.closest('article'))),
        text.value,
        text.selectionStart,
    ];
}"""


TO = """(box, article) => {
    box.scrollTop += article.getBoundingClientRect().top - box.getBoundingClientRect().top - 90;
}"""


def leave_things(view: Locator, article: int, draft: str, caret: int) -> Any:
    """Scroll up to a message, unfold it, begin to write, and give what is to be there again."""
    box = view.locator(".ipytalk-scroll")
    answer = view.locator("article").nth(article)
    box.hover()
    view.page.mouse.wheel(0, -1000)
    expect(view.get_by_role("button", name="Jump to latest")).to_be_visible()
    while answer.get_attribute("data-far") is not None:  # drawn when it is near
        box.evaluate(TO, answer.element_handle())
        view.page.wait_for_timeout(200)
    box.evaluate(TO, answer.element_handle())
    settled(view)
    answer.locator(".ipytalk-fold").click()
    text = view.get_by_role("textbox", name="Message")
    text.fill(draft)
    text.evaluate("(box, caret) => box.setSelectionRange(caret, caret)", caret)
    return settled(view)


def settled(view: Locator) -> Any:
    """Give the view's state when it no longer changes: a scroll's end counts after 150 ms."""
    before = None
    while (now := view.evaluate(STATE)) != before:
        before = now
        view.page.wait_for_timeout(400)
    return now


def expect_things(view: Locator, things: Any) -> None:
    expect(view.get_by_role("textbox", name="Message")).to_be_visible()
    first, above, *others = settled(view)
    assert [first, *others] == [things[0], *things[2:]]
    assert abs(above - things[1]) <= 1  # a scroll position is rounded


def test_a_view_that_is_made_anew_and_a_second_one(open_notebook: Open) -> None:
    notebook = open_notebook(CHAT, "# another cell")
    page = notebook.page
    notebook.run(0)
    first = page.locator(".jp-Notebook .ipytalk-chat")
    things = leave_things(first, 31, "half a thought", 4)
    # The cell moves.
    page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    notebook.command("notebook:move-cell-down")
    expect(notebook.cell(1).locator(".ipytalk-chat")).to_be_visible()
    expect_things(first, things)
    notebook.save()
    # A second view has its own.
    notebook.command("notebook:create-output-view")
    second = page.locator(".jp-LinkedOutputView .ipytalk-chat")
    expect(second).to_be_visible()
    expect_things(first, things)
    expect(second.get_by_role("textbox", name="Message")).to_have_value("")
    others = leave_things(second, 45, "other words", 2)
    assert others != things
    expect_things(first, things)
    expect_things(second, others)
    # The page is loaded again.
    page.reload()
    expect(first).to_be_visible(timeout=60_000)
    expect_things(first, things)
