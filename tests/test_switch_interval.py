"""While an answer is made, other threads get their turn sooner; afterwards all is as the person set it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from ipytalk import Chat
from ipytalk._switch_interval import SHORT


@pytest.fixture(autouse=True)
def interval() -> Iterator[float]:
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


def answer(set_to: float | None = None) -> float:
    """Give the interval while an answer is made, in which the person may set it."""
    seen: list[float] = []

    def source(messages: object) -> Iterator[str]:
        seen.append(sys.getswitchinterval())
        if set_to is not None:
            sys.setswitchinterval(set_to)
        yield "word"

    Chat(source).send("Hello").result(10)
    return seen[0]


def settled(expected: float) -> bool:
    """Whether it becomes that: the answer is over a moment before the thread that made it is."""
    deadline = time.monotonic() + 5
    while sys.getswitchinterval() != pytest.approx(expected) and time.monotonic() < deadline:
        time.sleep(0.001)
    return sys.getswitchinterval() == pytest.approx(expected)


def test_it_is_short_while_an_answer_is_made_and_as_before_afterwards(interval: float) -> None:
    assert interval > SHORT
    for _ in range(2):
        assert answer() == pytest.approx(SHORT)
        assert settled(interval)


def test_one_that_is_shorter_still_is_left_alone() -> None:
    sys.setswitchinterval(SHORT / 2)
    assert answer() == pytest.approx(SHORT / 2)
    assert settled(SHORT / 2)


def test_what_the_person_sets_meanwhile_stays() -> None:
    answer(set_to=0.02)
    answer()  # by its end the first one's thread is done with it
    assert settled(0.02)
