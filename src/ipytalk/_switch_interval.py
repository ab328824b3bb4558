"""How soon a thread gets its turn while a cell computes.

Python lets a thread that computes go on for 5 ms before another one gets its turn, and an answer takes many turns: the
first one imports an SDK. Beside a loop of pure Python that took 61 s, and 12 s with 1 ms; a Stop took 10 ms in the
median, and 5. So the interval is shortened while an answer is made, and only then.
"""

from __future__ import annotations

import sys
import threading

SHORT = 0.001  # seconds; a cell that computed beside an answer was not measurably slower

_lock = threading.Lock()
_count = 0
_before: float | None = None  # what it was, if it was changed


def shorten() -> None:
    """An answer begins to be made. One that was shorter already stays."""
    global _count, _before  # noqa: PLW0603
    with _lock:
        _count += 1
        if _count == 1 and (now := sys.getswitchinterval()) > SHORT:
            _before = now
            sys.setswitchinterval(SHORT)


def restore() -> None:
    """An answer is over. After the last one, it is as before, unless someone else has set it meanwhile."""
    global _count, _before  # noqa: PLW0603
    with _lock:
        _count -= 1
        if _count == 0 and _before is not None:
            if abs(sys.getswitchinterval() - SHORT) < SHORT / 100:
                sys.setswitchinterval(_before)
            _before = None
