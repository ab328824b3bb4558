"""What stands under a cell."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from .messages import JSON


def put(bundle: JSON, display_id: str, *, update: bool = False) -> None:
    """Show a mimebundle under the running cell, or replace the one of that id, wherever it stands.

    In plain Python, which has no cells, nothing is printed: an answer's text is in its reply.
    """
    if InteractiveShell.initialized():
        display(bundle, raw=True, display_id=display_id, update=update)
