"""What becomes of former versions of a message."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ipytalk import Chat, Message
from ipytalk.messages import AttachmentPart


class Echo:
    """A source that numbers its answers, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.let = threading.Event()
        self.let.set()

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        self.asked.append([message.text for message in messages])
        yield f"answer {len(self.asked)}"
        while not self.let.is_set():  # noqa: ASYNC110  # it is let by another thread
            await asyncio.sleep(0.001)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def chat(echo: Echo) -> Chat:
    return Chat(echo)


def texts(chat: Chat) -> list[str]:
    return [message.text for message in chat.messages]


def numbers(chat: Chat) -> list[tuple[int, int]]:
    return [(message.version, message.versions) for message in chat.messages]


def test_a_version_brings_what_stood_below_it(chat: Chat, echo: Echo) -> None:
    chat.send("one").result(10)
    chat.send("two").result(10)
    chat.edit(0, "uno").result(10)
    assert texts(chat) == ["uno", "answer 3"]
    assert numbers(chat) == [(2, 2), (1, 1)]
    chat.switch(0, 1)
    assert texts(chat) == ["one", "answer 1", "two", "answer 2"]
    assert [message.text for message in chat.versions(0)] == ["one", "uno"]
    chat.send("three").result(10)
    assert echo.asked[-1] == ["one", "answer 1", "two", "answer 2", "three"]
    chat.switch(0, 2)
    assert texts(chat) == ["uno", "answer 3"]
    assert "two" not in chat.to_markdown()


def test_any_answer_is_retried_and_the_model_sees_the_branch_in_view(chat: Chat, echo: Echo) -> None:
    chat.send("one").result(10)
    chat.send("two").result(10)
    chat.retry(0).result(10)
    assert texts(chat) == ["one", "answer 3"]
    chat.send("more").result(10)
    assert echo.asked[-1] == ["one", "answer 3", "more"]
    chat.retry(0).result(10)
    assert numbers(chat)[1] == (3, 3)
    chat.switch(1, 2)
    assert texts(chat) == ["one", "answer 3", "more", "answer 4"]


def test_an_answer_that_said_nothing_is_no_version() -> None:
    words: list[list[str]] = [[], ["said"]]

    def source(messages: Any) -> list[str]:
        return words.pop(0)

    chat = Chat(source, retries=0)
    assert chat.send("one").result(10).status == "error"
    chat.retry().result(10)
    assert numbers(chat) == [(1, 1), (1, 1)]


def test_versions_are_not_paged_through_while_an_answer_is_made(chat: Chat, echo: Echo) -> None:
    chat.send("one").result(10)
    chat.retry().result(10)
    echo.let.clear()
    reply = chat.send("two")
    said = chat._bridge.handle({"type": "switch", "id": "1", "client": "a", "message": "m1", "version": 1})
    assert said == {
        "status": "error",
        "message": "An answer is being made. Stop it, or wait for its end; then look at another version.",
    }
    echo.let.set()
    assert reply.result(10).stop_reason == "end_turn"


def test_a_version_that_is_not_there_is_refused(chat: Chat) -> None:
    chat.send("one").result(10)
    with pytest.raises(ValueError, match="no version 2 of that message: they count from 1 to 1"):
        chat.switch(0, 2)
    with pytest.raises(ValueError, match="no version 0"):
        chat.switch(0, 0)
    with pytest.raises(IndexError, match="There are 2 messages, and none at 5"):
        chat.switch(5, 1)


def test_what_went_out_of_view_is_neither_retried_nor_edited(chat: Chat, echo: Echo) -> None:
    chat.send("one").result(10)
    former = chat.messages
    chat.edit(0, "uno").result(10)
    echo.let.clear()
    reply = chat.send("two")
    for command in (
        {"type": "edit", "id": "1", "message": former[0].id, "text": "three"},
        {"type": "retry", "id": "2", "message": former[1].id},
    ):
        assert chat._bridge.handle({**command, "client": "a"}) == {
            "status": "error",
            "message": "That message is not there any more: the conversation changed meanwhile. Look again, and retry.",
        }
    echo.let.set()
    assert reply.result(10).stop_reason == "end_turn"
    assert texts(chat) == ["uno", "answer 2", "two", "answer 3"]


def test_an_edited_message_keeps_its_attachments(chat: Chat, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("bees dance")
    chat.send([notes, "What?"]).result(10)
    chat.edit(0, "Why?").result(10)
    attached, said = chat.messages[0].parts
    assert isinstance(attached, AttachmentPart)
    assert attached.data == "bees dance"
    assert chat.messages[0].text == "Why?"
    assert said.to_json()["text"] == "Why?"


def test_a_file_keeps_every_branch_and_which_was_in_view(chat: Chat, echo: Echo, tmp_path: Path) -> None:
    chat.send("one").result(10)
    chat.send("two").result(10)
    chat.retry().result(10)
    chat.edit(0, "uno").result(10)
    chat.switch(0, 1)
    chat.switch(3, 1)
    chat.save(tmp_path / "talk.json")
    again = Chat.load(tmp_path / "talk.json", source=echo)
    assert again.messages == chat.messages
    for each in (chat, again):
        each.switch(3, 2)
        assert texts(each) == ["one", "answer 1", "two", "answer 3"]
        each.switch(0, 2)
        assert texts(each) == ["uno", "answer 4"]
        each.switch(0, 1)
        assert texts(each) == ["one", "answer 1", "two", "answer 3"]


@pytest.mark.parametrize("after", [[["m1", "m0"]], [["m9", None]], 3])
def test_a_file_with_broken_branches_is_refused(chat: Chat, tmp_path: Path, after: Any) -> None:

    chat.send("one").result(10)
    chat.retry().result(10)
    chat.save(tmp_path / "talk.json")
    data = json.loads((tmp_path / "talk.json").read_text())
    data["branches"]["after"] = after
    (tmp_path / "talk.json").write_text(json.dumps(data))
    with pytest.raises(ValueError, match=r"talk\.json holds no conversation"):
        Chat.load(tmp_path / "talk.json")


def test_what_was_cleared_comes_back_with_its_branches(chat: Chat) -> None:
    chat.send("one").result(10)
    chat.retry().result(10)
    chat.clear()
    assert chat.messages == ()
    assert chat.get_state("snapshot")["snapshot"]["undo"]
    chat.undo()
    assert texts(chat) == ["one", "answer 2"]
    chat.switch(1, 1)
    assert texts(chat) == ["one", "answer 1"]
    with pytest.raises(ValueError, match="nothing to undo"):
        chat.undo()


def test_the_next_message_ends_the_chance_to_undo(chat: Chat) -> None:
    chat.send("one").result(10)
    chat.clear()
    chat.send("two").result(10)
    assert "undo" not in chat.get_state("snapshot")["snapshot"]
    with pytest.raises(ValueError, match="nothing to undo"):
        chat.undo()
    assert texts(chat) == ["two", "answer 2"]
