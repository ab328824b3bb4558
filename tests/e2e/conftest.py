"""JupyterLab, Chromium and both generations of ipykernel, for the end-to-end tests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import kernels
import pytest
from chromium import ADVICE, FLAGS, find_chromium
from lab import CACHE, Lab, Notebook, serve
from playwright.sync_api import Browser, sync_playwright

from servers.messages import MessagesServer

FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-screenshots", action="store_true", help="write the pictures under .github")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of the run."""
    path = find_chromium()
    if path is None:
        pytest.fail(ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The one server of the run; it knows the kernels ``python3`` and ``ipykernel6``."""
    folder = tmp_path_factory.mktemp("lab")
    kernels.install_old(folder / "data")
    with serve(folder, environment={"PYTHONPATH": kernels.PATH}) as running:
        yield running


@pytest.fixture(params=["python3", "ipykernel6"])
def kernel(request: pytest.FixtureRequest) -> str:
    """The newest ipykernel, and the oldest that is supported: see `kernels`."""
    return request.param


@pytest.fixture
def claude() -> Iterator[MessagesServer]:
    """A server that `claude_cell`'s chat asks."""
    with MessagesServer() as server:
        yield server


@pytest.fixture
def open_notebook(lab: Lab, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Notebook]]:
    """Write a notebook of these cells and open it in a window of its own."""
    opened: list[Notebook] = []

    def open_(*cells: str, kernel: str = "python3", name: str | None = None, **context: Any) -> Notebook:
        name = f"{name or request.node.originalname}-{kernel}-{len(opened)}.ipynb"
        lab.write(name, cells, kernel)
        opened.append(Notebook.open(lab, browser, name, context=context))
        return opened[-1]

    yield open_
    for number, notebook in enumerate(opened):
        if request.node.stash.get(FAILED, False):  # what a person would have seen
            (CACHE / "failures").mkdir(parents=True, exist_ok=True)
            notebook.page.screenshot(path=CACHE / "failures" / f"{request.node.name}-{number}.png")
        notebook.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
