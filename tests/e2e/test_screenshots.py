"""Pictures of the states that a person meets, for the README and for the eye of whoever changes the look.

``uv run pytest tests/e2e/test_screenshots.py --update-screenshots`` writes them to ``.github/screenshots/``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lab import Notebook
from playwright.sync_api import Page, expect

KEPT = Path(__file__).parents[2] / ".github" / "screenshots"

QUIET = """
import asyncio
from ipytalk import Chat, SourceError
from ipytalk.events import Text, Thinking
from ipytalk.messages import Failure
"""
WAITING = f"""{QUIET}
async def source(messages):
    await asyncio.sleep(3600)
    yield ""
chat = Chat(source)
chat"""
COUNTDOWN = f"""{QUIET}
async def source(messages):
    raise SourceError("The model is overloaded. It usually passes within a minute.", kind="overloaded",
                      retryable=True, retry_after=42)
    yield ""
chat = Chat(source)
chat"""
FAILED = f"""{QUIET}
async def source(messages):
    yield "The three stations differ in **altitude**, so their means can't be"
    raise SourceError("The connection closed before the answer was complete. Try again for the rest.",
                      kind="truncated", retryable=True)
chat = Chat(source)
chat"""
THINKING = f"""{QUIET}
async def source(messages):
    yield Thinking("The residuals widen with the fitted values, so the variance isn't constant. "
                   "A log transform or weighted least squares would be the usual cure.")
    await asyncio.sleep(1)
    yield Text("Your residuals *widen* with the fitted values: the variance isn't constant. ")
    await asyncio.sleep(3600)
chat = Chat(source)
chat"""
DEMO = "from ipytalk import Chat\nchat = Chat()\nchat"
TRAINING = "import time\n\nfor epoch in range(60):\n    time.sleep(1)   # stands for a long training"


@pytest.fixture
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], None]:
    folder = KEPT if request.config.getoption("--update-screenshots") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.wait_for_timeout(300)  # fades and scrolling come to rest
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return take


Picture = Callable[[Page, str], None]
Open = Callable[..., Notebook]


def test_an_answer_streams_while_a_cell_runs(open_notebook: Open, picture: Picture) -> None:
    notebook = open_notebook(DEMO, TRAINING, name="training")
    notebook.run(0)
    picture(notebook.page, "empty")
    notebook.chat().send("What does streaming look like?")
    notebook.start(1)
    expect(notebook.chat().answer).to_contain_text("something else")
    picture(notebook.page, "streaming")
    notebook.chat().stop_button.click()
    notebook.chat().expect_status("complete")
    picture(notebook.page, "stopped")


@pytest.mark.parametrize(
    ("name", "cell", "question", "shown"),
    [
        ("waiting", WAITING, "Why is the sky blue?", ""),
        ("countdown", COUNTDOWN, "Compare the stations", "overloaded"),
        ("failed", FAILED, "Compare the stations", "connection closed"),
        ("thinking", THINKING, "Why is my residual plot funnel-shaped?", "widen"),
    ],
)
def test_a_state_of_an_answer(
    open_notebook: Open, picture: Picture, name: str, cell: str, question: str, shown: str
) -> None:
    notebook = open_notebook(cell, name=name)
    notebook.run(0)
    notebook.chat().send(question)
    expect(notebook.chat().answer).to_have_attribute("aria-label", "Answer")
    expect(notebook.chat().answer).to_contain_text(shown)
    picture(notebook.page, name)


@pytest.mark.parametrize(("name", "width", "theme"), [("light", 1280, ""), ("dark", 1280, "Dark"), ("narrow", 480, "")])
def test_a_rich_answer(open_notebook: Open, picture: Picture, name: str, width: int, theme: str) -> None:
    notebook = open_notebook(DEMO, name="demo", viewport={"width": width, "height": 1000})
    if theme:
        notebook.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {theme}"
        )
    notebook.run(0)
    notebook.chat().send("Show me everything")
    expect(notebook.chat().answer.locator("table")).to_be_visible()
    notebook.chat().expect_status("complete")
    picture(notebook.page, name)
