"""An answer is never an empty message: how it ended is said in its place, the same on the page and in the notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ipytalk import Chat, show
from ipytalk.events import End, Place, Thinking
from ipytalk.messages import AttachmentPart, Message, TextPart, ToolPart

SILENT = "The model ended its answer without a word. Try again, or ask in another way."
DECLINED = "The model declined to answer, and gave no reason. Ask in another way, or ask another model."
LIMIT = "The answer reached its limit of tokens before its first word. Allow more with max_tokens."
CALL = ToolPart("t1", "lookup", {}, "done", "12")


def giving(*events: Any) -> Callable[[Any], list[Any]]:
    return lambda _: list(events)


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        pytest.param([End("refusal")], DECLINED, id="refusal"),
        pytest.param([End("content_filter")], DECLINED, id="filter"),
        pytest.param([End("end_turn")], SILENT, id="clean end"),
        pytest.param(["\n", End("end_turn")], SILENT, id="nothing but a line break"),
        pytest.param([Thinking("Hm."), End("end_turn")], SILENT, id="reasoning alone"),
        pytest.param([Thinking("Hm."), End("max_tokens")], LIMIT, id="reasoning up to the limit"),
        pytest.param([Place(CALL), End("end_turn")], SILENT, id="a tool alone"),
        pytest.param([End("vague_reason")], "The answer ended early: vague reason.", id="another reason"),
    ],
)
def test_a_sentence_stands_in_the_place_of_an_answer_without_text(
    outputs: list[dict[str, Any]], events: list[Any], sentence: str
) -> None:
    chat = Chat(giving(*events), retries=0)
    reply = chat.send("Hi").result(10)
    assert reply.status == "complete"
    assert reply.text.strip() == ""
    assert reply.message.note == sentence
    assert reply.message.to_json()["note"] == sentence
    assert chat.to_markdown() == f"> Hi\n\n*{sentence}*"
    assert show(giving(*events)("Hi")).result(10).message.note == sentence
    settled = outputs[-1]["data"]
    assert settled["text/plain"] == settled["text/markdown"] == f"*{sentence}*"


@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("refusal", "The model declined to answer."),
        ("max_tokens", "The answer reached its limit of tokens."),
        ("end_turn", None),
        ("stop_sequence", None),
        (None, None),
    ],
)
def test_an_answer_with_text_has_a_note_only_if_it_ended_early(reason: str | None, note: str | None) -> None:
    chat = Chat(giving("Bees ", End(reason)))
    reply = chat.send("Hi").result(10)
    assert reply.message.note == note
    assert chat.to_markdown() == "> Hi\n\nBees" + (f"\n\n*{note}*" if note else "")
    assert ("note" in reply.message.to_json()) == bool(note)


def test_a_picture_is_an_answer() -> None:
    picture = AttachmentPart("plan.png", "image/png", "aGk=")
    assert Chat(giving(Place(picture), End("end_turn"))).send("Hi").result(10).message.note is None


@pytest.mark.parametrize("status", ["pending", "streaming", "error"])
def test_an_answer_that_goes_on_or_failed_has_no_note(status: Any) -> None:
    assert Message(id="m", role="assistant", status=status, stop_reason="refusal").note is None


def test_what_the_person_said_has_no_note() -> None:
    assert Message(id="m", role="user", status="sent", parts=(TextPart(""),)).note is None


def test_a_refusal_is_no_history() -> None:
    heard: list[Any] = []

    def source(messages: Any) -> Any:
        heard[:] = messages
        return [End("refusal")] if len(messages) == 1 else ["Bees."]

    chat = Chat(source)
    chat.send("One?").result(10)
    chat.send("Two?").result(10)
    assert [message.text for message in heard] == ["One?", "Two?"]
