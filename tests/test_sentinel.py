"""A cell that keeps other threads from their turn is noticed while it runs, and only such a one."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ipytalk._sentinel import PERIOD, Sentinel, watch_cells
from ipytalk._switch_interval import SHORT

STARVE = """
import os, sys, time
deadline = time.monotonic() + 60
while sys.getswitchinterval() > limit and time.monotonic() < deadline:
    os.path.exists("no such file")
    sum(range(10_000))
during = sys.getswitchinterval()
"""


@pytest.fixture
def interval() -> Iterator[float]:
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


@pytest.fixture
def shell() -> Any:
    shell = InteractiveShell()
    watch_cells(shell)
    return shell


def is_soon(interval: float) -> bool:
    deadline = time.monotonic() + 10
    while sys.getswitchinterval() != pytest.approx(interval) and time.monotonic() < deadline:
        time.sleep(0.005)
    return sys.getswitchinterval() == pytest.approx(interval)


def test_a_cell_that_starves_other_threads_has_them_served_sooner_until_it_ends(shell: Any, interval: float) -> None:
    shell.push({"limit": SHORT * 1.01})
    for _ in range(2):
        assert shell.run_cell(STARVE).success
        assert shell.user_ns["during"] == pytest.approx(SHORT)
        assert is_soon(interval)


def test_a_cell_in_which_others_get_their_turn_in_time_is_left_alone(interval: float) -> None:
    sentinel = Sentinel(late=20)
    sentinel.begin()
    time.sleep(2 * PERIOD)
    assert sys.getswitchinterval() == interval
    sentinel.end()


def test_one_thread_looks_after_all_cells(shell: Any) -> None:
    before = threading.active_count()
    for _ in range(3):
        shell.run_cell("None")
    assert threading.active_count() == before
