"""Which model answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..messages import AttachmentPart, Message

FAST, STRONG = "claude-haiku-5-5", "claude-opus-5-5"
SHORT, TURNS = 160, 6  # characters of a simple question; messages of a conversation that is simple still
# What is asked for in few words and takes many.
_HARD = re.compile(
    r"```|\b(prove|derive|proof|debug|refactor|implement|design|architect|analy[sz]e|compare|optimi[sz]e|review|plan|"
    r"step by step|in detail|why|write|code|function|script|sql)\b",
    re.IGNORECASE,
)


def route(
    fast: str = FAST, strong: str = STRONG, *, simple: Callable[[Sequence[Message]], bool] | None = None
) -> Callable[[Sequence[Message]], str]:
    """Send short, simple questions to a fast model and the others to a strong one.

    Parameters
    ----------
    fast, strong
        The models' ids.
    simple
        Tells a simple conversation; by default: few turns, a short question without attachments, code, or words such
        as "why" and "implement".

    Returns
    -------
    function
        From the messages so far to a model's id, for ``Claude(model=...)``. Any function like it will do.

    Examples
    --------
    >>> from ipytalk.sources import Claude, route
    >>> source = Claude(model=route(), api_key="sk-...")
    """
    decide = simple or is_simple
    return lambda messages: fast if decide(messages) else strong


def is_simple(messages: Sequence[Message]) -> bool:
    """Whether a fast model will do for the last message."""
    last = messages[-1]
    if len(messages) > TURNS or any(isinstance(part, AttachmentPart) for each in messages for part in each.parts):
        return False
    return len(last.text) <= SHORT and last.text.count("\n") < 2 and not _HARD.search(last.text)
