"""One background thread with an asyncio loop, where every source of the kernel runs.

So an answer streams while a cell blocks the main thread. Nothing here prints: a thread's output would land under
whatever cell runs next.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import contextvars
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

from ._switch_interval import restore, shorten

log = logging.getLogger(__name__)

STUCK = 2.0  # seconds without a turn of the loop after which a source is held to block the thread


class Job:
    """A coroutine on the engine's thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """End it, from any thread. A source that swallows the cancellation is read no further."""
        self._engine.call(self._cancel)

    def _cancel(self) -> None:
        self._cancelled = True
        if self._task is not None:
            self._task.cancel()

    def start(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin. On the engine's thread."""
        if not (self._cancelled or self._engine.ending):
            self._task = asyncio.get_running_loop().create_task(main())
            self._engine.keep(self._task)


class Timer:
    """A function that the engine's thread will run; `cancel` may be called from any thread."""

    def __init__(self, function: Callable[[], None], forget: Callable[[Timer], None]) -> None:
        self._function: Callable[[], None] | None = function
        self._forget = forget

    def cancel(self) -> None:
        self._function = None

    def run(self) -> None:
        function, self._function = self._function, None
        try:
            if function is not None:
                function()
        finally:
            self._forget(self)


class Engine:
    """The thread and its loop. `get_engine` gives the kernel's one."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self.ending = False  # whether the interpreter exits: an answer that waits its turn begins no more
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_log_quietly)
        self._retired = False
        self._asked: float | None = None  # since when a call waits for the loop's next turn
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[Timer] = set()
        self._thread = threading.Thread(target=self._run, name="ipytalk-engine", daemon=True)
        self._thread.start()
        atexit.register(self._shut_down)

    def spawn(self, main: Callable[[], Coroutine[Any, Any, None]]) -> Job:
        """Run ``main()`` on the engine's thread, from any thread."""
        job = Job(self)
        self.call(lambda: job.start(main))
        return job

    def call(self, function: Callable[[], None]) -> None:
        """Run `function` soon on the engine's thread, from any thread."""
        if self._asked is None:
            self._asked = time.monotonic()

        def run() -> None:
            self._asked = None
            function()

        with contextlib.suppress(RuntimeError):  # the loop is closed: the interpreter is going down
            # An empty context: ipykernel keeps the running cell's parent header in a context variable, and what is
            # sent under that header after the cell ended is dropped by nbclient.
            self._loop.call_soon_threadsafe(run, context=contextvars.Context())

    def call_later(self, delay: float, function: Callable[[], None]) -> Timer:
        """Run `function` on the engine's thread after `delay` seconds, from any thread."""
        timer = Timer(function, self._forget)
        self._timers.add(timer)
        if threading.current_thread() is self._thread:
            self._loop.call_later(delay, timer.run, context=contextvars.Context())
        else:
            self.call(lambda: self._loop.call_later(delay, timer.run) and None)
        return timer

    @property
    def alive(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    @property
    def usable(self) -> bool:
        """False in a forked child, and while a source blocks the thread by not awaiting.

        A thread that a C call starved for as long looks the same from outside: then a second engine takes over, and the
        first ends with the last of its tasks and timers.
        """
        if self._pid != os.getpid() or not self.alive:
            return False
        asked = self._asked
        return threading.current_thread() is self._thread or asked is None or time.monotonic() - asked < STUCK

    def retire(self) -> None:
        """End the thread once what still runs on it is over. For one that a source blocks."""
        self._retired = True
        if self._pid == os.getpid():  # in a forked child the thread isn't there
            self.call(self._end_if_done)

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold a reference: the loop's own is weak."""
        shorten()
        self._tasks.add(task)
        task.add_done_callback(self._release)

    def _release(self, task: asyncio.Task[None]) -> None:
        restore()
        self._tasks.discard(task)
        self._end_if_done()

    def _forget(self, timer: Timer) -> None:
        self._timers.discard(timer)
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._retired and not self._tasks and not self._timers:
            self._loop.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        while True:
            # A source's exit() in a task of its own must not end the thread that all answers share.
            with contextlib.suppress(SystemExit, KeyboardInterrupt):
                self._loop.run_forever()
                return

    def _shut_down(self) -> None:
        """Cancel what runs, so that servers see the connections close."""
        if not self.usable:
            return

        async def end() -> None:
            self.ending = True
            tasks = self._tasks - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1.0) if tasks else None
            self._loop.stop()

        self.call(lambda: self.keep(self._loop.create_task(end())))
        self._thread.join(timeout=1.5)


def _log_quietly(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.debug("in a source: %s", context.get("message"), exc_info=context.get("exception"))


_engine: Engine | None = None
_making = threading.Lock()


def get_engine() -> Engine:
    """Give the kernel's engine. One whose thread a source blocks is left to it, and a new one takes over."""
    global _engine  # noqa: PLW0603
    with _making:
        if _engine is None or not _engine.usable:
            if _engine is not None:
                _engine.retire()
            _engine = Engine()
        return _engine


def is_ending() -> bool:
    """Whether the interpreter exits: nothing runs later. Makes no engine, which would never start."""
    return _engine is not None and _engine.ending
