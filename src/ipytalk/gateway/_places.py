"""The places at the counter: what the gateway's door needs of an admission, in one process or across many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Queued:
    """Where a request stands while it waits.

    Parameters
    ----------
    position
        1 is next.
    estimated_wait
        Seconds until its turn; None while nothing is known to estimate from.
    """

    position: int
    estimated_wait: float | None


class Full(Exception):  # noqa: N818 - a state of the counter, told to the client, not a fault
    """No place in the queue is left.

    Parameters
    ----------
    message
        A sentence for the one who asked.
    retry_after
        Seconds after which it's worth asking again.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class Unavailable(Exception):  # noqa: N818 - the same
    """The store that the workers share can't be reached; the message is a sentence."""


class Ticket(Protocol):
    """One request's place, in the queue first and then at the counter."""

    def waiting(self) -> AsyncIterator[Queued]:
        """Yield each change of position while waiting; end when the place is ours."""
        ...

    async def leave(self) -> None:
        """Give the place, or the place in the queue, back; once is enough, twice does no harm."""
        ...


class Admission(Protocol):
    """Who may stream now, and who waits."""

    async def enter(self, user: str) -> Ticket:
        """Take a place or join the queue; raises `Full` or `Unavailable` at once."""
        ...

    async def snapshot(self) -> tuple[int, int]:
        """How many streams run, and how many requests wait."""
        ...

    async def ready(self) -> bool:
        """Whether a request could be admitted at all."""
        ...

    async def close(self) -> None:
        """Let go of what the admission holds."""
        ...
