"""Notices that a cell keeps other threads from their turn, and lets them have it sooner until that cell ends.

A question typed beside such a cell is read by a thread of the kernel: 3.5 s later at worst, where a loop looked for a
file at each round; see `_switch_interval` for why. While no answer is made, nothing else shortens the interval.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from ._switch_interval import restore, shorten

PERIOD = 0.25  # seconds between two looks
LATE = 0.05  # seconds; eight threads that compute keep one another waiting for 40 ms, and lose by a shorter interval
clock = time.monotonic


class Sentinel:
    """A thread that looks how late it gets its turn while a cell runs."""

    def __init__(self, late: float = LATE) -> None:
        self._late = late
        self._begun = threading.Event()
        self._over = threading.Event()
        self._since = 0.0
        threading.Thread(target=self._watch, name="ipytalk-sentinel", daemon=True).start()

    def begin(self) -> None:
        """A cell begins."""
        self._since = clock()
        self._over.clear()
        self._begun.set()

    def end(self) -> None:
        """It is over."""
        self._begun.clear()
        self._over.set()

    def _watch(self) -> None:
        while self._begun.wait():
            due = self._since
            while clock() < due + self._late:
                due = clock() + PERIOD
                if self._over.wait(PERIOD):
                    break
            else:
                shorten()
                self._over.wait()
                restore()


def watch_cells(shell: Any) -> None:
    """Look after every cell that `shell` runs from now on."""
    sentinel = Sentinel()
    shell.events.register("pre_execute", sentinel.begin)
    shell.events.register("post_execute", sentinel.end)
