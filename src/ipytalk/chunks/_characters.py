"""Characters that a stream cuts in two, as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._surrogates import ALONE, is_first_half, is_whole, whole
from ..events import Event, Text, Thinking


class Characters:
    """Makes the characters of one stream's events whole. The first half of one is held back until the next text."""

    def __init__(self) -> None:
        self._held: Text | Thinking | None = None

    def join(self, events: Iterable[Event]) -> Iterator[Event]:
        """Give `events` with nothing but whole characters. It runs for each token."""
        for event in events:
            kind = type(event)
            if kind is not Text and kind is not Thinking:
                yield from self.rest()
                yield whole(event)
            elif self._held is None and (not event.text or is_whole(event.text)):  # type: ignore[union-attr]
                yield event
            else:
                yield from self._join(event)  # type: ignore[arg-type]

    def rest(self) -> Iterator[Event]:
        """Give what is held back, whose other half never came."""
        if self._held is not None:
            yield type(self._held)(ALONE)
            self._held = None

    def _join(self, event: Text | Thinking) -> Iterator[Event]:
        if type(self._held) is not type(event):
            yield from self.rest()
        text = event.text if self._held is None else self._held.text + event.text
        self._held = None
        if is_first_half(text[-1:]):
            self._held = type(event)(text[-1])
            text = text[:-1]
        if text:
            yield type(event)(whole(text))
