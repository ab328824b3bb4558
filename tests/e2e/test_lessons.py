"""The teaching notebooks, each run from top to bottom as a student would.

``uv run pytest tests/e2e/test_lessons.py --update-screenshots`` writes the three pictures of the README's gallery.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import CACHE, SECONDS, Lab, Notebook
from playwright.sync_api import Browser, expect

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
KEPT = Path(__file__).parents[2] / ".github" / "screenshots"
TALL = {"viewport": {"width": 1100, "height": 1000}}
# The README's gallery: a lesson, the cell that is run again for its picture, what is then on the screen (an answer is
# caught in the middle), and the cell that the picture ends with.
GALLERY = {
    "02-why-streaming": ("blocked = left.send", "text=middle run", "half = Layout"),
    "04-progressive-markdown": ("reply = await progressive.send", "text=some *hu", "half = Layout"),
    "08-your-own-source-and-tools": ("", "", "reply = await tools_chat"),
}


@pytest.fixture
def lesson(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Notebook]:
    """A copy of one lesson, with nothing run yet."""
    path: Path = request.param
    shutil.copy(path, lab.root / path.name)
    notebook = Notebook.open(lab, browser, path.name, context=TALL)
    notebook.command("notebook:clear-all-cell-outputs")
    yield notebook
    notebook.close()


def run_all(notebook: Notebook, seconds: float = 60) -> None:
    notebook.command("notebook:run-all-cells")
    notebook.page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.content.widgets.every(({ model }) =>
            model.type !== 'code' || (model.executionState === 'idle' && model.executionCount !== null)
            || model.sharedModel.outputs.some((output) => output.output_type === 'error'))""",
        timeout=seconds * SECONDS,
    )
    expect(notebook.page.locator("article[data-status=streaming]")).to_have_count(0)


def outputs_of(content: Any) -> list[list[tuple[str, str]]]:
    """What each cell shows, as text: what nbval compares."""
    return [[text_of(output) for output in cell.get("outputs", [])] for cell in content["cells"]]


def text_of(output: Any) -> tuple[str, str]:
    data = output.get("data", {"text/plain": output.get("text", output.get("evalue"))})
    kind = "text/markdown" if "text/markdown" in data else "text/plain"
    return output["output_type"], "".join(data.get(kind) or "")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem, indirect=True)
def test_a_lesson_runs_from_top_to_bottom_and_shows_what_it_promises(
    lesson: Notebook, request: pytest.FixtureRequest
) -> None:
    name = lesson.path.removesuffix(".ipynb")
    run_all(lesson)
    promised = outputs_of(nbformat.read(LESSONS[0].parent / lesson.path, as_version=4))
    lesson.expect_saved(lambda saved: outputs_of(saved) == promised)
    take_pictures(lesson, name, keep=bool(request.config.getoption("--update-screenshots")))


def take_pictures(lesson: Notebook, name: str, *, keep: bool) -> None:
    """Leave a picture of each screenful in ``.cache/lessons``, and with `keep` the one for the README."""
    folder = CACHE / "lessons"
    folder.mkdir(parents=True, exist_ok=True)
    box = lesson.page.locator(".jp-WindowedPanel-outer").first
    height = int(box.evaluate("box => box.scrollHeight"))
    step = int(box.evaluate("box => box.clientHeight"))
    for number, top in enumerate(range(0, height, step)):
        box.evaluate("(box, top) => { box.scrollTop = top }", top)
        lesson.page.wait_for_timeout(150)  # plots are decoded, scrolling comes to rest
        lesson.page.screenshot(path=folder / f"{name}-{number}.png", animations="disabled")
    if keep and name in GALLERY:
        take_for_gallery(lesson, name, *GALLERY[name])


def take_for_gallery(lesson: Notebook, name: str, again: str, shown: str, where: str) -> None:
    page = lesson.page
    cells = [str(cell["source"]) for cell in lesson.content()["cells"]]
    first = next(number for number, source in enumerate(cells) if where in source)
    if again:
        lesson.run(first)
        lesson.evaluate("SLOW = 12")
        lesson.start(next(number for number, source in enumerate(cells) if source.startswith(again)))
        expect(page.locator(f".jp-OutputArea >> {shown}").last).to_be_visible()
    lesson.cell(first).evaluate("cell => cell.scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(300)
    page.screenshot(path=KEPT / f"lesson-{name}.png", animations="disabled")
