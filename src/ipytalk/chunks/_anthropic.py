"""Anthropic's Messages API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..events import End, Event, Place, Start, Text, Thinking
from ..messages import ToolPart, Usage
from ._shape import Shape, count, error_of, get, kind, stop_reason

_RAW = frozenset(
    f"{what}_{when}"
    for what, when in (
        ("message", "start"),
        ("content_block", "start"),
        ("content_block", "delta"),
        ("content_block", "stop"),
        ("message", "delta"),
        ("message", "stop"),
    )
)
# `messages.stream()` gives these in addition to the raw events: reading both would double the text.
_HELPERS = {"text": Text, "thinking": Thinking, "citation": None, "signature": None, "input_json": None}


class Anthropic(Shape):
    """Raw events, as objects or dicts, and the helper's events where someone passes on nothing but those.

    Citations become Markdown footnotes, so that they last in a saved notebook as the text does.
    """

    def __init__(self) -> None:
        self._raw = False
        self._blocks: dict[int, Any] = {}  # those that are open
        self._inputs: dict[int, list[str]] = {}  # JSON of the open calls
        self._calls: dict[str, ToolPart] = {}
        self._cited: dict[str, int] = {}  # footnotes and their numbers
        self._noted: dict[int, list[int]] = {}  # numbers that an open block cites
        self._told = 0  # how many footnotes were written

    def knows(self, chunk: Any) -> bool:
        type_ = kind(chunk)
        if type_ in _RAW or type_ == "ping":
            return True
        if isinstance(chunk, Mapping):
            return type_ == "error" and isinstance(chunk.get("error"), Mapping)
        # Anthropic may add types of events at any time, to be passed over.
        return type_ in _HELPERS or (self._raw and type_ != "")

    def read(self, chunk: Any) -> Iterable[Event]:
        type_ = kind(chunk)
        if type_ in _RAW:
            self._raw = True
            self.unfinished = type_ != "message_stop"
        return self._read(type_, chunk)

    def _read(self, type_: str, chunk: Any) -> Iterator[Event]:
        match type_:
            case "content_block_delta":
                yield from self._delta(get(chunk, "index"), get(chunk, "delta"))
            case "content_block_start":
                yield from self._open(get(chunk, "index"), get(chunk, "content_block"))
            case "content_block_stop":
                yield from self._close(get(chunk, "index"))
            case "message_start":
                message = get(chunk, "message")
                yield Start(get(message, "model"))
                yield End(usage=_usage(get(message, "usage")))
            case "message_delta":
                reason = get(chunk, "delta", "stop_reason")
                if reason not in ("tool_use", "pause_turn"):  # else the answer goes on
                    yield from self._footnotes()
                yield End(stop_reason(reason), _usage(get(chunk, "usage")))
            case "error":
                yield error_of(get(chunk, "error"))
            case "text" | "thinking" if not self._raw:
                yield _HELPERS[type_](get(chunk, type_))  # type: ignore[misc]
            case _:
                pass

    def _open(self, index: int, block: Any) -> Iterator[Event]:
        self._blocks[index] = block
        type_ = kind(block)
        if type_.endswith("tool_result") and (call := self._calls.get(get(block, "tool_use_id"))):
            content = get(block, "content")
            failed = kind(content).endswith("error") or get(block, "is_error") is True
            yield Place(replace(call, status="failed" if failed else "done", output=_output(content)))

    def _delta(self, index: int, delta: Any) -> Iterator[Event]:
        if text := get(delta, "text"):
            yield Text(text)
        elif thinking := get(delta, "thinking"):
            yield Thinking(thinking)
        elif piece := get(delta, "partial_json"):
            self._inputs.setdefault(index, []).append(piece)
        elif (citation := get(delta, "citation")) is not None:
            number = self._cited.setdefault(footnote(citation), len(self._cited) + 1)
            numbers = self._noted.setdefault(index, [])
            if number not in numbers:
                numbers.append(number)

    def _close(self, index: int) -> Iterator[Event]:
        block = self._blocks.pop(index, None)
        if numbers := self._noted.pop(index, None):
            yield Text("".join(f"[^c{number}]" for number in numbers))
        if kind(block).endswith("tool_use"):
            try:
                arguments = json.loads("".join(self._inputs.pop(index, ())) or "{}")
            except ValueError:  # max_tokens came in the middle
                arguments = {}
            # The provider runs its own tools; whoever gave the others runs those.
            status = "called" if kind(block) == "tool_use" else "running"
            call = self._calls[get(block, "id")] = ToolPart(get(block, "id"), get(block, "name"), arguments, status)
            yield Place(call)

    def _footnotes(self) -> Iterator[Event]:
        for note, number in list(self._cited.items())[self._told :]:
            yield Text(f"\n\n[^c{number}]: {note}")
        self._told = len(self._cited)


def footnote(citation: Any) -> str:
    """Give a citation as one line of Markdown: where it stands, and what it says."""
    title = get(citation, "document_title") or get(citation, "title") or get(citation, "source") or "Source"
    title = _ESCAPED.sub(_BACKSLASHED, " ".join(str(title).split()))
    url = get(citation, "url")
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        title = f"[{title}](<{url.translate(_ANGLES)}>)"
    place = ""
    if (page := get(citation, "start_page_number")) is not None:
        place = f", page {page}"
    quoted = " ".join(str(get(citation, "cited_text") or "").split())
    quoted = quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED]}…"
    return f"{title}{place}" + (f": “{_ESCAPED.sub(_BACKSLASHED, quoted)}”" if quoted else "")


QUOTED = 150  # characters of a citation's text
_ESCAPED = re.compile(r"[\\`*_\[\]<>|~$]")
_BACKSLASHED = r"\\\g<0>"
_ANGLES = {ord("<"): "%3C", ord(">"): "%3E", ord("\n"): None}


def _output(content: Any) -> str:
    """Say in a few words what a server's tool gave: its sources, its output, or its error."""
    if isinstance(content, list):
        return "\n".join(str(get(each, "title") or get(each, "text") or get(each, "url") or "") for each in content)
    return str(get(content, "stdout") or get(content, "error_code") or get(content, "url") or "")


def _usage(usage: Any) -> Usage:
    """Anthropic counts the tokens read from and written to the cache apart from `input_tokens`."""
    read, written = (count(get(usage, f"cache_{name}_input_tokens")) for name in ("read", "creation"))
    fresh = count(get(usage, "input_tokens"))
    whole = None if fresh is None else fresh + (read or 0) + (written or 0)
    return Usage(whole, count(get(usage, "output_tokens")), read, written)
