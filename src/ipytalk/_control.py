"""Commands on the kernel's control channel, which is read even while a cell blocks the main thread.

The browser asks a ``comm_info_request`` with the target name ``ipytalk``; a kernel without this answers it harmlessly.
It is not a ``comm_msg``, which would turn a busy kernel's status to idle. None of this is a public promise of
ipykernel, so every step is looked for first; where it isn't there, commands come over the widget's comm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from ._bridge import Bridge
from ._sentinel import watch_cells

TARGET = "ipytalk"
REQUEST = "comm_info_request"

_bridges: WeakValueDictionary[str, Bridge] = WeakValueDictionary()


def register(widget: str, bridge: Bridge) -> None:
    """Send the commands for the widget with this comm id to `bridge`, for as long as someone holds it."""
    _bridges[widget] = bridge
    _install()


def _install() -> None:
    try:
        from IPython.core.getipython import get_ipython  # noqa: PLC0415

        kernel: Any = getattr(get_ipython(), "kernel", None)
        handlers = kernel.control_handlers
        original = handlers[REQUEST]
    except (ImportError, AttributeError, KeyError):
        return
    if not getattr(original, "of_ipytalk", False):
        handlers[REQUEST] = _wrap(kernel, original)
        if shell := getattr(kernel, "shell", None):
            watch_cells(shell)


def _wrap(kernel: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    def handler(stream: Any, ident: Any, parent: Any) -> Any:
        content = parent["content"]
        data = content.get("data")
        if content.get("target_name") != TARGET or not isinstance(data, dict):
            return original(stream, ident, parent)  # which may be a coroutine: the kernel awaits it
        bridge = _bridges.get(str(data.get("widget")))
        reply = {"status": "gone"} if bridge is None else bridge.handle(data)
        kernel.session.send(stream, "comm_info_reply", {"status": "ok", "comms": {}, "ipytalk": reply}, parent, ident)
        return None

    handler.of_ipytalk = True  # type: ignore[attr-defined]
    return handler
