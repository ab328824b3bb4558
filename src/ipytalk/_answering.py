"""How one answer is made: read the source, watch for silence, try again, and say how it ended."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ._conversation import Conversation
from ._streams import call, open_stream
from .chunks import ChunkReader
from .events import Error, Event, Place, Queued, Text, Thinking
from .failures import explain, presentable, without_advice
from .messages import Failure, Message, Retry, ToolPart

TURN = 0.005  # seconds that a source may yield without pause before other answers get their turn
BACKOFF = 1.0  # seconds before the first automatic try, doubled for each further one
LONGEST_WAIT = 300.0  # seconds: a provider that asks for more leaves the next try to the person
KERNEL_ENDED = Failure("kernel", "The answer was cut off when its kernel ended.", retryable=False)
LONGEST_NAP = 3600.0  # seconds between two looks whether it is silent: not every loop can sleep for ever
clock = time.monotonic
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often to wait for a source.

    Attributes
    ----------
    retries
        Automatic tries after a failure that may pass, as long as no text was shown.
    idle_timeout
        Seconds without content after which the answer fails; None for no limit. Pings are no content.

    Raises
    ------
    ValueError
        If one of them says nothing that can be waited for.
    """

    retries: int = 2
    idle_timeout: float | None = 60.0

    def __post_init__(self) -> None:
        if not _is_count(self.retries):
            raise ValueError(f"retries is a whole number from 0, not {self.retries!r}.")
        if self.idle_timeout is not None and not _is_duration(self.idle_timeout):
            raise ValueError(
                f"idle_timeout is a number of seconds above 0, or None for no limit, not {self.idle_timeout!r}."
            )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and value > 0


class Answering:
    """Makes the answer `id_` of `conversation` from `source`, on the engine's thread."""

    def __init__(
        self,
        conversation: Conversation,
        id_: str,
        source: Callable[[Sequence[Message]], Any],
        patience: Patience,
    ) -> None:
        self._conversation = conversation
        self._id = id_
        self._source = source
        self._patience = patience
        self._heard = 0.0  # when content came last
        self._spoke = False  # whether any content was shown
        self._at_work: set[str] = set()  # calls of tools, which take their time and say nothing
        self._queued = False  # whether the back end knows of the request, and lets it wait
        self._silent = False  # whether it was given up for saying nothing
        self._given_up = False  # a source that ignores its cancellation is heard no more
        self._skip = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def skip_wait(self) -> None:
        """Try again now instead of after the countdown. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._skip.set)

    async def run(self) -> None:
        """Read the source to its end, whatever that is. The answer is over then: else it would be made again, for ever.

        Raises
        ------
        CancelledError, KeyboardInterrupt, SystemExit
            If the loop is to end, and nothing else.
        """
        try:
            await self._run()
        except asyncio.CancelledError:
            # Stopped already, unless it was the loop that ended: an answer that nobody makes must not look unfinished,
            # nor as if the person had chosen to end it there.
            self._conversation.fail(self._id, KERNEL_ENDED, clock())
            raise
        except (KeyboardInterrupt, SystemExit):
            self._conversation.stop(self._id, clock())  # on the person's own loop: the answer is interrupted with it
            raise
        except Exception as error:  # a fault of ours: a source's own are explained where it is read
            log.debug("while an answer was made", exc_info=True)
            self._conversation.fail(self._id, explain(error), clock())

    async def _run(self) -> None:
        conversation, id_ = self._conversation, self._id
        self._loop = asyncio.get_running_loop()
        if not conversation.start(id_, clock()):
            return
        attempt = 0
        while failure := await self._try():
            attempt += 1
            if attempt > self._patience.retries or not self._may_try_again(failure):
                conversation.fail(id_, failure, clock())
                return
            await self._wait(failure, attempt)
        conversation.complete(id_, clock())

    def _may_try_again(self, failure: Failure) -> bool:
        """Whether to try again unasked: not what was begun, nor after a long silence, which would only double it."""
        if self._spoke or self._silent or not failure.retryable:
            return False
        return failure.retry_after is None or failure.retry_after <= LONGEST_WAIT

    async def _try(self) -> Failure | None:
        """Read the source once; says what went wrong."""
        self._given_up = self._queued = False
        reading = asyncio.ensure_future(self._read())
        watching = asyncio.ensure_future(self._watch())
        try:
            await asyncio.wait((reading, watching), return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            return watching.result()
        finally:
            watching.cancel()
            if not reading.done():
                self._given_up = True
                reading.cancel()
                # Cancelled, then closed: the server sees the connection end. A source that ignores both is left.
                await asyncio.wait((reading,), timeout=1.0)

    async def _read(self) -> Failure | None:
        """Read the source to its end; says what went wrong, whatever it was."""
        try:
            return await self._receive_all()
        except asyncio.CancelledError as error:
            if self._given_up:
                raise
            return explain(error)  # it was something inside the source that was cancelled
        except (SystemExit, KeyboardInterrupt) as error:
            if threading.current_thread() is threading.main_thread():
                raise  # it is the kernel that was interrupted
            return explain(error)  # a source's exit() must not end the thread that all answers share
        except Exception as error:
            return explain(error)

    async def _receive_all(self) -> Failure | None:
        reader = ChunkReader()
        history = self._conversation.history(self._id)
        self._heard = clock()
        async with open_stream(await call(self._source, history)) as stream:
            turn = clock()
            async for chunk in stream:
                now = clock()
                for event in reader.read(chunk):
                    if isinstance(event, Error):
                        return presentable(event.failure)
                    if not self._receive(event, now):
                        return None
                if now - turn > TURN:
                    await asyncio.sleep(0)
                    turn = clock()
            for event in reader.close():
                self._receive(event, clock())
        return None

    def _receive(self, event: Event, now: float) -> bool:
        if self._given_up:
            return False
        if self._queued or isinstance(event, Queued):
            self._heard = now
            self._queued = isinstance(event, Queued)
        if isinstance(event, Place) or (isinstance(event, Text | Thinking) and event.text):
            self._heard = now
            self._spoke = True
        if isinstance(event, Place) and isinstance(call := event.part, ToolPart):
            (self._at_work.add if call.status in ("asking", "running") else self._at_work.discard)(call.id)
        return self._conversation.receive(self._id, event, now)

    async def _watch(self) -> Failure:
        """Return when the source was silent for too long."""
        limit = math.inf if self._patience.idle_timeout is None else self._patience.idle_timeout
        self._heard = clock()
        # Not an event: one at each token would cost.
        while (quiet := 0.0 if self._at_work or self._queued else clock() - self._heard) < limit:
            await asyncio.sleep(min(limit - quiet, LONGEST_NAP))
            if self._at_work or self._queued:
                self._heard = clock()
        self._silent = True
        return Failure(
            "timeout",
            f"Nothing came for {limit:g} s. The model may be overloaded: try again, or allow more with "
            "Chat(..., idle_timeout=...).",
            retryable=True,
        )

    async def _wait(self, failure: Failure, attempt: int) -> None:
        """Show what went wrong and count down to the next try."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = BACKOFF * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311
        self._skip.clear()
        self._conversation.wait(self._id, Retry(without_advice(failure), seconds, attempt, self._patience.retries))
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._skip.wait(), seconds)
        self._conversation.wait(self._id, None)
