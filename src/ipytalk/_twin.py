"""The saved output beside a widget: what everyone reads when no kernel runs."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ._cell import put
from ._transcript import TWIN_MARK
from .messages import JSON

_numbers = itertools.count(1)


class Twin:
    """A Markdown output of a cell, refreshed in place. The widget's stylesheet hides it while the widget lives.

    Parameters
    ----------
    widget
        The widget's id, by which a page finds the output. It stands in the output's metadata, which no test compares.
    """

    def __init__(self, widget: str) -> None:
        self._metadata: JSON = {"ipytalk": widget}
        self._id = f"ipytalk-{next(_numbers)}"  # transient: the saved notebook doesn't hold it
        self._shown: int | None = None  # the hash of the text: a long conversation isn't held twice
        self._has_widget = False
        self.frozen = False

    @property
    def shown(self) -> bool:
        """Whether any cell shows it."""
        return self._shown is not None

    def show(self, markdown: str) -> None:
        """Put the output under the running cell. Those that stand elsewhere stay, and are refreshed too."""
        self._publish(markdown, update=False)

    def show_beside(self, widget: JSON | None, markdown: str) -> None:
        """Put the widget under the running cell, if it still lives, and the output below it."""
        if widget is not None:
            put(widget, f"{self._id}-widget")
            self._has_widget = True
        self.show(markdown)

    def refresh(self, read: Callable[[], str]) -> None:
        """Replace the output's text, if it was shown and differs."""
        if self._shown is not None and hash(markdown := read()) != self._shown:
            self._publish(markdown, update=True)

    def freeze(self, markdown: str) -> None:
        """Empty the widget's own output, and let the text stand by itself for good."""
        self.frozen = True
        if self._has_widget:
            put({}, f"{self._id}-widget", update=True)
        if self._shown is not None:
            self._publish(markdown, update=True)

    def bundle(self, markdown: str) -> JSON | None:
        """Give the output by mimetype, if it was shown."""
        return None if self._shown is None else self._bundle(markdown)

    def _publish(self, markdown: str, *, update: bool) -> None:
        self._shown = hash(markdown)
        put(self._bundle(markdown), self._id, metadata=self._metadata, update=update)

    def _bundle(self, markdown: str) -> JSON:
        # The mark would hide it beside another chat that lives in the same cell.
        marked = markdown if self.frozen else f"{markdown}\n\n{TWIN_MARK}"
        return {"text/plain": markdown, "text/markdown": marked}
