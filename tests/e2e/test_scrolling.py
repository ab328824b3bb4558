"""The conversation scrolls by itself only for those who are at its end, and the notebook never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab import Notebook
from playwright.sync_api import Page, expect

Open = Callable[..., Notebook]

CHAT = """
import asyncio
from ipytalk import Chat
running = True
async def source(messages):
    if messages[-1].text == "notes":
        yield "A claim[^far].\\n\\n" + "Words.\\n\\n" * 60 + "[^far]: The note at the end.\\n"
        return
    number = 0
    while running:
        number += 1
        yield f"Paragraph {number} has some **words**.\\n\\n"
        await asyncio.sleep(0.02)
chat = Chat(source, height="300px")
chat
"""
FILLER = "# filler\n" * 60

HELPERS = """() => {
    const box = document.querySelector('.ipytalk-scroll');
    const notebook = document.querySelector('.jp-WindowedPanel-outer');
    const last = () => [...document.querySelectorAll('.ipytalk-chat article')].at(-1);
    window.fromEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight;
    // As it is painted: this observer comes after the chat's own, which follows what was written, in the same frame.
    window.fromEndPainted = () => new Promise((seen) => {
        new ResizeObserver((_, watch) => { watch.disconnect(); seen(fromEnd()); }).observe(box);
    });
    // It is there for a moment only.
    window.furthest = 0;
    box.addEventListener('scroll', () => { window.furthest = Math.max(window.furthest, fromEnd()); });
    window.outer = () => notebook.scrollTop;
    window.paragraphs = () => last().querySelectorAll('p').length;
    // What can be seen, at each frame and each scroll: where a paragraph stands in the window, and the notebook.
    window.watch = () => {
        const { top } = box.getBoundingClientRect();
        const seen = [...last().querySelectorAll('p')].find((p) => p.getBoundingClientRect().top > top);
        const places = new Set();
        const note = () => places.add(`${seen.getBoundingClientRect().top} ${notebook.scrollTop}`);
        const frame = () => { note(); requestAnimationFrame(frame); };
        frame();
        document.addEventListener('scroll', note, true);
        window.places = () => [...places];
    };
}"""


def scroll(page: Page, by: int) -> None:
    """Turn the wheel over the conversation."""
    box = page.locator(".ipytalk-scroll").bounding_box()
    assert box
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.wheel(0, by)


def more(page: Page, paragraphs: int) -> None:
    """Wait until so many more paragraphs came."""
    page.wait_for_function("count => paragraphs() > count", arg=page.evaluate("paragraphs()") + paragraphs)


def test_who_scrolled_up_is_left_alone_to_the_pixel_until_they_jump(open_notebook: Open) -> None:
    notebook = open_notebook(FILLER, CHAT, FILLER)
    page = notebook.page
    notebook.run(1)
    chat = notebook.chat()
    jump = chat.root.get_by_role("button", name="Jump to latest")
    chat.box.scroll_into_view_if_needed()
    page.evaluate(HELPERS)
    chat.send("Talk")
    page.wait_for_function("paragraphs() > 20")
    outer = page.evaluate("outer()")
    assert page.evaluate("fromEndPainted()") < 1
    # A little up is still at the end.
    scroll(page, -60)
    page.wait_for_function("furthest > 30")
    more(page, 20)
    page.wait_for_function("fromEnd() < 1")
    expect(jump).to_be_hidden()
    # Far up is not.
    scroll(page, -300)
    expect(jump).to_be_visible()
    page.evaluate("watch()")
    more(page, 60)
    notebook.evaluate("running = False")
    chat.expect_status("complete")
    page.wait_for_timeout(300)
    assert len(page.evaluate("places()")) == 1
    jump.click()
    page.wait_for_function("fromEnd() < 1")
    expect(jump).to_be_hidden()
    notebook.evaluate("running = True")
    chat.send("Go on")
    more(page, 30)
    assert page.evaluate("fromEndPainted()") < 1
    assert page.evaluate("outer()") == outer
    chat.stop_button.click()
    chat.expect_status("complete")
    # At its end the wheel is the notebook's, as soon as the turn that came to the end is over.
    for _ in range(3):
        page.wait_for_timeout(700)
        scroll(page, 200)
    page.wait_for_function("outer => window.outer() > outer", arg=outer)


def test_a_footnote_is_shown_without_moving_the_notebook(open_notebook: Open) -> None:
    notebook = open_notebook(FILLER, CHAT, FILLER)
    page = notebook.page
    notebook.run(1)
    chat = notebook.chat()
    chat.send("notes")
    chat.expect_status("complete")
    page.evaluate(HELPERS)
    reference = chat.answer.locator(".ipytalk-note a")
    note = chat.answer.locator(".ipytalk-footnote")
    # The chat's lower half is below the window.
    page.evaluate(
        """() => {
            const log = document.querySelector('.ipytalk-scroll');
            log.scrollTop = 0;
            const outer = document.querySelector('.jp-WindowedPanel-outer');
            outer.scrollTop += log.getBoundingClientRect().bottom - outer.getBoundingClientRect().bottom - 150;
        }"""
    )
    page.wait_for_timeout(300)
    outer = page.evaluate("outer()")
    assert page.evaluate("fromEnd()") > 500
    reference.click()
    expect(note).to_be_focused()
    assert inside(page)
    page.wait_for_timeout(300)
    assert page.evaluate("outer()") == outer


def inside(page: Page) -> Any:
    """Whether the note is in the box's sight."""
    return page.evaluate(
        """() => {
            const box = document.querySelector('.ipytalk-scroll').getBoundingClientRect();
            const note = document.querySelector('.ipytalk-footnote').getBoundingClientRect();
            return note.top >= box.top - 1 && note.bottom <= box.bottom + 1;
        }"""
    )
