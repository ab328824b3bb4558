"""Recorded answers, played back."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from ..events import End, Event, Start, Text, event_from_json
from ..messages import Message, Usage

Recording: TypeAlias = Sequence[tuple[float, Event]]

TOKEN = 4  # characters: what English text has for each token, on the average


class Replay:
    """Plays recorded answers: offline, with no key, and the same each time.

    Parameters
    ----------
    *recordings
        One for each turn of the conversation; after the last it begins again. Each is the path of a file of JSON
        lines, ``[seconds since the request, event]``, or such pairs themselves.
    speed
        How many times as fast as recorded. None plays as fast as the reader takes it.
    notice
        A line that the chat shows about its source.

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import Replay
    >>> chat = Chat(Replay.from_text("Bees *dance* to tell the way."))
    >>> chat.send("How do bees talk?").result().text
    'Bees *dance* to tell the way.'
    """

    def __init__(
        self,
        *recordings: str | os.PathLike[str] | Recording,
        speed: float | None = 1.0,
        notice: str | None = None,
    ) -> None:
        if not recordings:
            raise ValueError("Replay needs a recording: the path of one, or a list of (seconds, event).")
        if speed is not None and not speed > 0:
            raise ValueError("speed must be above 0, or None for as fast as possible")
        self._recordings = [
            read_recording(recording) if isinstance(recording, str | os.PathLike) else recording
            for recording in recordings
        ]
        self.speed = speed
        self.notice = notice

    @classmethod
    def from_text(cls, *texts: str, ttft: float = 0.3, rate: float = 60.0, speed: float | None = 1.0) -> Replay:
        """Play texts as a model would say them.

        Parameters
        ----------
        *texts
            One answer for each turn.
        ttft
            Seconds before the first token.
        rate
            Tokens a second, of four characters each.
        speed
            As for the class.
        """
        return cls(*(_record_text(text, ttft, rate) for text in texts), speed=speed)

    def __repr__(self) -> str:
        return f"Replay({len(self._recordings)} answers, speed={self.speed})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Event]:
        """Play the recording of this turn."""
        turn = max(0, sum(message.role == "user" for message in messages) - 1)
        recording = self._recordings[turn % len(self._recordings)]
        loop = asyncio.get_running_loop()
        start = loop.time()
        for at, event in recording:
            # Counted from the start, so that late wake-ups don't add up.
            if self.speed is not None and (ahead := start + at / self.speed - loop.time()) > 0:
                await asyncio.sleep(ahead)
            yield event


def read_recording(path: str | os.PathLike[str]) -> Recording:
    """Read a file of JSON lines, each ``[seconds since the request, event]``.

    Raises
    ------
    ValueError
        If a line is something else; it names the line.
    """
    with Path(path).open(encoding="utf-8") as lines:
        return _parse(lines, str(path))


def _parse(lines: Iterable[str], name: str) -> Recording:
    recording: list[tuple[float, Event]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            at, data = json.loads(line)
            event = event_from_json(data)
            recording.append((float(at), event)) if event is not None else None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{name}, line {number}: not a recorded [seconds, event]") from error
    return recording


def _record_text(text: str, ttft: float, rate: float) -> Recording:
    pieces = [text[start : start + TOKEN] for start in range(0, len(text), TOKEN)]
    played: list[tuple[float, Event]] = [(0.0, Start("replay"))]
    played += [(ttft + index / rate, Text(piece)) for index, piece in enumerate(pieces)]
    played.append((ttft + len(pieces) / rate, End("end_turn", Usage(output_tokens=len(pieces)))))
    return played


def demo() -> Replay:
    """Give what `Chat()` plays when there is no key."""
    folder = files("ipytalk.sources").joinpath("demo")
    recordings = [
        _parse(entry.read_text(encoding="utf-8").splitlines(), entry.name)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".jsonl")
    ]
    return Replay(
        *recordings,
        notice="Demo: a recording is playing and no model is asked. To talk to Claude, set ANTHROPIC_API_KEY and "
        "restart the kernel, or use Chat(Claude(api_key=...)).",
    )
