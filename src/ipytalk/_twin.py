"""The saved output beside a widget: what everyone reads when no kernel runs."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from IPython.display import display

from ._transcript import TWIN_MARK
from .messages import JSON

_numbers = itertools.count(1)


class Twin:
    """A Markdown output of a cell, refreshed in place. The widget's stylesheet hides it while the widget lives."""

    def __init__(self) -> None:
        self._id = f"ipytalk-{next(_numbers)}"  # transient: the saved notebook doesn't hold it
        self._shown: str | None = None

    def show(self, markdown: str) -> None:
        """Put the output under the running cell. Those that stand elsewhere stay, and are refreshed too."""
        self._publish(markdown, update=False)

    def refresh(self, read: Callable[[], str]) -> None:
        """Replace the output's text, if it was shown and differs."""
        if self._shown is not None and (markdown := read()) != self._shown:
            self._publish(markdown, update=True)

    def bundle(self, markdown: str) -> JSON | None:
        """Give the output by mimetype, if it was shown."""
        return None if self._shown is None else _bundle(markdown)

    def _publish(self, markdown: str, *, update: bool) -> None:
        self._shown = markdown
        display(_bundle(markdown), raw=True, display_id=self._id, update=update)


def _bundle(markdown: str) -> JSON:
    return {"text/plain": markdown, "text/markdown": f"{markdown}\n\n{TWIN_MARK}"}
