"""What came over the wire, as a table below the answer."""

from __future__ import annotations

import contextvars
import itertools
import json
import threading
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from ._cell import put
from ._engine import get_engine
from ._streams import open_stream
from .chunks import ChunkReader
from .events import EVENT_TYPES
from .failures import explain
from .messages import JSON

PAUSE = 0.1  # seconds between two refreshes: each one sends the whole table
LIVE, KEPT = 20, 100  # rows while it streams: the last ones; afterwards: so many from the beginning and from the end
LONGEST = 300  # characters of a cell

_numbers = itertools.count(1)


class _Row(NamedTuple):
    at: float
    size: int
    raw: str
    decoded: str


class WirePanel:
    """Notes each chunk of a stream that passes, and shows it: when it came, its size, raw and decoded."""

    def __init__(self) -> None:
        self._id = f"ipytalk-wire-{next(_numbers)}"
        self._lock = threading.Lock()
        self._rows: list[_Row] = []
        self._start = time.monotonic()
        self._drawn = 0.0
        self._waiting = False
        self._ended = False

    def show(self) -> None:
        """Put the panel under the running cell."""
        put(self._bundle(), self._id)

    async def watch(self, stream: Any) -> AsyncGenerator[Any, None]:
        """Pass a stream's chunks on. Leaving closes it."""
        reader = ChunkReader()
        try:
            async with open_stream(stream) as chunks:
                async for chunk in chunks:
                    self._note(chunk, reader)
                    yield chunk
        except Exception as error:
            self._add(_Row(self._now(), 0, type(error).__name__, explain(error).message))
            raise
        finally:
            self._ended = True
            self._draw()

    def _note(self, chunk: Any, reader: ChunkReader) -> None:
        raw = raw_text(chunk)
        try:
            decoded = ", ".join(map(repr, reader.read(chunk))) or "nothing"
        except Exception as error:  # who reads the stream will say so as well
            decoded = explain(error).message
        self._add(_Row(self._now(), len(raw.encode(errors="replace")), raw, decoded))

    def _add(self, row: _Row) -> None:
        with self._lock:
            self._rows.append(row)
            wait = self._drawn + PAUSE - time.monotonic()
            if self._waiting:
                return
            self._waiting = wait > 0
        if wait > 0:
            get_engine().call_later(wait, self._draw_late)
        else:
            self._draw()

    def _draw_late(self) -> None:
        if not self._ended:  # else all of it has been drawn
            self._draw()

    def _draw(self) -> None:
        with self._lock:
            self._waiting = False
            self._drawn = time.monotonic()
            # In an empty context, as what runs on the engine's thread: see Engine.call.
            contextvars.Context().run(put, self._bundle(), self._id, update=True)

    def _now(self) -> float:
        return time.monotonic() - self._start

    def _bundle(self) -> JSON:
        count, size = len(self._rows), sum(row.size for row in self._rows)
        title = f"The wire: {count:,} event{'' if count == 1 else 's'}, {size:,} bytes"
        first, last = (KEPT, KEPT) if self._ended else (0, LIVE)
        left_out = max(0, count - first - last)
        rows = "".join(_tr(number, row) for number, row in enumerate(self._rows[:first], 1))
        if left_out:
            rows += f'<tr><td colspan="5">{left_out:,} more</td></tr>'
        rest = max(first, count - last)
        rows += "".join(_tr(number, row) for number, row in enumerate(self._rows[rest:], rest + 1))
        table = f"<table><thead><tr>{_HEAD}</tr></thead><tbody>{rows}</tbody></table>"
        html = f'<details open class="ipytalk-wire"><summary>{title}</summary>{table}</details>'
        return {"text/plain": title, "text/html": html}


class Watched:
    """A source whose streams pass a panel."""

    def __init__(self, source: Any, panel: WirePanel) -> None:
        self._source = source
        self._panel = panel

    async def __call__(self, messages: Sequence[Any]) -> Any:
        return self._panel.watch(await self._source(messages))


def raw_text(chunk: Any) -> str:
    """Give a chunk as it came, as far as its object tells: JSON if it has such a form, else the name of its type."""
    if isinstance(chunk, EVENT_TYPES):
        chunk = _known(chunk.to_json())
    elif hasattr(type(chunk), "model_dump"):
        chunk = chunk.model_dump(mode="json", exclude_none=True, warnings=False)
    if isinstance(chunk, str | Mapping | list | tuple):
        return json.dumps(chunk, ensure_ascii=False, default=lambda value: type(value).__name__)
    return type(chunk).__name__  # a repr would hold an address


def _known(data: Any) -> Any:
    """Leave out what wasn't said, as SDKs' chunks do."""
    if isinstance(data, dict):
        return {name: _known(value) for name, value in data.items() if value is not None}
    return data


_HEAD = "".join(f"<th>{name}</th>" for name in ("#", "seconds", "bytes", "raw", "decoded"))


def _tr(number: int, row: _Row) -> str:
    # In <time>, so that tests of notebooks can leave it out.
    figures = f"<td>{number}</td><td><time>{row.at:.3f}</time></td><td>{row.size:,}</td>"
    texts = "".join(f'<td style="text-align: left"><code>{_cell(text)}</code></td>' for text in (row.raw, row.decoded))
    return f"<tr>{figures}{texts}</tr>"


def _cell(text: str) -> str:
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text) - LONGEST:,} more characters)"
    # Control characters and bidirectional overrides are shown, not obeyed.
    return escape("".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text))
