"""A trait whose value is read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import traitlets

T = TypeVar("T")


class Live(traitlets.TraitType[T, T], Generic[T]):
    """Read-only, observable, and always of the present, also in a cell that blocks the loop.

    Its owner calls ``notify_change`` when observers are to hear of a change.
    """

    def __init__(self, read: Callable[[Any], T], help_: str) -> None:
        super().__init__(read_only=True, help=help_)
        self._read_value = read

    def get(self, obj: traitlets.HasTraits, cls: type[traitlets.HasTraits] | None = None) -> T | None:  # noqa: ARG002
        return self._read_value(obj)
