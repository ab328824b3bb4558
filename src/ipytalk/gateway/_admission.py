"""Admission in one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from ._line import Limits, Line, Place
from ._places import Queued

TELL = 1.0  # seconds between two positions at least: with a long queue, each end of a stream would tell everyone

__all__ = ["InProcess", "Limits"]


class InProcess:
    """Places for the streams of one process.

    Parameters
    ----------
    limits
        How much runs and waits at once.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._line = Line(limits or Limits())
        self._turns: dict[Place, asyncio.Future[None]] = {}

    async def enter(self, user: str) -> InProcessTicket:
        """Take a place or join the queue; raises `Full`."""
        place = self._line.enter(user, time.monotonic())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if place.since is None:
            self._turns[place] = turn
        else:
            turn.set_result(None)
        return InProcessTicket(self, place, turn)

    async def snapshot(self) -> tuple[int, int]:
        """How many streams run, and how many requests wait."""
        return self._line.running, self._line.waiting

    async def ready(self) -> bool:
        """Whether a request could be admitted at all: always."""
        return True

    async def close(self) -> None:
        """Nothing is held."""

    def where(self, place: Place) -> Queued:
        """Tell where a waiting place stands."""
        return self._line.where(place)

    def leave(self, place: Place) -> None:
        """Give a place back, and call whose turn it is."""
        if (turn := self._turns.pop(place, None)) is not None:
            turn.cancel()
        for served in self._line.leave(place, time.monotonic()):
            self._turns.pop(served).set_result(None)


class InProcessTicket:
    """One request's place."""

    def __init__(self, admission: InProcess, place: Place, turn: asyncio.Future[None]) -> None:
        self._admission = admission
        self._place = place
        self._turn = turn

    def waiting(self) -> AsyncIterator[Queued]:
        """Tell each change of position, once a second at most; end when the place is ours."""
        return Positions(self._turn, lambda: self._admission.where(self._place))

    async def leave(self) -> None:
        """Give the place back. Twice does no harm."""
        self._admission.leave(self._place)


class Positions(AsyncIterator[Queued]):
    """The changes of a position until the turn comes. A ``__anext__`` may be cancelled and called again.

    Parameters
    ----------
    turn
        Done when the place is ours; cancelled when it was given back; fails when the place never will be ours.
    where
        Tells where it stands; None when that isn't known yet.
    """

    def __init__(self, turn: asyncio.Future[None], where: Callable[[], Queued | None]) -> None:
        self._turn = turn
        self._where = where
        self._told: int | None = None
        self._next = 0.0  # when the next may be told

    async def __anext__(self) -> Queued:
        while not self._turn.done():
            if (ahead := self._next - time.monotonic()) > 0:
                await asyncio.wait((self._turn,), timeout=ahead)
                continue
            self._next = time.monotonic() + TELL
            queued = self._where()
            # None that rose: a store that lost its memory may know another order.
            if queued is not None and (self._told is None or queued.position < self._told):
                self._told = queued.position
                return queued
        if not self._turn.cancelled():
            self._turn.result()
        raise StopAsyncIteration
