"""How soon a thread gets its turn while a cell computes.

A thread that waits for its turn asks for it when it has waited for the switch interval, 5 ms by default, in one go. A
cell that gives its turn away for a moment, as every look at a file does, and more often than that, has each such wait
begin anew: the others starve (`take_gil` in CPython's ceval_gil). Beside a loop that looks for a file and sums 10,000
numbers, a thread waited 235 ms for its turn in the median, with an interval of 1 ms as well, and 0.4 ms with one of
50 µs, 1.6 at worst. So the interval is that short while an answer is made, or a cell was seen to starve others (see
`_sentinel`), and only then: a cell that computes in one thread isn't measurably slower for it, one in four by a third.
"""

from __future__ import annotations

import sys
import threading

SHORT = 0.00005  # seconds

_lock = threading.Lock()
_count = 0
_before: float | None = None  # what it was, if it was changed


def shorten() -> None:
    """Others are to have their turn soon. An interval that was shorter already stays."""
    global _count, _before  # noqa: PLW0603
    with _lock:
        _count += 1
        if _count == 1 and (now := sys.getswitchinterval()) > SHORT:
            _before = now
            sys.setswitchinterval(SHORT)


def restore() -> None:
    """They need not any more. After the last to say so, it is as before, unless someone else has set it meanwhile."""
    global _count, _before  # noqa: PLW0603
    with _lock:
        _count -= 1
        if _count == 0 and _before is not None:
            if abs(sys.getswitchinterval() - SHORT) < SHORT / 100:
                sys.setswitchinterval(_before)
            _before = None
