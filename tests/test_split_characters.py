"""An emoji may come cut in two: no half of it ever reaches a page, a file or a back end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.session import json_packer

from ipytalk import Chat, Message, SourceError, show
from ipytalk.events import End, Place, Text, Thinking
from ipytalk.messages import AttachmentPart, ThinkingPart, ToolPart
from ipytalk.sources import Replay, record

HIGH, LOW = "\ud83d", "\ude00"  # of 😀, as JSON's \ud83d\ude00 is read if each stands in an event of its own


def answer(*chunks: Any) -> Message:
    """What a chat makes of chunks. A kernel can send all of it."""

    def source(messages: Any) -> Sequence[Any]:
        return chunks

    chat = Chat(source, retries=0)
    message = chat.send("Hello").result(20).message
    json_packer(chat.get_state("snapshot"))
    chat.to_markdown().encode()
    return message


@pytest.mark.parametrize(
    "chunks",
    [
        [f"a{HIGH}", f"{LOW}b"],
        [f"a{HIGH}{LOW}b"],
        ["a", HIGH, "", LOW, "b"],
        [{"type": "text", "text": f"a{HIGH}"}, {"type": "text", "text": f"{LOW}b"}],
        [{"choices": [{"delta": {"content": text}}]} for text in (f"a{HIGH}", f"{LOW}b")],
    ],
    ids=["strings", "one string", "halves alone", "events", "chunks of an SDK"],
)
def test_two_halves_are_one_character(chunks: Sequence[Any]) -> None:
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    assert answer(*chunks, *([end] if "choices" in chunks[0] else [])).text == "a😀b"


def test_the_halves_of_reasoning_are_one_character_too() -> None:
    message = answer(Thinking(HIGH), Thinking(LOW), Text("Yes."))
    assert message.parts[0] == ThinkingPart("😀")
    assert message.text == "Yes."


@pytest.mark.parametrize(
    ("chunks", "text"),
    [
        ([f"a{HIGH}", "b"], "a\ufffdb"),
        ([f"a{LOW}", "b"], "a\ufffdb"),
        ([HIGH, f"{HIGH}{LOW}"], "\ufffd😀"),
        ([f"a{HIGH}"], "a\ufffd"),
        ([f"a{HIGH}", End("end_turn")], "a\ufffd"),
        ([f"a{HIGH}", Thinking(f"{LOW}b"), "c"], "a\ufffdc"),
    ],
)
def test_a_half_that_stays_alone_is_replaced(chunks: Sequence[Any], text: str) -> None:
    assert answer(*chunks).text == text


def test_nothing_else_that_a_source_gives_holds_a_half() -> None:
    call = ToolPart("1", "look_up", {"names": [f"a{HIGH}"], f"{LOW}": 1}, "done", f"b{LOW}")
    message = answer(Place(call), Place(AttachmentPart(f"{HIGH}.png", "image/png", "")), End(f"over{HIGH}"))
    assert message.parts[0] == ToolPart("1", "look_up", {"names": ["a\ufffd"], "\ufffd": 1}, "done", "b\ufffd")
    failed = answer(SourceErrors(f"No file {LOW}.", kind=f"{HIGH}"))
    assert failed.error is not None
    assert failed.error.message == "No file \ufffd."


class SourceErrors:
    """A chunk of an unknown shape, in whose place the source fails."""

    def __init__(self, message: str, **options: Any) -> None:
        self.error = SourceError(message, **options)

    @property
    def event_kind(self) -> str:
        raise self.error


def test_what_the_person_says_holds_no_half_either() -> None:
    asked: list[str] = []

    def source(messages: Sequence[Message]) -> list[str]:
        asked.append(messages[-1].text)
        return ["Fine."]

    chat = Chat(source)
    chat.send(f"a{HIGH}").result(20)
    chat.edit(0, f"b{HIGH}{LOW}").result(20)
    command = {"type": "send", "id": "1", "client": "page", "text": f"c{LOW}"}
    assert chat._bridge.handle(command)["status"] == "ok"
    json_packer(chat.get_state("snapshot"))
    assert chat.messages[2].text == "c\ufffd"
    assert asked[:2] == ["a\ufffd", "b😀"]


def test_a_recording_and_the_table_of_the_wire_take_them(tmp_path: Path, outputs: list[dict[str, Any]]) -> None:
    chunks = [f"a{HIGH}", f"{LOW}b"]

    def source(messages: Any) -> list[str]:
        return chunks

    path = tmp_path / "talk.jsonl"
    assert show(record(source, path), "Hello", wire=True).result(20).text == "a😀b"
    assert Chat(Replay(path)).send("Hello").result(20).text == "a😀b"
    assert show(chunks, wire=True).result(20).text == "a😀b"
    tables = [output["data"]["text/html"] for output in outputs if "text/html" in output["data"]]
    assert "a\\ud83d" in tables[-1]
