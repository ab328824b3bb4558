"""Admission across workers and machines: the same rule as in one process, kept in Redis by `_places.lua`.

A worker renews one lease for everything it has, and in the same breath learns where its waiting requests stand; whose
turn has come it also hears at once, on a channel. When Redis is gone, running streams go on, new requests are refused
with a sentence, and those that wait do so for one lease more. When it is back, each worker tells what it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ._admission import Positions
from ._line import Limits, estimate, pocket_full, queue_full
from ._logs import tell
from ._places import Queued, Unavailable

CONNECTIONS = 8
ANSWER = 2.0  # seconds that Redis may take to answer before it is held to be gone
AGAIN = 0.25  # seconds between two looks whether it is back
GONE = (
    "The gateway can't reach the store that its workers share, so it can't give out places. "
    "Answers that run go on. Try again in a few seconds."
)
FAILURES = (RedisError, OSError, asyncio.TimeoutError)


class RedisAdmission:
    """Places for the streams of all gateways that share a Redis.

    Parameters
    ----------
    url
        ``redis://host:6379/0``, ``rediss://...`` or ``unix:///path``.
    limits
        How much runs and waits at once, in all workers together: the same in each.
    lease
        Seconds after which the places of a worker that died come back.
    name
        Gateways with another name share nothing with this one.
    """

    def __init__(self, url: str, limits: Limits | None = None, *, lease: float = 10.0, name: str = "ipytalk") -> None:
        self.limits = limits or Limits()
        self._lease = lease
        self._pause = min(1.0, lease / 4)  # between two renewals
        self._worker = secrets.token_hex(8)
        self._prefix = f"{{{name}}}"
        options: dict[str, Any] = {"decode_responses": True, "socket_connect_timeout": ANSWER}
        # A connection that a restart has cut is tried once more on a new one.
        once_more = Retry(NoBackoff(), 1)
        pool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=20, socket_timeout=ANSWER, retry=once_more, **options
        )
        self._redis = Redis.from_pool(pool)
        self._ear = Redis.from_url(url, **options)
        self._script = self._redis.register_script(files("ipytalk.gateway").joinpath("_places.lua").read_text("utf-8"))
        self._tickets: dict[str, RedisTicket] = {}
        self._left: set[str] = set()  # that Redis doesn't know of yet
        self._users = 0  # in the line
        self._mean: float | None = None
        self._number = 0
        self._joined = asyncio.Event()
        self._joins = 0
        self._gone: float | None = None  # since when
        self._tried: asyncio.Future[None] | None = None  # done when it was first tried to reach Redis
        self._knock = asyncio.Event()  # don't wait for the next renewal
        self._tasks: list[asyncio.Task[None]] = []

    # --- what the gateway's door asks ---

    async def enter(self, user: str) -> RedisTicket:
        """Take a place or join the queue; raises `Full` or `Unavailable` at once."""
        await self._start()
        self._number += 1
        ticket = RedisTicket(self, f"{self._worker}:{self._number}", user)
        self._tickets[ticket.id] = ticket
        try:
            reply = await self._enter(ticket)
        except BaseException:
            self.leave(ticket)  # it may have been entered, and the answer was lost
            raise
        self._learn(reply)
        if reply[0] == "entered":
            ticket.entered = True
            if not ticket.turn.done():  # else its turn came before this answer did
                ticket.number = reply[4]
                self._place(reply[3])
            return ticket
        del self._tickets[ticket.id]
        raise (queue_full if reply[0] == "queue full" else pocket_full)(self._mean, self.limits)

    async def snapshot(self) -> tuple[int, int]:
        """How many streams run, and how many requests wait, in all workers."""
        await self._start()
        try:
            running, waiting = await self._call("look")
        except FAILURES as error:
            raise self._fail(error) from error
        return running, waiting

    async def ready(self) -> bool:
        """Whether Redis can be reached."""
        await self._start()
        return self._gone is None

    async def close(self) -> None:
        """Give everything back, and end the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tasks and self._gone is None:
            with contextlib.suppress(*FAILURES):
                await self._call("quit")
        await self._redis.aclose()
        await self._redis.connection_pool.aclose()
        await self._ear.aclose()

    def leave(self, ticket: RedisTicket) -> None:
        """Give a place back soon: Redis may be slow, and who leaves needn't wait for it."""
        if self._tickets.pop(ticket.id, None) is not None:
            ticket.turn.cancel()
            self._left.add(ticket.id)
            self._knock.set()

    def where(self, ticket: RedisTicket) -> Queued | None:
        """Tell where a waiting ticket stands, as Redis told last."""
        if ticket.stands is None:
            return None
        rank, turns, may_run = ticket.stands
        wait = estimate(rank, turns, self._users, self._mean, self.limits, may_run=bool(may_run))
        return Queued(rank + turns * self.limits.queue, wait)

    # --- with Redis ---

    async def _start(self) -> None:
        if self._tried is None:
            self._tried = asyncio.get_running_loop().create_future()
            self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._listen())]
        await asyncio.shield(self._tried)

    async def _call(self, operation: str, *args: str) -> Any:
        limits = self.limits
        # The others look for ended leases when they renew their own; so it is kept that much shorter.
        lease = round((self._lease - self._pause) * 1000)
        head = (lease, limits.streams, limits.streams_each, limits.queue, limits.queue_each)
        return await self._script(keys=[self._prefix], args=[operation, self._worker, *head, *args])

    async def _enter(self, ticket: RedisTicket) -> Sequence[Any]:
        while True:
            if self._gone is not None:
                raise Unavailable(GONE)
            try:
                await asyncio.wait_for(self._joined.wait(), ANSWER)
                joins = self._joins
                reply = await self._call("enter", ticket.id, ticket.user)
            except FAILURES as error:
                raise self._fail(error) from error
            if reply[0] == "stranger":
                self._ask_to_join(joins)
            elif joins == self._joins:  # else what was entered went when this worker told anew what it has
                return reply

    async def _keep(self) -> None:
        """Renew the lease, pass on what was left, and join again when Redis doesn't know this worker."""
        due = 0.0
        while True:
            self._knock.clear()
            try:
                if not self._joined.is_set():
                    await self._join()
                if self._left:
                    await self._pass_on()
                if (now := time.monotonic()) >= due:
                    due = now + self._pause
                    await self._renew()
                self._recover()
            except FAILURES as error:
                self._fail(error)
                self._give_up_waiting()
            if self._tried is not None and not self._tried.done():
                self._tried.set_result(None)
            wait = AGAIN if self._gone is not None else max(0.0, due - time.monotonic())
            with contextlib.suppress(asyncio.TimeoutError):
                await (asyncio.sleep(wait) if self._gone is not None else asyncio.wait_for(self._knock.wait(), wait))

    async def _join(self) -> None:
        self._joins += 1
        has: list[str] = []
        for ticket in self._tickets.values():
            if ticket.entered:
                has += (ticket.id, ticket.user, "running" if ticket.number is None else ticket.number)
        self._learn(await self._call("join", "new" if self._joins == 1 else "again", *has))
        self._joined.set()

    def _ask_to_join(self, joins: int) -> None:
        if joins == self._joins:
            self._joined.clear()
            self._knock.set()

    async def _pass_on(self) -> None:
        left = sorted(self._left)
        joins = self._joins
        reply = await self._call("leave", *left)
        if reply[0] == "stranger":
            self._ask_to_join(joins)
        else:
            self._left.difference_update(left)
            self._learn(reply)

    async def _renew(self) -> None:
        joins = self._joins
        asked = [id_ for id_, ticket in self._tickets.items() if ticket.number is not None]
        reply = await self._call("renew", *asked)
        if reply[0] == "stranger":
            self._ask_to_join(joins)
            return
        self._learn(reply)
        for told in reply[3:]:
            self._place(told)

    async def _listen(self) -> None:
        """Hear whose turn has come, sooner than by the next renewal."""
        while True:
            with contextlib.suppress(*FAILURES):
                async with self._ear.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(f"{self._prefix}:turn:{self._worker}")
                    while True:
                        if message := await channel.get_message(timeout=10.0):
                            self._place((message["data"], "running"))
            await asyncio.sleep(AGAIN)

    def _learn(self, reply: Sequence[Any]) -> None:
        _, mean, self._users, *_ = reply
        self._mean = float(mean) if mean else None

    def _place(self, told: Sequence[Any]) -> None:
        id_, *stands = told
        ticket = self._tickets.get(id_)
        if ticket is None or ticket.turn.done():
            return
        if stands == ["running"]:
            ticket.number = None
            ticket.turn.set_result(None)
        elif stands != ["unknown"]:
            ticket.stands = (stands[0], stands[1], stands[2])

    # --- when Redis is gone ---

    def _fail(self, error: BaseException) -> Unavailable:
        if self._gone is None:
            self._gone = time.monotonic()
            self._knock.set()
            tell("store gone", level=logging.WARNING, why=f"{type(error).__name__}: {error}"[:200])
        return Unavailable(GONE)

    def _recover(self) -> None:
        if self._gone is not None:
            tell("store back", seconds=round(time.monotonic() - self._gone, 1))
            self._gone = None

    def _give_up_waiting(self) -> None:
        if self._gone is None or time.monotonic() - self._gone < self._lease:
            return
        for ticket in [each for each in self._tickets.values() if not each.turn.done()]:
            ticket.turn.set_exception(Unavailable(GONE))
            ticket.turn.exception()  # it may be that nobody asks
            self.leave(ticket)


class RedisTicket:
    """One request's place."""

    def __init__(self, admission: RedisAdmission, id_: str, user: str) -> None:
        self._admission = admission
        self.id = id_
        self.user = user
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.entered = False
        self.number: str | None = None  # of its arrival, while it waits
        self.stands: tuple[int, int, int] | None = None  # rank, turns, whether its user may run

    def waiting(self) -> AsyncIterator[Queued]:
        """Tell each change of position, once a second at most; end when the place is ours.

        Raises
        ------
        Unavailable
            If Redis was gone for longer than a lease.
        """
        return Positions(self.turn, lambda: self._admission.where(self))

    async def leave(self) -> None:
        """Give the place back. Twice does no harm."""
        self._admission.leave(self)
