"""Each state that a person meets: free of what axe finds wrong, and as a picture for whoever changes the look.

``uv run pytest tests/e2e/test_screenshots.py --update-screenshots`` writes the pictures to ``.github/screenshots/``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import ChatWidget, Notebook
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".github" / "screenshots"
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"

DEMO = "from ipytalk import Chat\n\nchat = Chat()\nchat"
TRAINING = "import time\n\nfor epoch in range(60):\n    time.sleep(1)   # stands for a long training"
STATE = "import staged\nfrom ipytalk import Chat\nChat(staged.{})"
EMPTY = (
    'Chat(staged.silent, title="Ask about the weather data", placeholder="Ask about df",'
    ' suggestions=["What stands out?", "Which station is broken?", "Plot the daily means"])'
)
ROW = "import ipywidgets\n\nipywidgets.HBox([Chat(staged.silent), ipywidgets.IntSlider()])"
QUESTION = "Why is my residual plot funnel-shaped?"
# Each with its source, and what its answer shows when it is there.
STATES = {
    "waiting": ("silent", ""),
    "countdown": ("overloaded", "overloaded"),
    "failed": ("cut_off", "connection closed"),
    "stopped": ("half_said", "leverage"),
    "thinking-and-tool": ("with_tools", "run_python"),
    "code-math-table": ("rich", "percentages"),
}
TALL = 4000

Picture = Callable[[Page | Locator, str], None]
Open = Callable[..., Notebook]


@pytest.fixture
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Picture:
    folder = KEPT if request.config.getoption("--update-screenshots") else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def take(what: Page | Locator, name: str) -> None:
        page = what if isinstance(what, Page) else what.page
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)  # fades and scrolling come to rest
        what.screenshot(path=folder / f"{name}.png", animations="disabled")

    return take


def change_theme(notebook: Notebook, name: str) -> None:
    notebook.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {name}"
    )
    notebook.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {name}")
    notebook.page.wait_for_timeout(500)  # its colours fade in


def expect_accessible(page: Page, state: str) -> None:
    """Have axe look at all chats on the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    # It stands in a document that isn't ours.
    options = {"rules": {"region": {"enabled": False}}}
    violations = page.evaluate("options => axe.run({ include: ['.ipytalk-chat'] }, options)", options)["violations"]
    found = [
        (each["id"], [(node["html"][:200], node["failureSummary"]) for node in each["nodes"]]) for each in violations
    ]
    assert not found, f"{state}: {json.dumps(found, indent=1)}"


def test_an_answer_streams_while_a_cell_runs(open_notebook: Open, picture: Picture) -> None:
    notebook = open_notebook(DEMO, TRAINING, name="training")
    notebook.run(0)
    notebook.chat().send("What does streaming look like?")
    notebook.start(1)
    expect(notebook.chat().answer).to_contain_text("something else")
    picture(notebook.page, "streaming")
    notebook.chat().stop_button.click()


def test_each_state_in_each_theme(open_notebook: Open, picture: Picture) -> None:
    cells = [STATE.format(source) for source, _ in STATES.values()]
    notebook = open_notebook(f"import staged\nfrom ipytalk import Chat\n{EMPTY}", *cells, ROW, name="states")
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": TALL})
    notebook.run(0)
    picture(notebook.chat().root, "empty")
    chats: dict[str, ChatWidget] = {}
    for index, (state, (_, shown)) in enumerate(STATES.items(), 1):
        notebook.run(index)
        chat = chats[state] = ChatWidget(notebook.cell(index).locator(".ipytalk-chat"))
        chat.send(QUESTION)
        expect(chat.answer).to_contain_text(shown)
    notebook.run(len(cells) + 1)
    beside_a_slider = notebook.cell(len(cells) + 1).locator(".ipytalk-chat")
    assert beside_a_slider.evaluate("chat => chat.clientWidth") > 600
    chats["code-math-table"].expect_status("complete")
    expect(chats["code-math-table"].answer.locator("math").first).to_be_visible()
    chats["thinking-and-tool"].answer.locator(".ipytalk-tool .ipytalk-fold").first.click()
    expect_accessible(page, "streaming")
    chats["stopped"].stop_button.click()
    chats["stopped"].expect_status("complete")
    for state, chat in chats.items():
        picture(chat.root, state)
    rich, tools = chats["code-math-table"], chats["thinking-and-tool"]
    try:
        for theme, pictures in (
            ("Light", {}),
            ("Dark", {"dark": rich}),
            ("Dark High Contrast", {"high-contrast": tools}),
        ):
            change_theme(notebook, theme)
            expect_accessible(page, theme)
            for name, chat in pictures.items():
                picture(chat.root, name)
    finally:
        change_theme(notebook, "Light")  # the server keeps it for the next test
    page.add_style_tag(content=".jp-OutputArea-output { max-width: 320px !important }")
    assert rich.root.evaluate("chat => chat.clientWidth") <= 320
    expect_accessible(page, "320 px wide")
    picture(rich.root, "narrow")
    for chat in chats.values():
        assert chat.root.evaluate("chat => chat.scrollWidth <= chat.clientWidth"), "too wide for 320 px"
