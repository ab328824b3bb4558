"""A number of seconds, as someone else gave it."""

from __future__ import annotations

import sys


def read_seconds(value: object) -> float | None:
    """Give `value` as seconds from 0; None if it says nothing of use.

    A back end may send a string and an author's code anything: what can't be counted would fail where it is waited for.
    """
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value <= sys.float_info.max:
        return None
    return max(0, value)
