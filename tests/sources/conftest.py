"""What the tests of sources need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from scripted import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
