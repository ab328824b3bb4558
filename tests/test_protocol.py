"""The wire, judged by the fixtures that the front end's tests read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ipytalk._protocol import CommandError, read_command, snapshot
from ipytalk.events import Accumulator, event_from_json
from ipytalk.messages import Failure, Message, Retry, TextPart
from wire import Wire

FIXTURES = Path(__file__).parent / "protocol"
JOURNEYS: list[dict[str, Any]] = json.loads((FIXTURES / "journeys.json").read_text())
COMMANDS: dict[str, list[dict[str, Any]]] = json.loads((FIXTURES / "commands.json").read_text())


def play(wire: Wire, steps: list[Any]) -> None:
    for at, step, *arguments in steps:
        wire.clock.advance_to(at)
        match step, arguments:
            case "receive", [id_, data]:
                event = event_from_json(data)
                assert event is not None
                wire.conversation.receive(id_, event, at)
            case "wait", [id_, data]:
                wire.conversation.wait(id_, data and read_retry(data))
            case "ask", [text, *id_]:
                wire.conversation.ask((TextPart(text),), *id_)
            case "retry" | "edit" | "switch" | "clear" | "undo", _:
                getattr(wire.conversation, step)(*arguments)
            case _:
                getattr(wire.conversation, step)(*arguments, at)
    wire.clock.advance_to(wire.clock.now + 60)


def read_retry(data: dict[str, Any]) -> Retry:
    return Retry(Failure(**data["failure"]), data["seconds"], data["attempt"], data["retries"])


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey["name"])
def test_a_journey_sends_exactly_the_fixtures_messages(wire: Wire, journey: dict[str, Any]) -> None:
    play(wire, journey["steps"])
    assert wire.sent == journey["wire"]
    undo = wire.conversation.can_undo
    assert snapshot(wire.outbox.seq, wire.conversation.messages, None, undo=undo) == journey["snapshot"]


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey["name"])
def test_messages_survive_json(wire: Wire, journey: dict[str, Any]) -> None:
    play(wire, journey["steps"])
    for message in wire.conversation.messages:
        assert Message.from_json(json.loads(json.dumps(message.to_json()))) == message


@pytest.mark.parametrize("command", COMMANDS["valid"], ids=lambda command: command["type"])
def test_a_command_of_the_page_is_understood(command: dict[str, Any]) -> None:
    envelope = read_command(command)
    assert (envelope.id, envelope.client) == (command["id"], command["client"])
    fields = {name: getattr(envelope.command, name) for name in envelope.command.__dataclass_fields__}
    missing = {"attached": ()} if command["type"] == "send" else {}
    assert fields == missing | {name: value for name, value in command.items() if name not in ("type", "id", "client")}


@pytest.mark.parametrize("command", COMMANDS["invalid"], ids=json.dumps)
def test_a_damaged_command_is_refused_with_a_sentence_that_says_what_to_do(command: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="Reload the page"):
        read_command(command)


def test_an_unknown_event_is_passed_over() -> None:
    assert event_from_json({"type": "sparkles"}) is None


def test_pieces_add_up_to_the_same_message_however_they_are_read() -> None:
    """The accumulator keeps pieces apart until someone looks; looking often must change nothing."""
    start = Message(id="m", role="assistant", status="pending")
    seldom, often = Accumulator(start), Accumulator(start)
    for index in range(50):
        event = event_from_json({"type": "thinking" if index % 7 == 0 else "text", "text": str(index)})
        assert event is not None
        seldom.add(event)
        often.add(event)
        assert often.message.status == "streaming"
    assert seldom.message == often.message
