"""Sends what changed, as seldom as a reader can't tell: coalesced, numbered, paced.

What paces it:

- the first text of an answer, and every change that is not text, leave at once;
- further text of a source that speaks seldom leaves as it comes; text that comes faster is gathered, and leaves
  `FASTEST` seconds after the last flush, later if the last ack came from a browser that was behind, and every
  `UNWATCHED` seconds when nobody acks, so that nothing ever waits for a browser;
- no two pieces of text in a row are of one length: the second of such a pair was seen to come up to 40 ms late,
  probably because Linux delays its TCP acknowledgement and the Jupyter server leaves Nagle's algorithm on;
- all outboxes of a kernel share `BUDGET` messages a second: the Jupyter server drops what goes beyond 1,000.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from ._protocol import Change, Delta, Update
from .messages import JSON

FASTEST = 1 / 25  # seconds between flushes of gathered text: faster than anyone reads
SPARSE = 1 / 90  # seconds between two pieces of text, on average, beyond which gathering them would only cost time
UNWATCHED = 0.1  # with no browser there is no reader; a recording front end still sees it grow
SLOWEST = 0.5  # however far the page is behind
ACKED_EVERY = 10.0  # how often a page acks while text comes: seldom, as each ack holds up the text behind it by 40 ms
ACK_TIMEOUT = 2.1 * ACKED_EVERY  # a client that was silent for so many seconds while text was sent is gone or asleep
LAG = 0.6  # seconds of text that a page may be behind, its ack's way to the kernel included, before the pace falls
BUDGET = 240.0  # messages a second, over all chats of the kernel
LARGEST = 256 * 1024  # characters of one delta; far below the 10 MiB that close a websocket


class Timer(Protocol):
    def cancel(self) -> None: ...


@dataclass
class _Client:
    acked: int
    heard: float


class Outbox:
    """The way from one conversation to its browsers. Every method is called under the conversation's lock.

    Parameters
    ----------
    send
        Puts one message on the wire. Must not block.
    call_later
        Runs a function after some seconds, on a thread that may take the lock.
    clock
        Monotonic seconds.
    """

    # Ids of the outboxes whose answer runs: they share the kernel's budget. Its three uses are atomic.
    _streaming: ClassVar[set[int]] = set()

    def __init__(
        self,
        send: Callable[[JSON], None],
        call_later: Callable[[float, Callable[[], None]], Timer],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seq = 0
        self._send = send
        self._call_later = call_later
        self._clock = clock
        self._pending: list[Change] = []
        self._pieces: list[str] = []  # of the last pending change, if that is a delta
        self._started: str | None = None  # the message whose first text left last: one is made at a time
        self._timer: Timer | None = None
        self._flushed = float("-inf")
        self._came = float("-inf")  # when text came last
        self._gap = 0.0  # seconds between two pieces of text, on average over the last few
        self._length = 0  # of the last delta, in bytes, its envelope apart
        self._sent: list[tuple[int, float]] = []  # (seq, when) of flushes that no client has acknowledged
        self._lag = 0.0  # seconds that the best client was behind when it acked last
        self._clients: dict[str, _Client] = {}

    # --- towards the browser ---

    def put(self, change: Change) -> None:
        """Queue `change`; it leaves now or soon, and in order."""
        self._queue(change)
        now = self._clock()
        if isinstance(change, Delta):
            self._gap += (min(now - self._came, 3 * SPARSE) - self._gap) / 8  # a pause tells little about the pace
            self._came = now
        if self._urgent(change):
            self.flush()
            return
        due = self._flushed + self.interval
        if now >= due:
            self.flush()
        elif self._timer is None:
            self._timer = self._call_later(due - now, self.flush)

    def flush(self) -> None:
        """Send all that is pending, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._close_delta()
        if not self._pending:
            return
        changes, self._pending = self._pending, []
        now = self._flushed = self._clock()
        for change in changes:
            if isinstance(change, Delta):
                Outbox._streaming.add(id(self))
                for start in range(0, len(change.text), LARGEST):
                    self._post(replace(change, text=change.text[start : start + LARGEST]))
            else:
                self._post(change)
        if self._clients:
            self._sent.append((self.seq, now))

    def rest(self) -> None:
        """No answer runs: leave the kernel's budget to others. A page that was behind catches up."""
        Outbox._streaming.discard(id(self))
        self._lag = 0.0

    # --- from the browser ---

    def hello(self, client: str, seq: int) -> bool:
        """A client has everything up to `seq`. True if it is behind and needs a snapshot.

        The snapshot must be taken after this call, which sends what is pending.
        """
        self.flush()
        self._clients[client] = _Client(self.seq, self._clock())
        return seq != self.seq

    def ack(self, client: str, seq: int) -> None:
        """A client drew everything up to `seq`."""
        now = self._clock()
        known = self._clients.setdefault(client, _Client(seq, now))
        known.acked = max(known.acked, seq)
        known.heard = now
        self._sent = [(sent, when) for sent, when in self._sent if sent > known.acked]
        if known is self._fastest():
            self._lag = now - self._sent[0][1] if self._sent else 0.0

    @property
    def watched(self) -> bool:
        """Whether a browser is known that draws what is sent."""
        return self._fastest() is not None

    @property
    def interval(self) -> float:
        """Seconds between two flushes of text, as things stand."""
        share = max(1, len(Outbox._streaming)) / BUDGET
        client = self._fastest()
        now = self._clock()
        since = max(self._sent[0][1], client.heard) if client and self._sent else now  # an ack is waited for
        if client is None or now - since > ACKED_EVERY + LAG:
            return max(UNWATCHED, share)
        if self._lag > LAG:
            return max(share, min(SLOWEST, FASTEST * self._lag / LAG))
        return share if self._gap > SPARSE else max(share, FASTEST)

    # --- inside ---

    def _fastest(self) -> _Client | None:
        """The client that paces: a slower one catches up by itself, or asks for a snapshot."""
        now = self._clock()
        silence = now - self._sent[0][1] if self._sent else 0.0
        if silence > ACK_TIMEOUT:
            self._clients = {id_: c for id_, c in self._clients.items() if now - c.heard <= ACK_TIMEOUT}
            if not self._clients:
                self._sent.clear()
        return max(self._clients.values(), key=lambda client: client.acked, default=None)

    def _queue(self, change: Change) -> None:
        """Add `change` to what is pending, as one with the last if the two can be one."""
        match (self._pending[-1] if self._pending else None), change:
            case Delta(message, _, part), Delta(same, text, kind) if (message, part) == (same, kind):
                self._pieces.append(text)
                return
            case Update(message, earlier), Update(same, later) if message == same:
                self._pending[-1] = Update(message, {**earlier, **later})
                return
            case _, Update(message, later) if not self._urgent(change) and self._joins_earlier(message, later):
                return
            case _:
                self._close_delta()
                self._pending.append(change)
                self._pieces = [change.text] if isinstance(change, Delta) else []

    def _joins_earlier(self, message: str, changes: JSON) -> bool:
        """Add what isn't text to the last pending update, before the text since: some providers count at each token."""
        if changes.get("queue"):
            return False  # a page takes an answer whose text comes to be queued no more
        for at in range(len(self._pending) - 1, -1, -1):
            match self._pending[at]:
                case Update(same, earlier) if same == message:
                    self._pending[at] = Update(message, {**earlier, **changes})
                    return True
                case Delta(same) if same == message:
                    pass
                case _:
                    break
        return False

    def _urgent(self, change: Change) -> bool:
        match change:
            case Delta(message) if message == self._started:
                return False
            case Delta(message):
                self._started = message
                return True
            case Update(_, changes):
                return "status" in changes or "retry" in changes
            case _:
                return True

    def _close_delta(self) -> None:
        if self._pieces:
            last: Any = self._pending[-1]
            self._pending[-1] = replace(last, text="".join(self._pieces))
            self._pieces = []

    def _post(self, change: Change) -> None:
        self.seq += 1
        data = change.to_json()
        data["seq"] = self.seq
        if isinstance(change, Delta):
            length = len(json.dumps(data, ensure_ascii=False).encode(errors="replace"))
            if length == self._length:
                data["pad"] = ""
                length += len(', "pad": ""')
            self._length = length
        self._send(data)
