"""Calls of tools and attachments, from an event to the browser and back from a file."""

from __future__ import annotations

import json

import pytest

from ipytalk._protocol import Decide, read_command
from ipytalk.events import Place, Prepared, Text, Thinking, event_from_json
from ipytalk.messages import AttachmentPart, Message, TextPart, ToolPart
from wire import Wire

CALL = ToolPart("toolu_1", "sales_of", {"city": "Bern"}, "called")
DONE = ToolPart("toolu_1", "sales_of", {"city": "Bern"}, "done", "120")
PICTURE = AttachmentPart("Figure", "image/png", "iVBORw0=")


@pytest.mark.parametrize("event", [Place(CALL), Place(DONE), Place(PICTURE), Prepared(0.25)])
def test_events_survive_json(event: Place | Prepared) -> None:
    assert event_from_json(json.loads(json.dumps(event.to_json()))) == event


def test_a_part_of_an_unknown_type_is_passed_over() -> None:
    assert event_from_json({"type": "part", "part": {"type": "hologram"}}) is None


def test_a_call_takes_its_place_and_keeps_it(wire: Wire) -> None:
    answer = wire.conversation.ask((TextPart("Sales?"),))
    wire.conversation.start(answer, 0.0)
    for event in (Text("See."), Place(CALL), Place(PICTURE), Place(DONE), Text("120.")):
        wire.conversation.receive(answer, event, 0.1)
    parts = [change for change in wire.sent if change["type"] == "part"]
    assert [(change["index"], change["part"]["type"], change["part"].get("status")) for change in parts] == [
        (1, "tool", "called"),
        (2, "attachment", None),
        (1, "tool", "done"),
    ]
    assert set(parts[0]) == {"type", "message", "index", "part", "seq"}
    message = wire.conversation.message(answer)
    assert [part.type for part in message.parts] == ["text", "tool", "attachment", "text"]
    assert message.text == "See.120."
    assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message


def test_a_stop_closes_the_calls_that_run(wire: Wire) -> None:
    answer = wire.conversation.ask((TextPart("Sales?"),))
    wire.conversation.start(answer, 0.0)
    wire.conversation.receive(answer, Place(ToolPart("toolu_1", "slow", {}, "running")), 0.1)
    wire.conversation.stop(answer, 0.2)
    message = wire.conversation.message(answer)
    assert (message.status, message.stop_reason) == ("complete", "stopped")
    (call,) = message.parts
    assert isinstance(call, ToolPart)
    assert call.status == "stopped"
    types = [change["type"] for change in wire.sent]
    assert types[-2:] == ["part", "update"]


def test_the_time_of_preparing_is_told_with_the_first_token(wire: Wire) -> None:
    answer = wire.conversation.ask((TextPart("?"),))
    wire.conversation.start(answer, 0.0)
    wire.conversation.receive(answer, Prepared(0.25), 0.25)
    wire.conversation.receive(answer, Thinking("Hm."), 0.75)
    wire.clock.advance_to(60)
    timing = wire.conversation.message(answer).timing
    assert timing is not None
    assert timing.to_json() == {"ttft": 0.75, "total": None, "prepare": 0.25}


def test_a_decision_of_the_page_is_understood() -> None:
    data = {"type": "decide", "id": "c1", "client": "p1", "tool": "toolu_1", "allow": False}
    assert read_command(data).command == Decide("toolu_1", allow=False)
