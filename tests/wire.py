"""A conversation with its outbox, on a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ipytalk._conversation import Conversation
from ipytalk._outbox import Outbox


@dataclass
class Clock:
    """Time that stands still until a test moves it, with the timers that are due on the way."""

    now: float = 0.0
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list[tuple[float, Callable[[], None]]])

    def __call__(self) -> float:
        return self.now

    def call_later(self, delay: float, function: Callable[[], None]) -> Any:
        timer = (self.now + delay, function)
        self.timers.append(timer)
        clock = self

        class Handle:
            def cancel(self) -> None:
                if timer in clock.timers:
                    clock.timers.remove(timer)

        return Handle()

    def advance_to(self, moment: float) -> None:
        """Move on, running each timer at its time."""
        while due := [timer for timer in self.timers if timer[0] <= moment]:
            timer = min(due, key=lambda each: each[0])
            self.timers.remove(timer)
            self.now = max(self.now, timer[0])
            timer[1]()
        self.now = max(self.now, moment)


@dataclass
class Wire:
    """A conversation and its outbox, with what left it."""

    clock: Clock = field(default_factory=Clock)
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.sent.append, self.clock.call_later, self.clock)
        self.conversation = Conversation(self.outbox.put)
