"""A conversation as a JSON file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ._branches import MessageTree
from .messages import JSON

VERSION = 1


def save_conversation(path: str | os.PathLike[str], conversation: JSON) -> None:
    """Write a conversation to a file; one that was there stays whole until the new one is."""
    data = {"ipytalk": VERSION, **conversation}
    written = Path(f"{os.fspath(path)}.part")
    written.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written.replace(path)


def load_conversation(path: str | os.PathLike[str]) -> MessageTree:
    """Read what `save_conversation` wrote; raises ``ValueError`` with a sentence if it is something else."""
    try:
        return MessageTree.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{os.fspath(path)} holds no conversation that this version can read: {error}") from error
