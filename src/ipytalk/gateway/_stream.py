"""One client's stream: from its place in the queue to ``[DONE]``, whatever happens on the way.

Two tasks carry it. One makes the answer: it waits for the place, reads the source, and puts events. The other, the
request's own, writes. Between them are whole frames and a little text, bounded: a client that reads slowly slows its
source. One timer watches for silence on either side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Send

from .._streams import call, open_stream
from ..chunks import ChunkReader
from ..events import End, Error, Event, Place, Queued, Start, Text, Thinking
from ..failures import explain, presentable
from ..messages import Failure, Message, Queue, ToolPart, Usage
from ._frames import DONE, HEARTBEAT, Words, frame, text_frame
from ._places import Ticket, Unavailable
from ._settings import Settings
from ._telling import for_client

GATHER = 0.03  # seconds between two writes of gathered text
PATIENCE = 4  # such times that the beginning of a word waits for its end
TURN = 0.005  # seconds that a source may yield without pause before other streams get their turn
ROOM = 64 * 1024  # characters that a source may be ahead of its client
CLOSING = 1.0  # seconds that a cancelled source may take to close
SILENT = Failure("empty", "The source ended without saying anything.", retryable=True)
BEGIN: dict[str, Any] = {"type": "http.response.start", "status": 200}
EVENT_STREAM = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))


@dataclass
class Told:
    """What came of a stream, for logs and metrics. Times are seconds since the request came."""

    asked: float
    queued: float = 0.0
    ttft: float | None = None
    total: float = 0.0
    outcome: str = "running"  # then complete, error or left
    failure: Failure | None = None  # as the source's fault, not as the client was told
    usage: Usage = field(default_factory=Usage)


class Stream:
    """Streams one answer.

    Parameters
    ----------
    source, messages
        Who is asked, and what.
    ticket
        The request's place.
    settings
        How to stream.
    model
        The model's name, as it was asked for.
    asked
        When the request came, on the loop's clock.
    """

    def __init__(
        self,
        source: Callable[..., Any],
        messages: Sequence[Message],
        ticket: Ticket,
        settings: Settings,
        model: str | None,
        asked: float,
    ) -> None:
        self.told = Told(asked)
        self._source = source
        self._messages = messages
        self._ticket = ticket
        self._settings = settings
        self._gather = settings.coalesce == "word"
        self._model = model
        self._loop = asyncio.get_running_loop()
        self._frames: list[bytes] = []
        self._words = Words()
        self._words_kind = Text.type
        self._room: asyncio.Event | None = None  # what the source waits for where the client is slow
        self._stop_reason: str | None = None
        self._begun = False
        self._spoke = False
        self._wake: asyncio.Future[None] | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._flushed = 0.0
        self._held = 0  # flushes that found no whole word
        self._alarm: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[Any] = asyncio.current_task(self._loop)  # type: ignore[assignment]
        self._heard: float | None = None  # when the source spoke last; None while that doesn't matter
        self._at_work: set[str] = set()
        self._sent = asked
        self._sending = False
        self._over = False  # nothing more is taken from the source
        self._gone = False

    async def run(self, receive: Receive, send: Send, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Stream to the end, or until the client leaves."""
        leaving = self._loop.create_task(_until_gone(receive))
        leaving.add_done_callback(self._on_gone)
        making = self._loop.create_task(self._make())
        self._watch()
        try:
            await send({**BEGIN, "headers": [*EVENT_STREAM, *headers]})
            await self._write(send)
        except OSError:  # some servers tell so that the client has left
            self._gone = True
        except asyncio.CancelledError:
            if not self._gone:
                raise
        finally:
            self._over = True
            for timer in (self._alarm, self._flush):
                if timer is not None:
                    timer.cancel()
            leaving.cancel()
            making.cancel()
            self.told.total = self._loop.time() - self.told.asked
            if self.told.outcome == "running":
                self.told.outcome = "left"
            # Cancelled, then closed: the upstream sees its connection end. A source that ignores both is left.
            await asyncio.wait((making,), timeout=CLOSING)
            await self._ticket.leave()

    def end(self, failure: Failure) -> None:
        """Close the stream from outside, in words that the client may read."""
        self._end(failure, failure)

    # --- making ---

    async def _make(self) -> None:
        try:
            failure = await self._wait_and_read()
        except asyncio.CancelledError as error:
            if self._over:
                raise
            failure = explain(error)  # it was something inside the source that was cancelled
        except (Exception, SystemExit, KeyboardInterrupt) as error:  # a source's exit() must not end the gateway
            failure = explain(error)
        if failure is None and not self._spoke and self._stop_reason is None:
            failure = SILENT
        self._end(failure, failure and for_client(failure))

    async def _wait_and_read(self) -> Failure | None:
        waited = False
        try:
            async for place in self._ticket.waiting():
                wait = place.estimated_wait
                queue = Queue(place.position, None if wait is None else round(wait, 1))
                self._put(frame(Queued(queue).to_json()))
                waited = True
        except Unavailable as error:
            failure = Failure("overloaded", str(error), retryable=True, retry_after=5.0)
            self._end(failure, failure)
            return None
        if waited:
            self.told.queued = self._loop.time() - self.told.asked
        if self._model or self.told.queued > 0:
            self._begin()
        self._listen()
        return await self._read()

    async def _read(self) -> Failure | None:
        reader = ChunkReader()
        time = self._loop.time
        async with open_stream(await call(self._source, self._messages)) as chunks:
            turn = time()
            async for chunk in chunks:
                now = time()
                for event in reader.read(chunk):
                    if type(event) is Text or type(event) is Thinking:
                        self._say(event, now)
                    elif isinstance(event, Error):
                        return presentable(event.failure)
                    else:
                        self._learn(event, now)
                if self._over:
                    return None
                if self._words.size > ROOM or len(self._frames) > ROOM // 64:
                    self._room = asyncio.Event()
                    self._heard = None
                    await self._room.wait()
                    self._listen()
                    turn = time()
                elif now - turn > TURN:
                    await asyncio.sleep(0)
                    turn = time()
            reader.close()
        return None

    def _say(self, event: Text | Thinking, now: float) -> None:
        """Take a piece of text. It runs for each token of each stream."""
        if not event.text or self._over:
            return
        self._heard = now
        if event.type != self._words_kind:
            self._close_words()
            self._words_kind = event.type
        self._words.add(event.text)
        if not self._spoke:  # the first is never held back
            self._spoke = True
            self._begin()
            self.told.ttft = now - self.told.asked
            self._close_words()
            self._wake_up()
        elif not self._gather:
            self._wake_up()
        elif self._flush is None:
            self._flush = self._loop.call_at(max(now, self._flushed + GATHER), self._due)

    def _begin(self) -> None:
        """Say that the model is asked, once: some sources say so themselves, and know its name better."""
        if not self._begun:
            self._begun = True
            self._frames.append(frame(Start(self._model).to_json()))
            self._wake_up()

    def _learn(self, event: Event, now: float) -> None:
        match event:
            case Start(model):
                if not self._begun or model not in (None, self._model):
                    self._begun = False
                    self._model = model or self._model
                    self._begin()
                return
            case End(stop_reason, usage):  # it may come in pieces, and is told at the end
                self._stop_reason = stop_reason or self._stop_reason
                self.told.usage = self.told.usage.merged(usage)
                return
            case Place(part):
                self._begin()
                self._heard = now
                self._spoke = True
                if isinstance(part, ToolPart):
                    (self._at_work.add if part.status in ("asking", "running") else self._at_work.discard)(part.id)
            case _:
                pass
        self._put(frame(event.to_json()))

    def _put(self, data: bytes) -> None:
        if not self._over:
            self._close_words()
            self._frames.append(data)
            self._wake_up()

    def _end(self, failure: Failure | None, told: Failure | None) -> None:
        """Put the last frames: why it failed, or its figures."""
        if self._over:
            return
        self._over = True
        self._close_words()
        about = self.told
        about.failure = failure
        about.outcome = "error" if failure else "complete"
        if told is not None:
            self._frames.append(frame(Error(told).to_json()))
        else:
            ms = {name: None if at is None else round(at * 1000) for name, at in (("ttft_ms", about.ttft),)}
            ms["total_ms"] = round((self._loop.time() - about.asked) * 1000)
            ended = End(self._stop_reason or "end_turn", about.usage)
            self._frames.append(frame({**ended.to_json(), "metrics": ms}))
        self._frames.append(DONE)
        self._wake_up()

    # --- writing ---

    async def _write(self, send: Send) -> None:
        while not self._gone:
            if not self._frames and not self._over and (self._gather or not self._words.size):
                self._wake = self._loop.create_future()
                await self._wake
                self._wake = None
                if self._gone:
                    return
            ending = self._over
            if not self._gather:
                self._close_words()
            if self._frames:
                data = b"".join(self._frames)
                self._frames.clear()
                self._flushed = self._sent = self._loop.time()
                self._sending = True
                await send({"type": "http.response.body", "body": data, "more_body": not ending})
                self._sending = False
                if self._room is not None:
                    self._room.set()
                    self._room = None
            if ending:
                return

    def _due(self) -> None:
        """Write the words that are whole; the beginning of one waits a little longer."""
        self._flush = None
        patient = self._held < PATIENCE
        text = self._words.take_words() if patient else self._words.take()
        self._held = 0 if text else self._held + 1
        if text:
            self._frames.append(text_frame(text, self._words_kind))
            self._wake_up()
        if self._words.size:
            self._flush = self._loop.call_later(GATHER, self._due)

    def _close_words(self) -> None:
        if self._words.size:
            self._frames.append(text_frame(self._words.take(), self._words_kind))

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    # --- watching ---

    def _listen(self) -> None:
        """Hold the source's silence against it from now on."""
        self._heard = self._loop.time()
        if self._alarm is not None:
            self._alarm.cancel()
            self._watch()

    def _watch(self) -> None:
        """Send a heartbeat, give up a silent source or a client that reads nothing; sleep until the next is due."""
        settings = self._settings
        now = self._loop.time()
        if self._sending:
            if now - self._sent >= settings.stall_timeout:
                self._gone = True
                self._writing.cancel()
                return
            due = self._sent + settings.stall_timeout
        elif self._over:
            due = now + settings.heartbeat
        else:
            if now - self._sent >= settings.heartbeat:
                self._frames.append(HEARTBEAT)
                self._sent = now
                self._wake_up()
            due = self._sent + settings.heartbeat
        if self._at_work:
            self._heard = now
        if self._heard is not None and not self._over:
            if now - self._heard >= settings.idle_timeout:
                failure = Failure("timeout", f"Nothing came for {settings.idle_timeout:g} s.", retryable=True)
                self._end(failure, for_client(failure))
            due = min(due, self._heard + settings.idle_timeout)
        self._alarm = self._loop.call_at(max(due, now + 0.01), self._watch)

    def _on_gone(self, leaving: asyncio.Task[None]) -> None:
        if not leaving.cancelled():
            leaving.exception()  # whatever it was, nobody reads any more
            self._gone = True
            self._wake_up()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
