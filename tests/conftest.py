"""What every Python test needs."""

from __future__ import annotations

import pytest

from wire import Wire


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="try every random case as often as is promised")


@pytest.fixture
def wire() -> Wire:
    return Wire()
