r"""Halves of characters, which must not get in: UTF-8 has no way to write them.

JSON writes an emoji as two escapes, such as ``\ud83d\ude00``. A source may cut between them, and Python reads each as a
half of its own. With one half in a message, every later snapshot of its conversation would fail to be sent.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

ALONE = "\ufffd"  # stands in the place of a half whose other half never came


def is_whole(text: str) -> bool:
    """Whether `text` has no halves in it."""
    if text.isascii():  # Python knows without looking
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_first_half(character: str) -> bool:
    """Whether `character` is the first half of one."""
    return "\ud800" <= character <= "\udbff"


def whole(value: Any) -> Any:
    """Give a text, JSON or plain data with two halves in a row as one character, and single ones replaced."""
    if isinstance(value, str):
        return value if is_whole(value) else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {whole(name): whole(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        each = map(whole, value)
        return tuple(each) if isinstance(value, tuple) else list(each)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: whole(getattr(value, f.name)) for f in fields(value)})
    return value
