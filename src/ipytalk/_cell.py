"""What stands under a cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from .messages import JSON


def put(bundle: JSON, display_id: str, *, metadata: JSON | None = None, update: bool = False) -> None:
    """Show a mimebundle under the running cell, or replace the one of that id, wherever it stands.

    In plain Python, which has no cells, nothing is printed: an answer's text is in its reply.
    """
    if InteractiveShell.initialized():
        display(bundle, raw=True, metadata=metadata, display_id=display_id, update=update)


def at_end_of_cell(function: Callable[[], None]) -> None:
    """Run `function` once, on the main thread, when the running cell or the next one ends, while it can still show."""
    if not InteractiveShell.initialized():
        return
    events: Any = InteractiveShell.instance().events

    def end() -> None:
        events.unregister("post_execute", end)
        function()

    events.register("post_execute", end)
