"""Commands of a page, by whichever way and however often they come."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ipytalk._bridge import REMEMBERED, Bridge
from ipytalk._protocol import Command, CommandError, Delta, Send, Stop
from wire import Wire


class Page:
    """The bridge to a wire, with what was run and what came back over the comm."""

    def __init__(self, wire: Wire) -> None:
        self.ran: list[tuple[Command, str]] = []
        self.heard: list[dict[str, Any]] = []
        self.bridge = Bridge(
            wire.outbox,
            run=self._run,
            read=lambda question: {"text": f"the answer to {type(question).__name__}"},
            snapshot=lambda: {"seq": wire.outbox.seq},
            send=self.heard.append,
            lock=threading.RLock(),
        )

    def _run(self, command: Command, id_: str) -> None:
        if command == Send("nonsense"):
            raise CommandError("That can't be sent.")
        self.ran.append((command, id_))

    def ask(self, type_: str, id_: str = "1", **fields: Any) -> dict[str, Any]:
        return self.bridge.handle({"type": type_, "id": id_, "client": "page", **fields})

    def ask_by_comm(self, type_: str, id_: str = "1", **fields: Any) -> None:
        self.bridge.handle_comm({"type": type_, "id": id_, "client": "page", **fields})


@pytest.fixture
def page(wire: Wire) -> Page:
    return Page(wire)


def test_a_command_that_comes_by_both_ways_runs_once_and_is_answered_twice(page: Page) -> None:
    assert page.ask("send", text="Hi") == {"status": "ok", "seq": 0}
    page.ask_by_comm("send", text="Hi")
    assert page.ask("send", text="Hi") == {"status": "ok", "seq": 0}
    assert page.ran == [(Send("Hi"), "1")]


def test_the_same_wish_with_another_id_runs_again(page: Page) -> None:
    page.ask("stop", "1")
    page.ask("stop", "2")
    assert page.ran == [(Stop(), "1"), (Stop(), "2")]


def test_a_refusal_is_a_sentence_by_either_way(page: Page) -> None:
    refusal = {"status": "error", "message": "That can't be sent."}
    assert page.ask("send", text="nonsense") == refusal
    page.ask_by_comm("send", text="nonsense")
    assert page.heard == [{"type": "refused", "id": "1", "message": "That can't be sent."}]


def test_damage_is_refused_and_not_run(page: Page) -> None:
    assert page.ask("send")["status"] == "error"
    page.ask_by_comm("dance", "7")
    assert page.heard[0]["id"] == "7"
    assert not page.ran


def test_a_page_that_is_behind_gets_a_snapshot_and_one_that_is_not_gets_none(page: Page, wire: Wire) -> None:
    wire.outbox.put(Delta("m1", "a"))
    wire.outbox.put(Delta("m1", "b"))
    assert page.ask("hello", seq=-1) == {"status": "ok", "snapshot": {"seq": 2}}
    assert page.ask("hello", seq=2) == {"status": "ok"}
    page.ask_by_comm("hello", seq=1)
    page.ask_by_comm("hello", seq=2)
    assert page.heard == [{"type": "snapshot", "snapshot": {"seq": 2}}]


def test_a_page_that_missed_the_last_change_hears_of_it_when_it_says_something_else(page: Page, wire: Wire) -> None:
    wire.outbox.put(Delta("m1", "a"))
    assert page.ask("ack", seq=0) == {"status": "ok", "seq": 1}
    assert page.ask("stop") == {"status": "ok", "seq": 1}


def test_a_page_asks_for_the_transcript(page: Page) -> None:
    assert page.ask("transcript") == {"status": "ok", "text": "the answer to Transcript"}


def test_a_call_over_the_comm_is_answered_with_its_id(page: Page) -> None:
    page.ask_by_comm("export", "7")
    page.ask_by_comm("asset", "8", name="nonsense")
    assert page.heard == [
        {"type": "reply", "id": "7", "reply": {"status": "ok", "text": "the answer to Export"}},
        {"type": "reply", "id": "8", "reply": {"status": "error", "message": "no nonsense"}},
    ]


def test_what_was_run_is_not_remembered_for_ever(page: Page) -> None:
    for number in range(2 * REMEMBERED):
        page.ask("stop", str(number))
    assert len(page.bridge._replies) == REMEMBERED
