"""When an answer's chunks came, in little room: eight bytes each, where a tuple of tuples takes eighty."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import overload


class ChunkTimes(Sequence[tuple[float, int]]):
    """Seconds and length in characters of each chunk, as a sequence of pairs that only grows.

    Seconds are kept in single precision: 4 µs in an answer's first minute.
    """

    __slots__ = ("_lengths", "_seconds")

    def __init__(self) -> None:
        self._seconds = array("f")
        self._lengths = array("I")

    def add(self, seconds: float, length: int) -> None:
        """Note a chunk."""
        self._seconds.append(seconds)
        self._lengths.append(length)

    def __len__(self) -> int:
        return len(self._lengths)

    @overload
    def __getitem__(self, index: int) -> tuple[float, int]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[float, int], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[float, int] | tuple[tuple[float, int], ...]:
        if isinstance(index, slice):
            return tuple(zip(self._seconds[index], self._lengths[index], strict=True))
        return self._seconds[index], self._lengths[index]
