"""A real JupyterLab, with pages of it in a real Chromium."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Locator, Page, expect

from servers.messages import MessagesServer

SRC = Path(__file__).parents[2] / "src"
CACHE = Path(__file__).parents[2] / ".cache"
SECONDS = 1000.0  # Playwright counts in milliseconds
WINDOW: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}

# The SDK's first import alone takes seconds on a busy machine. What is slow for a person is the benchmarks' business.
expect.set_options(timeout=30 * SECONDS)

KEY = "sk-ant-a-key-that-nobody-may-see"


def claude_cell(server: MessagesServer) -> str:
    """Give a cell with a chat that asks `server`."""
    return f"""
import asyncio, time
from ipytalk import Chat
from ipytalk.sources import Claude
chat = Chat(Claude(base_url={server.url!r}, api_key={KEY!r}))
chat
"""


def twin_of(saved: Any) -> str:
    """Give what a saved notebook keeps of its one chat."""
    (output,) = [
        output
        for cell in saved["cells"]
        for output in cell["outputs"]
        if "ipytalk-twin" in "".join(output.get("data", {}).get("text/markdown", ""))
    ]
    assert "".join(output["data"]["text/markdown"]).startswith("".join(output["data"]["text/plain"]))
    return "".join(output["data"]["text/plain"])


@dataclass
class Lab:
    """A running server, whose notebooks lie in `root`."""

    url: str
    token: str
    root: Path
    log: Path

    def ask(self, method: str, path: str) -> Any:
        """Ask the server's REST API."""
        request = urllib.request.Request(
            f"{self.url}/{path}", headers={"Authorization": f"token {self.token}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read() or "null")

    def kernel_of(self, notebook: str) -> Any:
        """Give what the server knows of the kernel of `notebook`: its ``id``, its ``execution_state``."""
        (session,) = [each for each in self.ask("GET", "api/sessions") if each["path"] == notebook]
        return session["kernel"]

    def write(self, name: str, cells: Sequence[str], kernel: str = "python3") -> Path:
        """Write a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, id=f"cell-{index}") for index, source in enumerate(cells)],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        )
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path


@contextlib.contextmanager
def serve(
    folder: Path, *, python: Path = Path(sys.executable), environment: Mapping[str, str] | None = None
) -> Generator[Lab]:
    """Start the JupyterLab of `python`, with settings, runtime files and notebooks of its own below `folder`."""
    root = folder / "notebooks"
    root.mkdir(parents=True, exist_ok=True)
    # Else a notice asks whether to fetch news, on top of whatever a screenshot shows.
    quiet = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    token = secrets.token_hex(8)
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")} | {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    log = folder / "server.log"
    command = [
        *(str(python), "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--IdentityProvider.token={token}"),
        *(f"--ServerApp.root_dir={root}", "--ServerApp.open_browser=False"),
        "--JupyterNotebookApp.expose_app_in_browser=True",  # the same server also serves Notebook 7, if it is there
        *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ContentsManager.hide_globs=[]"),
    ]
    keyless = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC")}
    with log.open("w") as output:
        process = subprocess.Popen(command, env={**keyless, **own, **(environment or {})}, stdout=output, stderr=output)
    try:
        yield Lab(_address(process, folder / "runtime", log), token, root, log)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _address(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Wait until the server wrote where it listens."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        for info in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):
                return str(json.loads(info.read_text())["url"]).rstrip("/")
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


class Notebook:
    """A notebook open in JupyterLab, driven as a person would."""

    def __init__(self, page: Page, path: str, url: str) -> None:
        self.page = page
        self.path = path
        self._url = url
        self._is_second = False
        self._windows: list[Notebook] = []

    @classmethod
    def open(
        cls, lab: Lab, browser: Browser, path: str, *, app: str = "doc/tree", context: dict[str, Any] | None = None
    ) -> Notebook:
        """Open `path` in a window of its own and wait until its kernel is idle. The app ``notebooks`` is Notebook 7."""
        return cls._open(browser, f"{lab.url}/{app}/{path}?token={lab.token}&reset", path, context or {})

    @classmethod
    def _open(cls, browser: Browser, url: str, path: str, context: dict[str, Any]) -> Notebook:
        page = browser.new_context(**(WINDOW | context)).new_page()
        page.set_default_timeout(30 * SECONDS)
        page.goto(url)
        notebook = cls(page, path, url)
        notebook.ready()
        return notebook

    def ready(self) -> None:
        """Wait until the notebook is drawn and its kernel answers."""
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60 * SECONDS)
        self.idle(60)

    def idle(self, seconds: float = 30) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(f"({_KERNEL})()?.status === 'idle'", timeout=seconds * SECONDS)

    @property
    def kernel_status(self) -> str:
        return str(self.page.evaluate(f"({_KERNEL})()?.status"))

    def run(self, cell: int, *, wait: bool = True) -> None:
        """Run one cell, and wait for its end unless told not to."""
        self.start(cell)
        if wait:
            self.finished(cell)

    def start(self, cell: int) -> None:
        """Begin to run one cell."""
        self.page.evaluate(
            """index => {
                const panel = window.jupyterapp.shell.currentWidget;
                panel.content.activeCellIndex = index;
                panel.content.deselectAll();
                return void window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            cell,
        )

    def finished(self, cell: int, seconds: float = 60) -> None:
        """Wait until a cell's prompt has a number: it ran to its end."""
        self.page.wait_for_function(
            """index => {
                const model = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
                return model.executionState === 'idle' && model.executionCount !== null;
            }""",
            arg=cell,
            timeout=seconds * SECONDS,
        )

    def evaluate(self, code: str) -> str:
        """Run `code` in the kernel, beside the notebook, and give what it printed. Waits for running cells."""
        return str(
            self.page.evaluate(
                """async code => {
                    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                    const future = kernel.requestExecute({ code, silent: false, store_history: false });
                    let text = '';
                    future.onIOPub = message => {
                        if (message.header.msg_type === 'stream') text += message.content.text;
                        if (message.header.msg_type === 'error') text += message.content.traceback.join('\\n');
                    };
                    await future.done;
                    return text;
                }""",
                code,
            )
        ).strip()

    def command(self, name: str) -> None:
        """Run one of JupyterLab's commands."""
        self.page.evaluate("name => window.jupyterapp.commands.execute(name)", name)

    def save(self) -> Any:
        """Save, and give the notebook as it was saved."""
        return self.page.evaluate(
            """async () => {
                const context = window.jupyterapp.shell.currentWidget.context;
                await context.save();
                return context.model.toJSON();
            }"""
        )

    def content(self) -> Any:
        """Give the notebook as it would be saved."""
        return self.page.evaluate("window.jupyterapp.shell.currentWidget.context.model.toJSON()")

    def expect_saved(self, condition: Callable[[Any], bool], seconds: float = 15) -> None:
        """Save until what was saved fulfils `condition`: outputs come on a way of their own."""
        deadline = time.monotonic() + seconds
        # Only the first window saves: in another, JupyterLab would ask what to do about the changed file.
        read = self.content if self._is_second else self.save
        while not condition(saved := read()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not in the saved notebook: {json.dumps(saved)[-3000:]}")
            self.page.wait_for_timeout(200)

    def reload(self) -> None:
        """Reload the page."""
        self.page.reload()
        expect(self.page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=60 * SECONDS)

    def another_window(self) -> Notebook:
        """Open the same notebook in a second browser, which closes with this one."""
        browser = self.page.context.browser
        assert browser is not None
        self._windows.append(Notebook._open(browser, self._url, self.path, {}))
        self._windows[-1]._is_second = True
        return self._windows[-1]

    def hide_tab(self) -> None:
        """Be a tab in the background, as far as a page can tell: no animation frames."""
        self.page.evaluate(
            """() => {
                const frames = [];
                const shown = window.requestAnimationFrame;
                window.requestAnimationFrame = (callback) => frames.push(callback);
                Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
                window.showAgain = () => {
                    window.requestAnimationFrame = shown;
                    delete document.hidden;
                    document.dispatchEvent(new Event('visibilitychange'));
                    for (const callback of frames) shown(callback);
                };
            }"""
        )

    def show_tab(self) -> None:
        """Be in front again, after `hide_tab`."""
        self.page.evaluate("window.showAgain()")

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def chat(self, index: int = 0) -> ChatWidget:
        return ChatWidget(self.page.locator(".ipytalk-chat").nth(index))

    def close(self) -> None:
        """Shut the kernel down and close the window."""
        with contextlib.suppress(Exception):
            self.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        for window in (self, *self._windows):
            window.page.context.close()


_KERNEL = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"


class ChatWidget:
    """A chat on the page, by the names that a screen reader would say."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.box = root.get_by_role("textbox", name="Message")
        self.send_button = root.get_by_role("button", name="Send", exact=True)
        self.stop_button = root.get_by_role("button", name="Stop", exact=True)
        self.articles = root.get_by_role("article")

    def send(self, text: str) -> None:
        """Type a message and send it; from then on `answer` is the new one."""
        before = self.articles.count()
        self.box.fill(text)
        self.send_button.click()
        expect(self.articles).to_have_count(before + 2)

    @property
    def answer(self) -> Locator:
        """The last answer."""
        return self.articles.last

    def expect_status(self, status: str, seconds: float = 30) -> None:
        """Wait until the last answer has this status."""
        expect(self.answer).to_have_attribute("data-status", status, timeout=seconds * SECONDS)
