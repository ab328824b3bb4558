"""Recorded answers as files: what `record` writes and `Replay` reads.

A recording is JSON lines, ``[seconds since the request, event]``; the events are those of `ipytalk.events`. A line
``[seconds, null]`` says when the source ended, so that a silence at the end is kept. A blank line stands between two
answers. A line ``[0, {"type": "turn", "turn": n}]`` heads an answer of the conversation's turn n: a turn that was tried
again has several.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from ..chunks import ChunkReader
from ..events import Error, Event, Text, Thinking, event_from_json
from ..failures import SourceError, explain

Line: TypeAlias = tuple[float, Event | None]
Recording: TypeAlias = Sequence[Line]

TURN = "turn"
TTFT, RATE = 0.3, 60.0  # seconds and tokens a second that a capture, which has no times, is played at


def read_recordings(path: str | os.PathLike[str]) -> list[list[Recording]]:
    """Read a file: for each turn, each try.

    Raises
    ------
    ValueError
        If a line is none of a recording; it names the line.
    """
    text = Path(path).read_text(encoding="utf-8")
    if Path(path).suffix == ".sse" or text.lstrip().startswith(("data:", "event:", ":", "HTTP/")):
        return [[read_capture(text)]]
    return parse_recordings(text.splitlines(), str(path))


def parse_recordings(lines: Iterable[str], name: str) -> list[list[Recording]]:
    """Read a recording's lines; `name` is for the message of what isn't one."""
    turns: dict[int, list[Recording]] = {}
    recording: list[Line] = []
    turn: int | None = None
    for number, line in enumerate((*lines, ""), 1):
        if line.strip():
            try:
                at, data = json.loads(line)
                if data and data["type"] == TURN:
                    turn = int(data[TURN])
                elif (event := data and event_from_json(data)) or data is None:
                    recording.append((float(at), event))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise ValueError(f"{name}, line {number}: not a recorded [seconds, event]") from error
        elif recording:
            turns.setdefault(len(turns) if turn is None else turn, []).append(recording)
            recording, turn = [], None
    if not turns:
        raise ValueError(f"{name} has no recorded answer in it")
    return [turns[key] for key in sorted(turns)]


def read_capture(text: str) -> Recording:
    """Read a raw answer of the Anthropic or OpenAI API, as ``curl`` saves it, or of an SSE back end."""
    played: list[Line] = []
    at = 0.0
    spoke = False
    for event in _captured(text):
        if isinstance(event, Text | Thinking):
            at += 1 / RATE if spoke else TTFT
            spoke = True
        played.append((at, event))
    return played


def _captured(text: str) -> Iterator[Event]:
    reader = ChunkReader()
    try:
        for data in _server_sent(text):
            if data == "[DONE]":
                continue
            try:
                chunk = json.loads(data)
            except ValueError:  # the capture was cut off within an event
                break
            yield from reader.read(chunk)
        reader.close()
    except SourceError as error:
        yield Error(explain(error))


def _server_sent(text: str) -> Iterator[str]:
    import httpx2  # noqa: PLC0415  # late: it takes 100 ms, and few replay a capture

    if text.startswith("HTTP/"):  # curl --include
        text = text.replace("\r\n", "\n").partition("\n\n")[2]
    headers = {"content-type": "text/event-stream"}
    request = httpx2.Request("GET", "https://localhost")
    # The last event may lack its blank line where the capture was cut off.
    response = httpx2.Response(200, headers=headers, content=f"{text}\n\n".encode(), request=request)
    for event in httpx2.EventSource(response, max_event_size=None):
        if event.data:
            yield event.data
