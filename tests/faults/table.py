"""Everything that can go wrong with an answer, and what the person then reads: one row each.

``pytest tests/faults --fault-table`` prints it.
"""

from __future__ import annotations

from fault import Fault
from own_sources import OWN_SOURCES
from upstream import BEFORE_THE_REQUEST, IN_THE_STREAM, NOT_ERRORS, REFUSED, UNREACHED

FAULTS: list[Fault] = [
    *BEFORE_THE_REQUEST,
    *REFUSED,
    *UNREACHED,
    *IN_THE_STREAM,
    *NOT_ERRORS,
    *OWN_SOURCES,
]
