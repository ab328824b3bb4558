"""Write down what a source really did."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import IO, Any

from ..events import Error, Event
from ..failures import explain
from ._follow import wrap
from ._recording import TURN


def record(source: Any, path: str | os.PathLike[str]) -> Any:
    """Write what `source` does to a file, and pass it on.

    Everything is written with its time: text, reasoning, usage, failures and silences. What was asked, keys and
    headers are not. The file is one that `Replay` plays back: the way to give a talk, to file a bug, or to test a
    notebook.

    Parameters
    ----------
    source
        A source, whose every answer is written; or a stream, for `show`.
    path
        The file. It is begun anew at the first answer, and each further answer joins its end.

    Returns
    -------
    source or stream
        What was given, to be used in its place.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import Replay, record
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "talk.jsonl"
    >>> Chat(record(lambda messages: ["Bees ", "*dance*."], path)).send("How do bees talk?").result().text
    'Bees *dance*.'
    >>> Chat(Replay(path)).send("How do bees talk?").result().text
    'Bees *dance*.'
    """
    return wrap(source, "record", _Recorder(Path(path)).write)


class _Recorder:
    """Writes events down, and passes them on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = False

    async def write(self, events: AsyncGenerator[Event, None], turn: int) -> AsyncGenerator[Event, None]:
        start = time.monotonic()
        with self._path.open("a" if self._begun else "w", encoding="utf-8") as file:
            if self._begun:
                file.write("\n")
            self._begun = True
            _write(file, 0.0, {"type": TURN, TURN: turn})
            try:
                async with aclosing(events):
                    async for event in events:
                        _write(file, time.monotonic() - start, event.to_json())
                        yield event
            except Exception as error:
                _write(file, time.monotonic() - start, Error(explain(error)).to_json())
                raise
            _write(file, time.monotonic() - start, None)


def _write(file: IO[str], at: float, data: Any) -> None:
    file.write(f"[{at:.4f}, {json.dumps(data, ensure_ascii=False)}]\n")
