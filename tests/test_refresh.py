"""How often what the notebook keeps is brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ipytalk import Chat
from ipytalk._refresh import GRACE, PACE, SMALL, Refresh
from wire import Clock

LONG = SMALL + 1


@dataclass
class Kept:
    """A conversation of some size, and when it was brought up to date."""

    size: int = 0
    watched: bool = False
    clock: Clock = field(default_factory=Clock)
    times: list[float] = field(default_factory=list[float])

    def __post_init__(self) -> None:
        def run() -> int:
            self.times.append(self.clock.now)
            return self.size

        def as_it_is(function: Callable[[], None]) -> Callable[[], None]:
            return function

        self.refresh = Refresh(
            run,
            watched=lambda: self.watched,
            call_later=self.clock.call_later,
            locked=as_it_is,
            clock=self.clock,
        )


def long(messages: Any) -> list[str]:
    return [f"About {messages[-1].text}. " + "A word. " * 500]


@pytest.fixture
def end_cell() -> Callable[[], None]:
    events: Any = InteractiveShell.instance().events
    return lambda: events.trigger("post_execute")


def test_a_short_conversation_is_kept_after_each_answer() -> None:
    kept = Kept(size=SMALL)
    for _ in range(3):
        kept.refresh.soon()
    assert kept.times == [0, 0, 0]


def test_a_thousand_answers_cost_no_more_than_the_pace(end_cell: Callable[[], None]) -> None:
    kept = Kept()
    for number in range(1000):
        kept.size += 1000
        kept.clock.advance_to(number / 100)
        kept.refresh.soon()
    assert len(kept.times) < 30
    gaps = [after - before for before, after in zip(kept.times[10:], kept.times[11:], strict=False)]
    assert min(gaps) >= SMALL / PACE
    end_cell()
    assert kept.times[-1] == kept.clock.now


def test_what_waits_is_kept_in_the_end_without_a_cell() -> None:
    kept = Kept(size=LONG)
    kept.refresh.soon()
    kept.refresh.soon()
    kept.clock.advance_to(LONG / PACE)
    assert kept.times == [0, LONG / PACE]


def test_a_cell_that_ends_leaves_a_page_its_time(end_cell: Callable[[], None]) -> None:
    kept = Kept(watched=True)
    kept.refresh.soon()
    end_cell()
    assert kept.times == []
    kept.refresh.done()  # the page did it
    kept.clock.advance_to(10)
    assert kept.times == []
    kept.refresh.soon()  # this time it doesn't
    kept.clock.advance_to(20)
    assert kept.times == [10 + GRACE]


def test_nothing_is_kept_twice(end_cell: Callable[[], None]) -> None:
    kept = Kept(size=LONG)
    kept.refresh.soon()
    kept.refresh.finish()
    end_cell()
    kept.clock.advance_to(10)
    assert kept.times == [0]


def test_many_long_answers_in_one_cell_are_all_there_when_it_ends(
    outputs: list[dict[str, Any]], end_cell: Callable[[], None]
) -> None:
    chat = Chat(long)
    chat._ipython_display_()
    for number in range(100):
        chat.send(f"number {number}").result(10)
    end_cell()
    text = outputs[-1]["data"]["text/plain"]
    assert [number for number in range(100) if f"About number {number}. " not in text] == []
    assert len(outputs) < 100
    chat.close()
