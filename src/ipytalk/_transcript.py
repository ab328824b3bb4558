"""A conversation as text that outlives the widget."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .messages import AttachmentPart, Message

# JupyterLab's sanitiser keeps it, and the widget's stylesheet hides the output that holds it.
TWIN_MARK = '<span class="ipytalk-twin"></span>'

# As `chunks` writes citations.
_NOTE = re.compile(r"\n*^\[\^c(\d+)\]: (.*)$", re.MULTILINE)
_CITED = re.compile(r"(?:\[\^c\d+\])+(.?)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def answer_markdown(message: Message) -> str:
    """Give one answer's Markdown, closed where a stop left it open, with a word on how it ended if it ended early."""
    text = close_fence(plain_notes(message.text)).rstrip()
    ending = message.note if message.error is None else f"The answer ended early: {message.error.message}"
    return "\n\n".join(filter(None, (text, ending and f"*{ending}*")))


def to_markdown(messages: Sequence[Message]) -> str:
    """Give a conversation's Markdown: the person's messages quoted, the answers as they are."""
    blocks: list[str] = []
    for message in messages:
        if message.role == "user":
            attached = [f"*Attached: {part.name}*" for part in message.parts if isinstance(part, AttachmentPart)]
            lines = [*attached, *([""] if attached and message.text else []), *message.text.splitlines()]
            blocks.append("\n".join(f"> {line}".rstrip() for line in lines) or ">")
        elif message.done:
            blocks.append(answer_markdown(message))
    return "\n\n".join(block for block in blocks if block)


def plain_notes(text: str) -> str:
    """Give citations as numbers and a list of sources.

    They are footnotes, which JupyterLab's Markdown doesn't know, and which a conversation has several of by each name.
    """
    if "[^c" not in text or not (notes := _NOTE.findall(text)):
        return text
    said = _CITED.sub(_numbers, _NOTE.sub("", text)).rstrip()
    return "\n".join([said, "", "Sources:", "", *(f"{number}. {note}" for number, note in notes)])


def _numbers(cited: re.Match[str]) -> str:
    numbers = ", ".join(re.findall(r"\^c(\d+)", cited[0]))
    escape = "\\" if cited[1] in ("(", "[", ":") else ""  # before these it would be the text of a link
    return f"{escape}[{numbers}]{cited[1]}"


def close_fence(text: str) -> str:
    """Close the code block that the end of `text` stands in, so that what follows isn't code."""
    fence = ""
    for line in text.splitlines():
        match = _FENCE.match(line)
        if match is None:
            continue
        mark, rest = match.groups()
        if not fence:
            fence = "" if mark[0] == "`" and "`" in rest else mark
        elif mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip():
            fence = ""
    if not fence:
        return text
    return f"{text.rstrip()}\n{fence}\n"
