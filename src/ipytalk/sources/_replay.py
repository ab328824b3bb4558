"""Recorded answers, played back."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files

from ..events import End, Event, Start, Text
from ..messages import Message, Usage
from ._recording import RATE, TTFT, Line, Recording, parse_recordings, read_recordings

TOKEN = 4  # characters: what English text has for each token, on the average


class Replay:
    """Plays recorded answers: offline, with no key, and the same each time.

    Parameters
    ----------
    *recordings
        What to play, turn after turn; after the last it begins again. Each is the path of a file, or a list of
        ``(seconds since the request, event)``. A file is what `record` wrote, with all its turns and tries, or a
        capture of one streamed answer of the Anthropic or OpenAI API, as ``curl`` saves it.
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
        self._turns: list[list[Recording]] = []
        for recording in recordings:
            self._turns += read_recordings(recording) if isinstance(recording, str | os.PathLike) else [[recording]]
        self._last = (-1, 0)  # the turn that was played last, and which try of it
        self.speed = speed
        self.notice = notice

    @classmethod
    def from_text(cls, *texts: str, ttft: float = TTFT, rate: float = RATE, speed: float | None = 1.0) -> Replay:
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
        return f"Replay({len(self._turns)} answers, speed={self.speed})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Event]:
        """Play the recording of this turn: if it is asked again, the next of its tries."""
        turn = max(0, sum(message.role == "user" for message in messages) - 1) % len(self._turns)
        tries = self._turns[turn]
        last, number = self._last
        self._last = (turn, number + 1 if turn == last else 0)
        recording = tries[self._last[1] % len(tries)]
        loop = asyncio.get_running_loop()
        start = loop.time()
        for at, event in recording:
            # Counted from the start, so that late wake-ups don't add up.
            if self.speed is not None and (ahead := start + at / self.speed - loop.time()) > 0:
                await asyncio.sleep(ahead)
            if event is not None:
                yield event


def _record_text(text: str, ttft: float, rate: float) -> Recording:
    pieces = [text[start : start + TOKEN] for start in range(0, len(text), TOKEN)]
    played: list[Line] = [(0.0, Start("replay"))]
    played += [(ttft + index / rate, Text(piece)) for index, piece in enumerate(pieces)]
    played.append((ttft + len(pieces) / rate, End("end_turn", Usage(output_tokens=len(pieces)))))
    return played


def demo() -> Replay:
    """Give what `Chat()` plays when there is no key."""
    folder = files("ipytalk.sources").joinpath("demo")
    recordings = [
        recording
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".jsonl")
        for recording, *_ in parse_recordings(entry.read_text(encoding="utf-8").splitlines(), entry.name)
    ]
    return Replay(
        *recordings,
        notice="Demo: a recording is playing and no model is asked. To talk to Claude, set ANTHROPIC_API_KEY and "
        "restart the kernel, or use Chat(Claude(api_key=...)).",
    )
