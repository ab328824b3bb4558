"""When what the notebook keeps of a conversation is brought up to date: after each answer, until that costs too much.

It is the whole conversation each time. So a thousand answers would cost a thousand whole conversations, and a page that
draws each of them would do nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ._cell import at_end_of_cell
from ._outbox import Timer

SMALL = 10_000  # characters that cost too little to be saved
PACE = 20_000.0  # characters a second, on average, of conversations that are longer
GRACE = 2.0  # seconds in which a page that keeps the transcript itself comes to read it


class Refresh:
    """Runs `run` as often as its size allows. Every method is called under the conversation's lock.

    Parameters
    ----------
    run
        Brings all of it up to date, and gives its size in characters.
    watched
        Whether there is a page, which may do so itself: it then calls `done`. Where there is none, all is up to date
        when a cell ends: that is what nbclient and papermill save.
    call_later
        Runs a function after some seconds, under the lock.
    locked
        Gives a function that runs another under the lock.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        run: Callable[[], int],
        *,
        watched: Callable[[], bool],
        call_later: Callable[[float, Callable[[], None]], Timer],
        locked: Callable[[Callable[[], None]], Callable[[], None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._watched = watched
        self._call_later = call_later
        self._locked = locked
        self._clock = clock
        self._due = float("-inf")
        self._timer: Timer | None = None
        self._waits_for_cell = False

    def soon(self) -> None:
        """Something changed."""
        if self._timer is not None:
            return
        wait = max(self._due - self._clock(), GRACE if self._watched() else 0.0)
        if wait <= 0:
            self.now()
            return
        self._timer = self._call_later(wait, self.finish)
        if not self._waits_for_cell:
            self._waits_for_cell = True
            at_end_of_cell(self._locked(self._cell_ended))

    def now(self) -> None:
        """Run, whatever it costs."""
        self.done()
        size = self._run()
        self._due = self._clock() + (size / PACE if size > SMALL else 0.0)

    def finish(self) -> None:
        """Run, if something changed since the last time."""
        if self._timer is not None:
            self.now()

    def done(self) -> None:
        """All is up to date."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cell_ended(self) -> None:
        self._waits_for_cell = False
        if not self._watched():
            self.finish()
