"""Teach nbval that an output may be filled after it was displayed.

nbval compares what a cell displayed with what the notebook saved, but passes ``update_display_data`` over. An answer
is just such an update: it fills the output that its chat left in the cell, often while a later cell runs. With this
plugin, which pytest loads by itself, a cell whose outputs ipytalk fills is compared with all updates taken in: at its
end, and if it differs then, once more after the notebook's last cell. The times in the table of ``show(wire=True)``
are left out: everything else in it is compared.

It may go when nbval knows ``update_display_data``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

PREFIX = "ipytalk-"
TIME = re.compile(r"<time>[^<]*</time>")
DISPLAYS = pytest.StashKey[dict[str, Any]]()  # of a notebook: display id -> the data that nbval holds of it
LATE = pytest.StashKey[list["tuple[Any, Callable[[], bool]]"]]()  # of a notebook: cells to be compared again


def pytest_configure(config: pytest.Config) -> None:
    """Wrap the two methods of nbval that see messages and compare outputs."""
    if not (config.getoption("nbval", default=False) or config.getoption("nbval_lax", default=False)):
        return
    from nbval.plugin import IPyNbCell, IPyNbFile  # noqa: PLC0415  # only where it is used

    patch = pytest.MonkeyPatch()
    patch.setattr(IPyNbFile, "get_kernel_message", _watching(IPyNbFile.get_kernel_message))
    patch.setattr(IPyNbCell, "compare_outputs", _patient(IPyNbCell.compare_outputs))
    config.add_cleanup(patch.undo)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After a notebook's last cell, compare what differed before."""
    notebook = item.parent
    if notebook is None or (nextitem is not None and nextitem.parent is notebook):
        return
    differing = [cell for cell, compare in notebook.stash.get(LATE, []) if not compare()]
    said = [f"Cell {cell.cell_num}: outputs differ\n" + "\n".join(cell.comparison_traceback) for cell in differing]
    if said:
        pytest.fail("\n\n".join(said), pytrace=False)


def _watching(get: Callable[..., Any]) -> Callable[..., Any]:
    from nbformat import NotebookNode  # noqa: PLC0415  # every run of pytest imports this module

    def get_kernel_message(notebook: Any, *arguments: Any, **options: Any) -> Any:
        message = get(notebook, *arguments, **options)
        content = message.get("content", {})
        id_ = str(content.get("transient", {}).get("display_id", ""))
        if id_.startswith(PREFIX):
            shown = notebook.stash.setdefault(DISPLAYS, {})
            if message["msg_type"] == "display_data":
                shown[id_] = content["data"] = NotebookNode(content["data"])  # nbval keeps this very object
            elif id_ in shown:
                shown[id_].clear()
                shown[id_].update(content["data"])
        return message

    return get_kernel_message


def _patient(compare: Callable[..., bool]) -> Callable[..., bool]:
    def compare_outputs(cell: Any, outputs: Any, reference: Any, *arguments: Any, **options: Any) -> bool:
        shown = {id(data) for data in cell.parent.stash.get(DISPLAYS, {}).values()}
        for output in (*outputs, *reference):
            _leave_out_times(output)
        same = compare(cell, outputs, reference, *arguments, **options)
        if same or not any(id(output.get("data")) in shown for output in outputs):
            return same
        cell.parent.stash.setdefault(LATE, []).append((cell, partial(compare_later, cell, outputs, reference)))
        return True

    def compare_later(cell: Any, outputs: Any, reference: Any) -> bool:
        for output in outputs:
            _leave_out_times(output)
        return compare(cell, outputs, reference)

    return compare_outputs


def _leave_out_times(output: Any) -> None:
    data = output.get("data", {})
    if 'class="ipytalk-wire"' in (html := data.get("text/html", "")):
        data["text/html"] = TIME.sub("<time></time>", html)
