"""Notebooks with chats run where no browser is: nothing waits for one, and what was said is saved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import kernels
import nbformat
import pytest
from lab import twin_of
from nbclient import NotebookClient

CELLS = [
    """
import asyncio
from ipytalk import Chat, show
async def parrot(messages):
    for word in messages[-1].text.split():
        yield word + " "
        await asyncio.sleep(0.05)
        if word == "fail":
            raise RuntimeError("The parrot flew away.")
chat = Chat(parrot)
chat
""",
    "answer = await chat.send('one two three')\nprint(answer.status, answer.text)",
    "chat.send('say this and fail').result().error.message",
    "reply = chat.send('never ' * 1000)\nawait asyncio.sleep(0.5)\nchat.stop()\nreply.status, reply.stop_reason",
    "late = chat.send('begun in one cell, ended in a later one')",
    "settled = show(parrot, 'shown in one cell')",
    "(await late).text, (await settled).text",
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a notebook of these cells as nbclient does, and give it back with its outputs."""
    kernels.install_old(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def run_(*cells: str, kernel: str = "python3") -> Any:
        notebook = new_notebook(cells)
        NotebookClient(notebook, timeout=60, kernel_name=kernel, resources={"metadata": {"path": tmp_path}}).execute()
        return notebook

    return run_


def outputs_of(cell: Any) -> str:
    return "".join(str(output.get("text", output.get("data", {}).get("text/plain"))) for output in cell["outputs"])


def test_nbclient_saves_what_was_sent_stopped_failed_and_ended_later(run: Callable[..., Any], kernel: str) -> None:
    saved = run(*CELLS, kernel=kernel)
    _, sent, failed, stopped, _, shown, last = saved["cells"]
    assert outputs_of(sent) == "complete one two three \n"
    assert "The parrot flew away" in outputs_of(failed)
    assert outputs_of(stopped) == "('complete', 'stopped')"
    assert outputs_of(last) == "('begun in one cell, ended in a later one ', 'shown in one cell ')"
    transcript = twin_of(saved)
    assert "> one two three\n\none two three" in transcript
    assert "say this and fail\n\n*The answer ended early: " in transcript
    assert "*Stopped.*" in transcript
    assert transcript.endswith("> begun in one cell, ended in a later one\n\nbegun in one cell, ended in a later one")
    assert [output["data"] for output in shown["outputs"]] == [
        {"text/plain": "shown in one cell", "text/markdown": "shown in one cell"}
    ]
    (snapshot,) = [state["snapshot"] for state in states_of(saved) if state.get("composer")]
    said = ["".join(part["text"] for part in message["parts"]) for message in snapshot["messages"]]
    assert said[-1] == "begun in one cell, ended in a later one "
    assert [message["status"] for message in snapshot["messages"][1::2]] == ["complete", "error"] + 2 * ["complete"]


def test_many_answers_in_the_last_cell_are_all_saved(run: Callable[..., Any], kernel: str) -> None:
    long = "from ipytalk import Chat\nchat = Chat(lambda messages: [messages[-1].text + '. ', 'A word. ' * 500])\nchat"
    saved = run(long, "for number in range(60):\n    chat.send(f'Answer {number}').result()", kernel=kernel)
    assert re.findall(r"^Answer (\d+)\.", twin_of(saved), re.MULTILINE) == [str(number) for number in range(60)]
    (state,) = [state for state in states_of(saved) if "composer" in state]
    assert len(state["snapshot"]["messages"]) == 120


def test_papermill_runs_it(tmp_path: Path) -> None:
    nbformat.write(new_notebook(CELLS), tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "--kernel", "python3", "--no-progress-bar", "in.ipynb", "out.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)
    saved = json.loads((tmp_path / "out.ipynb").read_text())
    assert "> begun in one cell, ended in a later one\n\nbegun in" in twin_of(saved)


def test_nbval_finds_the_same_output_again(tmp_path: Path, run: Callable[..., Any]) -> None:
    steady = [cell for cell in CELLS if "never" not in cell]  # where a stop cuts an answer off is chance
    nbformat.write(run(*steady), tmp_path / "steady.ipynb")
    process = nbval(tmp_path / "steady.ipynb")
    assert process.returncode == 0, process.stdout[-3000:]


def test_nbval_sees_one_changed_word_in_a_chat_a_result_and_a_shown_answer(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    saved = run(CELLS[0], CELLS[1], "(await show(parrot, 'shown in one cell')).status")
    for cell in saved["cells"]:
        before = json.dumps(cell["outputs"])
        after = re.sub(r"\b(three|complete|shown)\b(?!.*\b(three|complete|shown)\b)", "changed", before)
        assert after.count("changed") == 1
        cell["outputs"] = [nbformat.from_dict(output) for output in json.loads(after)]
    nbformat.write(saved, tmp_path / "changed.ipynb")
    process = nbval(tmp_path / "changed.ipynb")
    assert process.returncode == 1
    assert [number for number in range(3) if f"Cell {number}" not in process.stdout] == []


def states_of(saved: Any) -> list[dict[str, Any]]:
    """The state of each widget, as a page would draw it from the file."""
    states = saved["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    return [each["state"] for each in states.values()]


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", path.name]
    return subprocess.run(command, cwd=path.parent, check=False, timeout=120, capture_output=True, text=True)


def new_notebook(cells: Sequence[str]) -> Any:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=metadata)
