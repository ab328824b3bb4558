"""A conversation as a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from .messages import Message

VERSION = 1


def save_messages(path: str | os.PathLike[str], messages: Sequence[Message]) -> None:
    """Write messages to a file; one that was there stays whole until the new one is."""
    data = {"ipytalk": VERSION, "messages": [message.to_json() for message in messages]}
    written = Path(f"{os.fspath(path)}.part")
    written.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written.replace(path)


def load_messages(path: str | os.PathLike[str]) -> list[Message]:
    """Read what `save_messages` wrote; raises ``ValueError`` with a sentence if it is something else."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        return [Message.from_json(message) for message in data["messages"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{os.fspath(path)} holds no conversation that this version can read: {error}") from error
