"""An answer's times as a picture. matplotlib is an extra, and imported when a picture is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from ._reply import Reply
from .messages import Message, Timing

WAIT, TEXT, GAP, TOOL = "#c9cdd4", "#2b6cb0", "#e07a3f", "#3f8f5b"
# A pause is drawn as a gap from this many seconds on, and this many times the usual one.
SHORTEST, TIMES = 0.05, 4.0


def plot(timing: Timing, ax: Any = None) -> Any:
    """Draw one answer: see `Timing.plot`."""
    ax = ax or _pyplot().subplots(figsize=(7, 2.6), layout="constrained")[1]
    wait = timing.ttft if timing.ttft is not None else timing.total or 0.0
    ax.axvspan(0, wait, color=WAIT, alpha=0.5, lw=0, label="wait for the first token")
    if timing.prepare:
        ax.axvline(timing.prepare, color="gray", ls=":", label="prepared")
    if timing.chunks:
        times, heights = _growth(timing)
        ax.step(times, heights, where="post", color=TEXT, label="characters")
        for number, (start, end) in enumerate(gaps(timing)):
            ax.axvspan(start, end, color=GAP, alpha=0.35, lw=0, label="gap" if number == 0 else None)
    for number, (name, start, end) in enumerate(timing.tools):
        low = 0.04 + 0.11 * (number % 4)  # side by side calls, one above the other; higher up is the legend
        ax.axvspan(start, end, low, low + 0.09, color=TOOL, lw=0, label="tool" if number == 0 else None)
        at = {"transform": ax.get_xaxis_transform(), "va": "center", "fontsize": "small", "clip_on": True}
        ax.text(start, low + 0.045, f" {name}", color="white", **at)
    ax.set(xlabel="seconds since the request", ylabel="characters", title=title(timing), ylim=(0, None))
    ax.set_xlim(0, max(timing.total or 0.0, wait) or None)
    ax.legend(loc="upper left", frameon=False, fontsize="small")
    return ax


def compare(replies: Iterable[Any] | Mapping[str, Any], ax: Any = None) -> Any:
    """Draw several answers on one axis of time.

    Parameters
    ----------
    replies
        Replies, messages or timings; or a mapping from a name to each of them.
    ax
        Axes of matplotlib to draw on; by default those of a new figure.

    Returns
    -------
    Axes
        One row for each answer: grey is the wait, blue the stream, orange its gaps.

    Raises
    ------
    ImportError
        If matplotlib isn't installed.

    Examples
    --------
    >>> from ipytalk import Timing, compare
    >>> fast, slow = Timing(0.2, 1.0, chunks=((0.2, 9),)), Timing(0.8, 1.6, chunks=((0.8, 9),))
    >>> axes = compare({"warm": fast, "cold": slow})
    """
    rows = dict(replies) if isinstance(replies, Mapping) else {str(n): each for n, each in enumerate(replies, 1)}
    if not rows:
        raise ValueError("compare() needs at least one reply.")
    ax = ax or _pyplot().subplots(figsize=(7, 0.8 + 0.5 * len(rows)), layout="constrained")[1]
    longest = 0.0
    for row, (name, each) in enumerate(rows.items()):
        timing = _timing(each, name)
        total = timing.total or (timing.chunks[-1][0] if timing.chunks else 0.0)
        wait = timing.ttft if timing.ttft is not None else total
        ax.barh(row, wait, color=WAIT, height=0.6)
        ax.barh(row, total - wait, left=wait, color=TEXT, height=0.6)
        for start, end in gaps(timing):
            ax.barh(row, end - start, left=start, color=GAP, height=0.6)
        for _, start, end in timing.tools:
            ax.barh(row, end - start, left=start, color=TOOL, height=0.6)
        longest = max(longest, total)
    ax.set(xlabel="seconds since the request", xlim=(0, longest or None))
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    return ax


def gaps(timing: Timing) -> list[tuple[float, float]]:
    """Find the pauses that a reader would notice, the one before the end included: start and end, in seconds.

    What a tool took of them is no pause.
    """
    times = [at for at, _ in timing.chunks]
    pauses = sorted(later - earlier for earlier, later in pairwise(times))
    limit = max(SHORTEST, TIMES * pauses[len(pauses) // 2] if pauses else 0.0)
    if times and timing.total is not None:
        times.append(max(timing.total, times[-1]))
    idle = [part for pause in pairwise(times) for part in _without(pause, timing.tools)]
    return [(earlier, later) for earlier, later in idle if later - earlier > limit]


def title(timing: Timing) -> str:
    """Say the three figures that matter."""
    said = [] if timing.ttft is None else [f"first token after {timing.ttft:.2f} s"]
    if timing.total is not None:
        said.append(f"{timing.total:.2f} s in all")
        streaming = timing.total - (timing.ttft or 0.0)
        if timing.chunks and streaming > 0:
            said.append(f"{sum(length for _, length in timing.chunks) / streaming:,.0f} characters/s")
    return ", ".join(said)


def _without(pause: tuple[float, float], tools: Iterable[tuple[str, float, float]]) -> Iterable[tuple[float, float]]:
    """Give what is left of a pause where no tool ran."""
    at, last = pause
    for _, start, end in sorted(tools, key=lambda tool: tool[1]):
        if start < last and end > at:
            yield at, max(at, start)
            at = end
    yield at, max(at, last)


def _growth(timing: Timing) -> tuple[list[float], list[int]]:
    times, heights = [0.0], [0]
    for at, length in timing.chunks:
        times.append(at)
        heights.append(heights[-1] + length)
    times.append(max(timing.total or 0.0, times[-1]))
    heights.append(heights[-1])
    return times, heights


def _timing(given: Any, name: str) -> Timing:
    timing = given.timing if isinstance(given, Reply | Message) else given
    if not isinstance(timing, Timing):
        raise TypeError(f"compare() takes replies whose answer has begun; {name!r} has no times.")
    return timing


def _pyplot() -> Any:
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise ImportError('Drawing needs matplotlib: pip install "ipytalk[plot]"') from error
    return plt
