"""The rule of the queue, tried with random crowds: no clock, no loop, no socket."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from ipytalk.gateway._line import Limits, Line, Place
from ipytalk.gateway._places import Full


class Crowd:
    """Drives a line and keeps what was promised to each who waits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.line = Line(limits)
        self.now = 0.0
        self.running: list[Place] = []
        self.waiting: dict[Place, int] = {}  # the position that was shown last
        self.first_shown: dict[Place, int] = {}
        self.passed: Counter[Place] = Counter()  # how many were served while it waited and might have run
        self.order: defaultdict[str, list[Place]] = defaultdict(list)
        self.refused = 0

    def enter(self, user: str) -> Place | None:
        waited = list(self.line._pockets)
        try:
            place = self.line.enter(user, self.now)
        except Full:
            self.refused += 1
            return None
        self.order[user].append(place)
        if place.since is not None:
            self.running.append(place)
        else:
            position = self.line.where(place).position
            if user not in waited:
                assert position == len(waited) + 1  # whatever the others have in their pockets
            self.waiting[place] = self.first_shown[place] = position
        self.look()
        return place

    def leave(self, place: Place) -> None:
        free = {each for each in self.waiting if self.line._may_run(each.user)}
        served = self.line.leave(place, self.now)
        if place in self.waiting:
            del self.waiting[place]
            self.order[place.user].remove(place)
        elif place in self.running:
            self.running.remove(place)
        for each in served:
            del self.waiting[each]
            self.running.append(each)
            for other in free & self.waiting.keys():
                self.passed[other] += 1
        self.look()

    def look(self) -> None:
        assert self.line.running == len(self.running) <= self.limits.streams
        assert self.line.waiting == len(self.waiting) <= self.limits.queue
        runs = Counter(each.user for each in self.running)
        waits = Counter(each.user for each in self.waiting)
        assert max(runs.values(), default=0) <= self.limits.streams_each
        assert max(waits.values(), default=0) <= self.limits.queue_each
        if self.line.running < self.limits.streams:  # no place stays empty for which someone may wait
            assert all(runs[user] == self.limits.streams_each for user in waits)
        for place, shown in self.waiting.items():
            position = self.line.where(place).position
            assert 1 <= position <= shown, "a position went up"
            self.waiting[place] = position
        heads = [position for position in self.waiting.values() if position <= self.limits.queue]
        assert len(heads) == len(set(heads)), "two stand in the same place"

    def judge(self, place: Place) -> None:
        """When it runs: nobody of the same user came later and ran before, and the promised number was kept."""
        earlier = self.order[place.user][: self.order[place.user].index(place)]
        assert all(each.since is not None for each in earlier)
        if place in self.first_shown:
            assert self.passed[place] < self.first_shown[place]


@pytest.mark.parametrize("seed", range(60))
def test_positions_never_rise_each_user_is_served_in_order_and_no_promise_is_broken(seed: int) -> None:
    rng = random.Random(seed)
    limits = Limits(rng.randint(1, 8), rng.randint(1, 3), rng.randint(0, 40), rng.randint(1, 40))
    crowd = Crowd(limits)
    users = [f"user {number}" for number in range(rng.randint(1, 30))]
    weights = [rng.random() ** 3 for _ in users]  # a few ask much more often than the others
    greed = rng.uniform(0.4, 0.7)
    for _ in range(400):
        crowd.now += rng.random()
        if rng.random() < greed:
            crowd.enter(rng.choices(users, weights)[0])
        elif crowd.running and rng.random() < 0.8:
            crowd.leave(rng.choice(crowd.running))
        elif crowd.waiting:
            crowd.leave(rng.choice(list(crowd.waiting)))
        for place in crowd.running:
            crowd.judge(place)
    while crowd.running:  # nobody new comes, and everyone is served
        crowd.now += 1
        crowd.leave(crowd.running[0])
        for place in crowd.running:
            crowd.judge(place)
    assert not crowd.waiting
    assert crowd.line.running == crowd.line.waiting == 0


def test_a_hundred_requests_of_one_user_delay_anothers_first_by_one() -> None:
    line = Line(Limits(streams=1, streams_each=1, queue=200, queue_each=100))
    running = line.enter("greedy", 0)
    for _ in range(100):
        line.enter("greedy", 0)
    modest = line.enter("modest", 0)
    assert line.where(modest).position == 2
    (next_,) = line.leave(running, 1)
    assert next_.user == "greedy"
    assert line.leave(next_, 2) == [modest]


def test_those_behind_a_user_at_his_own_limit_are_served_meanwhile_and_he_keeps_his_place() -> None:
    line = Line(Limits(streams=2, streams_each=1, queue=9))
    first, other = line.enter("a", 0), line.enter("b", 0)
    again, third = line.enter("a", 0), line.enter("c", 0)
    assert line.leave(other, 1) == [third]
    assert line.where(again).position == 1
    assert line.leave(first, 2) == [again]


def test_who_leaves_the_queue_hands_his_place_to_his_own_next() -> None:
    line = Line(Limits(streams=1, streams_each=1, queue=9))
    line.enter("x", 0)
    first, second, other = line.enter("a", 0), line.enter("a", 0), line.enter("b", 0)
    assert line.leave(first, 1) == []
    assert line.where(second).position == 1
    assert line.where(other).position == 2


def test_nothing_happens_when_a_place_is_given_back_twice() -> None:
    line = Line(Limits(streams=1, queue=9))
    place, waiting = line.enter("a", 0), line.enter("b", 0)
    assert line.leave(place, 1) == [waiting]
    assert line.leave(place, 1) == []
    assert (line.running, line.waiting) == (1, 0)


def test_the_wait_is_estimated_from_the_latest_streams() -> None:
    line = Line(Limits(streams=2, streams_each=2, queue=9))
    one, two = line.enter("a", 0), line.enter("b", 0)
    assert line.where(line.enter("c", 0)).estimated_wait is None
    fourth = line.enter("d", 0)
    line.leave(one, 10)
    assert line.where(fourth).estimated_wait == 5  # the next of two places that are taken for 10 s each
    line.leave(two, 20)
    assert line.mean == 15


def test_a_full_queue_says_when_to_come_again() -> None:
    line = Line(Limits(streams=2, streams_each=1, queue=4, queue_each=3))
    places = [line.enter(user, 0) for user in "ab"]
    for _ in range(3):
        line.enter("a", 0)
    with pytest.raises(Full, match="3 of your requests are waiting"):
        line.enter("a", 0)
    line.leave(places[1], 20)
    line.enter("b", 20)
    line.enter("b", 20)
    with pytest.raises(Full, match="Too many people") as full:
        line.enter("c", 20)
    assert full.value.retry_after == 20
