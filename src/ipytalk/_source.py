"""What a chat asks: the source that it was given, or the one that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .sources._claude import Claude, has_key
from .sources._replay import demo


def expect_source(given: Callable[..., Any] | None) -> Callable[..., Any]:
    """Give `given`, or the default in its place.

    Raises
    ------
    TypeError
        If it can't be asked.
    """
    if given is None:
        return default_source()
    if not callable(given):
        raise TypeError(
            f"Chat takes a source, something that can be called with the messages; got a {type(given).__name__}. "
            "To draw a stream that you already have, use show(stream)."
        )
    return given


def default_source() -> Callable[..., Any]:
    """Claude if the environment has a key, else a recording that plays offline and says so."""
    return Claude() if has_key() else demo()
