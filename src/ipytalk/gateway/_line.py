"""The rule by which places are given: pure, without clock, loop or socket.

Every user who waits stands in one line, once, however many requests he has: behind his first request the others wait
in his own pocket. When his turn comes his first request is served, and he goes to the line's end with the next. So a
hundred requests of one user delay another's first by one place, and nobody is passed by later comers for ever.

A request at the head of its user's pocket stands where its user stands, and nobody enters the line before him: that
number never rises. One further back can't know who will come before its user's next turn; it shows the most that it
may be, `Limits.queue` for each turn, which is never less than the line's length. So no number ever goes up.

A user who already streams as much as he may keeps his place in the line, and those behind him are served meanwhile.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ._places import Full, Queued

UNLIMITED = 1_000_000
REMEMBERED = 50  # streams from whose durations the wait is estimated
UNKNOWN_WAIT, SHORTEST_WAIT, LONGEST_WAIT = 5.0, 1.0, 60.0  # seconds until a refused request may try again


@dataclass(frozen=True, slots=True)
class Limits:
    """How much runs and waits at once.

    Parameters
    ----------
    streams
        Streams at once.
    streams_each
        Streams at once for each user.
    queue
        Requests that may wait.
    queue_each
        Requests that may wait for each user; by default a quarter of the queue, so that nobody fills it alone.
    """

    streams: int = UNLIMITED
    streams_each: int = UNLIMITED
    queue: int = 100
    queue_each: int = -1

    def __post_init__(self) -> None:
        if self.queue_each == -1:
            object.__setattr__(self, "queue_each", -(-self.queue // 4))
        if min(self.streams, self.streams_each) < 1 or min(self.queue, self.queue_each) < 0:
            raise ValueError("limits of streams are at least 1, those of the queue at least 0")


@dataclass(eq=False, slots=True)
class Place:
    """One request's place; `since` is when it began to run, None while it waits."""

    user: str
    since: float | None = None
    left: bool = False


class Line:
    """Who runs and who waits. The caller passes the time in, in seconds."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.running = 0
        self.waiting = 0
        self._running_of: dict[str, int] = {}
        self._pockets: dict[str, dict[Place, None]] = {}  # in the order of the line
        self._ranks: dict[str, int] | None = None  # of the line, until it changes
        self._durations: deque[float] = deque(maxlen=REMEMBERED)

    def enter(self, user: str, now: float) -> Place:
        """Take a place, or one in the queue. Raises `Full`."""
        limits, pocket = self.limits, self._pockets.get(user)
        if pocket is None and self.running < limits.streams and self._may_run(user):
            place = Place(user)
            self._run(place, now)
            return place
        if self.waiting >= limits.queue:
            raise queue_full(self.mean, limits)
        if len(pocket or ()) >= limits.queue_each:
            raise pocket_full(self.mean, limits)
        if pocket is None:
            pocket = self._pockets[user] = {}
            self._ranks = None
        place = Place(user)
        pocket[place] = None
        self.waiting += 1
        return place

    def leave(self, place: Place, now: float) -> list[Place]:
        """Give `place` back; tells whose turn has come. The second time does nothing."""
        if place.left:
            return []
        place.left = True
        if place.since is None:
            self._step_out(place)
            return []
        self._durations.append(now - place.since)
        self.running -= 1
        count = self._running_of.pop(place.user) - 1
        if count:
            self._running_of[place.user] = count
        return self._serve(now)

    def where(self, place: Place) -> Queued:
        """Tell where a waiting place stands."""
        if self._ranks is None:
            self._ranks = {user: rank for rank, user in enumerate(self._pockets, 1)}
        rank = self._ranks[place.user]
        turns = next(number for number, each in enumerate(self._pockets[place.user]) if each is place)
        wait = estimate(rank, turns, len(self._pockets), self.mean, self.limits, may_run=self._may_run(place.user))
        return Queued(rank + turns * self.limits.queue, wait)

    @property
    def mean(self) -> float | None:
        """Seconds that the latest streams took; None before the first has ended."""
        return sum(self._durations) / len(self._durations) if self._durations else None

    def _may_run(self, user: str) -> bool:
        return self._running_of.get(user, 0) < self.limits.streams_each

    def _run(self, place: Place, now: float) -> None:
        place.since = now
        self.running += 1
        self._running_of[place.user] = self._running_of.get(place.user, 0) + 1

    def _serve(self, now: float) -> list[Place]:
        served: list[Place] = []
        while self.running < self.limits.streams:
            user = next(filter(self._may_run, self._pockets), None)
            if user is None:
                break
            pocket = self._pockets.pop(user)
            place = next(iter(pocket))
            del pocket[place]
            if pocket:
                self._pockets[user] = pocket  # at the end
            self._ranks = None
            self.waiting -= 1
            self._run(place, now)
            served.append(place)
        return served

    def _step_out(self, place: Place) -> None:
        pocket = self._pockets[place.user]
        del pocket[place]
        self.waiting -= 1
        if not pocket:
            del self._pockets[place.user]
            self._ranks = None


def estimate(rank: int, turns: int, users: int, mean: float | None, limits: Limits, *, may_run: bool) -> float | None:
    """Estimate the wait: places come free every ``mean / streams`` seconds, and a user's own every ``mean / each``."""
    if mean is None:
        return None
    everyone = (rank + turns * users) * mean / limits.streams
    own = 0.0 if may_run else (turns + 1) * mean / limits.streams_each
    return round(max(everyone, own), 1)


def queue_full(mean: float | None, limits: Limits) -> Full:
    """Refuse because too many wait: ask again when half of them are served."""
    wait = _seconds(mean and mean * limits.queue / limits.streams / 2)
    return Full(f"Too many people are waiting. Try again in {wait:.0f} s.", wait)


def pocket_full(mean: float | None, limits: Limits) -> Full:
    """Refuse because this user's own requests wait."""
    wait = _seconds(mean and mean / limits.streams_each)
    return Full(
        f"{limits.queue_each} of your requests are waiting, which is the most. Wait for their answers, or stop one.",
        wait,
    )


def _seconds(wait: float | None) -> float:
    return UNKNOWN_WAIT if wait is None else float(round(min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)))
