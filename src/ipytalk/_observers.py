"""Those who observe a chat's `messages` and `busy`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import traitlets


class Observers:
    """Tells them what changed, on the loop where this was made: the kernel's main one.

    Parameters
    ----------
    owner
        Has the traits.
    read
        Gives their values, by name.
    """

    def __init__(self, owner: traitlets.HasTraits, read: Callable[[], dict[str, Any]]) -> None:
        self.loop = _running_loop()
        self._owner = owner
        self._read = read
        self._told: dict[str, Any] = {}
        self._telling = False
        self._thread = threading.get_ident()

    def tell_soon(self) -> None:
        """Have them told, from any thread."""
        if self.loop is None or self._telling:
            return
        self._telling = True
        with suppress(RuntimeError):  # the loop is closed: the kernel is going down
            self.loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        """Tell them now, if this is the thread where they belong."""
        if threading.get_ident() != self._thread:
            return
        self._telling = False
        before, self._told = self._told, self._read()
        for name, now in self._told.items():
            if (old := before.get(name, type(now)())) != now:
                self._owner.notify_change(
                    traitlets.Bunch(name=name, old=old, new=now, owner=self._owner, type="change")
                )


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
