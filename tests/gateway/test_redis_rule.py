"""The script in Redis gives places by the same rule as one process does, and forgets those who died."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import RedisServer

from ipytalk.gateway._line import Limits, Line, Place
from ipytalk.gateway._places import Full, Queued, Unavailable
from ipytalk.gateway._redis import RedisAdmission, RedisTicket

LEASE = 0.8


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


class Workers:
    """Gateways that share a Redis, each with its own admission."""

    def __init__(self, url: str, name: str, limits: Limits) -> None:
        self.url, self.name, self.limits = url, name, limits
        self.all: list[RedisAdmission] = []

    def one(self) -> RedisAdmission:
        self.all.append(RedisAdmission(self.url, self.limits, lease=LEASE, name=self.name))
        return self.all[-1]

    async def close(self) -> None:
        for each in self.all:
            await each.close()


async def running(ticket: RedisTicket) -> None:
    async def wait() -> None:
        async for _ in ticket.waiting():
            pass

    await asyncio.wait_for(wait(), 10)


async def is_running(ticket: RedisTicket) -> bool:
    await asyncio.wait((ticket.turn,), timeout=0.05)
    return ticket.turn.done()


async def counts(worker: RedisAdmission, running: int, waiting: int) -> None:
    """Wait until so many run and wait, in all workers."""

    async def look() -> None:
        while await worker.snapshot() != (running, waiting):  # noqa: ASYNC110 - it is others that change it
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), 10)


async def back(worker: RedisAdmission) -> None:
    async def look() -> None:
        while not await worker.ready():  # noqa: ASYNC110 - as a load balancer does
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), 10)


async def die(worker: RedisAdmission) -> None:
    """Fall silent, as a process does that is killed."""
    for task in worker._tasks:
        task.cancel()
    await asyncio.gather(*worker._tasks, return_exceptions=True)


async def settled(worker: RedisAdmission) -> None:
    """Redis has just started, so at first no place is given: somebody may still hold one."""
    await running(ticket := await worker.enter("nobody"))
    await ticket.leave()
    await counts(worker, 0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_redis_and_one_process_decide_alike(redis: RedisServer, seed: int) -> None:
    async def main() -> None:
        rng = random.Random(seed)
        limits = Limits(rng.randint(1, 5), rng.randint(1, 3), rng.randint(1, 20), rng.randint(1, 20))
        shared = Workers(redis.url, f"alike {seed}", limits)
        worker, line = shared.one(), Line(limits)
        await settled(worker)
        pairs: list[tuple[Place, str]] = []
        for number in range(250):
            if rng.random() < 0.6:
                user, id_ = f"user {rng.randint(1, 8)}", f"{worker._worker}:test {number}"
                try:
                    pairs.append((line.enter(user, 0), id_))
                    expected = "entered"
                except Full as full:
                    expected = "pocket full" if "of your requests" in full.message else "queue full"
                assert (await worker._call("enter", id_, user))[0] == expected
            elif pairs:
                place, id_ = pairs.pop(rng.randrange(len(pairs)))
                line.leave(place, 0)
                await worker._call("leave", id_)
            _, _, users, *told = await worker._call("renew", *(id_ for _, id_ in pairs))
            for (place, _), (_, *stands) in zip(pairs, told, strict=True):
                if place.since is not None:
                    assert stands == ["running"]
                else:
                    rank, turns, may_run = stands
                    assert rank + turns * limits.queue == line.where(place).position
                    assert bool(may_run) == line._may_run(place.user)
            assert users == len(line._pockets)
            assert await worker.snapshot() == (line.running, line.waiting)
        await shared.close()

    asyncio.run(main())


def test_a_turn_that_another_worker_makes_free_is_heard_of(redis: RedisServer) -> None:
    async def main() -> None:
        shared = Workers(redis.url, "heard", Limits(1, 1, 9))
        one, two = shared.one(), shared.one()
        await settled(one)
        first, second = await one.enter("ada"), await two.enter("ben")
        assert [await anext(second.waiting())] == [Queued(1, second_wait(two))]
        assert await is_running(first)
        assert not await is_running(second)
        await first.leave()
        await running(second)
        await first.leave()
        assert await two.snapshot() == (1, 0)
        await shared.close()

    def second_wait(worker: RedisAdmission) -> float | None:
        return None if worker._mean is None else round(worker._mean, 1)

    asyncio.run(main())


def test_the_places_of_a_worker_that_died_come_back_within_its_lease(redis: RedisServer) -> None:
    async def main() -> None:
        shared = Workers(redis.url, "died", Limits(2, 2, 9))
        one, two = shared.one(), shared.one()
        await settled(one)
        held = [await one.enter("ada"), await one.enter("ada"), await one.enter("ada")]
        waiting = [await two.enter("ben"), await two.enter("cleo")]
        assert [await is_running(each) for each in held + waiting] == [True, True, False, False, False]
        await die(one)
        for each in waiting:
            await running(each)
        assert await two.snapshot() == (2, 0)
        await shared.close()

    asyncio.run(main())


def test_a_worker_whose_lease_has_ended_and_who_lives_counts_again(redis: RedisServer) -> None:
    async def main() -> None:
        shared = Workers(redis.url, "slept", Limits(1, 1, 9))
        one, two = shared.one(), shared.one()
        await settled(one)
        held = await one.enter("ada")
        await die(one)  # it hangs, and its stream runs on
        waiting = await two.enter("ben")
        await running(waiting)
        one._tasks = [asyncio.create_task(one._keep())]  # it goes on
        await counts(two, 2, 0)
        third = await two.enter("cleo")
        await waiting.leave()
        assert not await is_running(third)
        await held.leave()
        await running(third)
        await shared.close()

    asyncio.run(main())


def test_without_redis_new_requests_are_refused_and_running_ones_count_when_it_is_back(tmp_path: Path) -> None:
    async def main() -> None:
        server = RedisServer(tmp_path)
        shared = Workers(server.url, "restart", Limits(2, 2, 9))
        one, two = shared.one(), shared.one()
        await settled(one)
        held = [await one.enter("ada"), await two.enter("ben")]
        waiting = await two.enter("cleo")
        server.kill()  # and with it everything it knew
        with pytest.raises(Unavailable, match="Try again in a few seconds"):
            await one.enter("dan")
        assert not await one.ready()
        server.start()
        await back(one)
        await back(two)
        late = await one.enter("dan")
        assert not await is_running(late)
        await counts(two, 2, 2)
        await held[1].leave()
        await running(waiting)
        assert not await is_running(late)
        await held[0].leave()
        await running(late)
        await shared.close()
        server.stop()

    asyncio.run(main())


def test_who_waits_is_told_when_redis_stays_away(tmp_path: Path) -> None:
    async def main() -> None:
        server = RedisServer(tmp_path)
        shared = Workers(server.url, "away", Limits(1, 1, 9))
        one = shared.one()
        await settled(one)
        await one.enter("ada")
        waiting = await one.enter("ben")
        server.kill()
        with pytest.raises(Unavailable):
            await running(waiting)
        await shared.close()

    asyncio.run(main())


def test_a_gateway_that_starts_without_redis_says_so_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        server = RedisServer(tmp_path)
        server.kill()
        worker = RedisAdmission(server.url, Limits(1))
        assert not await worker.ready()
        with pytest.raises(Unavailable):
            await worker.enter("ada")
        await worker.close()

    asyncio.run(main())
