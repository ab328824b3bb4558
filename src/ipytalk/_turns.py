"""Whose turn it is: one answer of a conversation runs, the others wait, and code may wait for each."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from typing import Any, Protocol

from ._answering import Answering
from ._conversation import Conversation
from .messages import Message


class Job(Protocol):
    """A coroutine that runs somewhere."""

    def cancel(self) -> None: ...


class Turns:
    """Runs the answers of `conversation`, one after the other. Every method takes the conversation's lock.

    Parameters
    ----------
    conversation
        Its unfinished answers, in order, are those that run and wait.
    make
        Gives what makes the answer with this id.
    spawn
        Runs a coroutine on the loop where its source belongs.
    """

    def __init__(
        self,
        conversation: Conversation,
        make: Callable[[str], Answering],
        spawn: Callable[[Callable[[], Coroutine[Any, Any, None]]], Job],
    ) -> None:
        self._conversation = conversation
        self._make = make
        self._spawn = spawn
        self._running: tuple[str, Job, Answering] | None = None
        self._futures: dict[str, Future[Message]] = {}

    def start_next(self) -> None:
        """Start the first answer that waits, if none runs."""
        with self._conversation.lock:
            unfinished = self._conversation.unfinished
            if self._running is None and unfinished:
                id_ = unfinished[0]
                answering = self._make(id_)
                self._running = (id_, self._spawn(partial(self._run, id_, answering)), answering)

    def stop(self, id_: str) -> None:
        """End one answer; the next begins if it ran."""
        with self._conversation.lock:
            ran = self._is_running(id_)
            if ran:
                self._cancel()
            try:
                self._conversation.stop(id_, time.monotonic())
            finally:
                if ran:
                    self.start_next()

    def stop_all(self) -> None:
        """End the answer that runs, and those that wait for it."""
        with self._conversation.lock, ExitStack() as ends:  # it goes through all of them, from the last, if one fails
            self._cancel()
            now = time.monotonic()
            for id_ in self._conversation.unfinished:
                ends.callback(self._conversation.stop, id_, now)

    def skip_wait(self, id_: str) -> bool:
        """End the wait of a running answer for its next try. False if it isn't the one that runs."""
        with self._conversation.lock:
            if self._running is None or not self._is_running(id_):
                return False
            self._running[2].skip_wait()
            return True

    def future(self, id_: str) -> Future[Message]:
        """Give what `settle` will fulfil."""
        future = self._futures[id_] = Future[Message]()
        return future

    def settle(self, answer: Message) -> None:
        """Wake who waits for this answer, which is over."""
        if future := self._futures.pop(answer.id, None):
            future.set_result(answer)

    async def _run(self, id_: str, answering: Answering) -> None:
        try:
            await answering.run()
        finally:
            with self._conversation.lock:
                if self._is_running(id_):
                    self._running = None
                    self.start_next()

    def _is_running(self, id_: str) -> bool:
        return self._running is not None and self._running[0] == id_

    def _cancel(self) -> None:
        """Cancel what runs. First of all: what it says meanwhile costs time."""
        if self._running is not None:
            _, job, _ = self._running
            self._running = None
            job.cancel()
