"""What the tests of sources need."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest
from scripted import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
    # The SDKs' clients that a test made are left to the garbage collector, which would warn in some later test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
