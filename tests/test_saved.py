"""What of a conversation outlives the widget and the kernel."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ipytalk import Chat, Message
from ipytalk.messages import TextPart, Timing, ToolPart, Usage


def echo(messages: Any) -> list[str]:
    return [f"*{messages[-1].text}*, says the echo."]


def cell_of(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the outputs hold after all updates, as a notebook would save them."""
    shown: dict[str, dict[str, Any]] = {}
    for output in outputs:
        id_ = output["transient"]["display_id"]
        assert output.get("update", False) == (id_ in shown)
        shown[id_] = output["data"]
    return list(shown.values())


def test_a_conversation_is_saved_and_gone_on_with(tmp_path: Path) -> None:
    chat = Chat(echo)
    chat.send("one").result(10)
    chat.send("two").result(10)
    chat.save(tmp_path / "talk.json")
    asked: list[list[str]] = []

    def listen(messages: Any) -> list[str]:
        asked.append([message.text for message in messages])
        return ["three"]

    again = Chat.load(tmp_path / "talk.json", source=listen, height="200px")
    assert again.messages == chat.messages
    assert again.height == "200px"
    again.send("and then?").result(10)
    assert asked == [["one", "*one*, says the echo.", "two", "*two*, says the echo.", "and then?"]]
    assert len({message.id for message in again.messages}) == 6


def test_the_file_is_plain_json_and_holds_nothing_of_the_source(tmp_path: Path) -> None:
    chat = Chat(echo)
    chat.send("漢字").result(10)
    chat.save(tmp_path / "talk.json")
    chat.save(tmp_path / "talk.json")
    text = (tmp_path / "talk.json").read_text(encoding="utf-8")
    assert "漢字" in text
    assert json.loads(text).keys() == {"ipytalk", "messages"}
    assert [path.name for path in tmp_path.iterdir()] == ["talk.json"]


def test_an_answer_that_was_cut_off_is_closed_as_failed(tmp_path: Path) -> None:
    call = ToolPart("t1", "look", status="running")
    cut = Message(id="m2", role="assistant", parts=(TextPart("One thing"), call), status="streaming")
    whole = Message(
        id="m4",
        role="assistant",
        parts=(TextPart("Whole."),),
        status="complete",
        usage=Usage(3, 4),
        timing=Timing(1, 2),
    )
    asked = [Message(id=id_, role="user", parts=(TextPart("?"),), status="sent") for id_ in ("m1", "m3")]
    chat = Chat(echo, history=[asked[0], cut, asked[1], whole])
    assert not chat.busy
    first, last = chat.messages[1], chat.messages[3]
    assert (first.status, first.text, last) == ("error", "One thing", whole)
    assert first.error is not None
    assert first.error.retryable
    assert [part.status for part in first.parts if isinstance(part, ToolPart)] == ["stopped"]
    assert "saved in the middle" in chat.to_markdown()


@pytest.mark.parametrize("text", ["", "[]", '{"messages": 3}', '{"messages": [{"id": "m1"}]}', '{"a": 1}'])
def test_a_file_that_is_no_conversation_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text)
    with pytest.raises(ValueError, match=r"other\.json holds no conversation"):
        Chat.load(tmp_path / "other.json", source=echo)


def test_a_frozen_chat_is_plain_markdown_and_nothing_else(outputs: list[dict[str, Any]]) -> None:
    chat = Chat(echo)
    chat._ipython_display_()
    chat.send("one").result(10)
    widget, twin = cell_of(outputs)
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert "ipytalk-twin" in twin["text/markdown"]
    chat.freeze()
    text = "> one\n\n*one*, says the echo."
    assert cell_of(outputs) == [{}, {"text/plain": text, "text/markdown": text}]
    assert chat.comm is None


def test_a_frozen_chat_can_be_shown_again_and_goes_on(outputs: list[dict[str, Any]]) -> None:
    chat = Chat(echo)
    chat.freeze()
    chat.freeze()
    assert outputs == []
    chat._ipython_display_()
    chat.send("one").result(10)
    (shown,) = cell_of(outputs)
    assert shown["text/markdown"] == "> one\n\n*one*, says the echo."


def test_freezing_ends_a_running_answer_and_keeps_its_text(outputs: list[dict[str, Any]]) -> None:
    async def endless(messages: Any) -> Any:
        yield "One thing: "
        await asyncio.sleep(3600)

    chat = Chat(endless)
    chat._ipython_display_()
    reply = chat.send("What?")
    while not reply.text:
        pass
    chat.freeze()
    assert cell_of(outputs)[1]["text/markdown"] == "> What?\n\nOne thing:\n\n*Stopped.*"
    assert reply.result(1).stop_reason == "stopped"
