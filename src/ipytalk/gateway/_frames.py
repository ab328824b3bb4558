"""Events as the bytes of server-sent events, and text gathered into whole words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

DONE = b"data: [DONE]\n\n"
HEARTBEAT = b": heartbeat\n\n"
LONGEST = 40  # characters without a word's end that are held back; a URL or Chinese has none


def frame(data: Mapping[str, Any]) -> bytes:
    """Give one event."""
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode("utf-8", "replace")


def text_frame(text: str, kind: str = "text") -> bytes:
    """Give a piece of text: by far the most of all events, so it is written by hand."""
    return f'data: {{"type":"{kind}","text":{encode_basestring(text)}}}\n\n'.encode("utf-8", "replace")


class Words:
    """Text on its way, which may be held back until its last word is whole."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.size = 0

    def add(self, text: str) -> None:
        """Take the next piece."""
        self._pieces.append(text)
        self.size += len(text)

    def take(self) -> str:
        """Give all that there is."""
        text = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return text

    def take_words(self) -> str:
        """Give the words that are whole, or all if there is no end in sight."""
        held = self.take()
        cut = max(held.rfind(" "), held.rfind("\n")) + 1
        if len(held) - cut > LONGEST:
            return held
        if tail := held[cut:]:
            self.add(tail)
        return held[:cut]
