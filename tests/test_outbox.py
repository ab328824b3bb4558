"""When what leaves: coalescing, pace, and what a client that fell behind is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest

from ipytalk._outbox import ACK_TIMEOUT, ACKED_EVERY, BUDGET, FASTEST, LARGEST, SLOWEST, UNWATCHED, Outbox
from ipytalk._protocol import Delta, Update
from wire import Clock, Wire


@pytest.fixture(autouse=True)
def nobody_else_streams() -> Iterator[None]:
    Outbox._streaming.clear()
    yield
    Outbox._streaming.clear()


def stream(wire: Wire, seconds: float, *, every: float = 0.005, message: str = "m1") -> int:
    """Put a character every few milliseconds; gives how many messages that made."""
    before = len(wire.sent)
    end = wire.clock.now + seconds
    while wire.clock.now < end:
        wire.outbox.put(Delta(message, "x"))
        wire.clock.advance_to(wire.clock.now + every)
    return len(wire.sent) - before


def acknowledged(wire: Wire, seconds: float, *, behind: int = 0) -> int:
    """Stream, with a client that acks four times a second; gives how many messages that made."""
    before = len(wire.sent)
    for _ in range(round(4 * seconds)):
        stream(wire, 0.25)
        wire.outbox.ack("page", wire.outbox.seq - behind)
    return len(wire.sent) - before


def test_the_first_text_of_each_answer_leaves_at_once(wire: Wire) -> None:
    wire.outbox.put(Delta("m1", "Hello"))
    wire.outbox.put(Delta("m2", "Hi"))
    assert [message["text"] for message in wire.sent] == ["Hello", "Hi"]


def test_a_page_that_acks_is_sent_a_fast_text_about_25_times_a_second(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    assert acknowledged(wire, 10) == pytest.approx(10 / FASTEST, rel=0.1)


def test_text_that_comes_seldom_leaves_as_it_comes(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    stream(wire, 1, every=1 / 60)
    wire.outbox.ack("page", wire.outbox.seq)
    assert stream(wire, 0.5, every=1 / 60) == pytest.approx(30, abs=1)


def test_nobody_to_read_is_sent_text_seldom_but_steadily(wire: Wire) -> None:
    assert stream(wire, 10) == pytest.approx(10 / UNWATCHED, abs=2)


def test_text_leaves_more_seldom_the_further_behind_the_page_is(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    assert acknowledged(wire, 5, behind=100) < acknowledged(wire, 5) / 2
    wire.outbox.ack("page", wire.outbox.seq - 10)
    assert wire.outbox.interval == FASTEST
    wire.outbox.ack("page", wire.outbox.seq)
    stream(wire, 9)
    wire.outbox.ack("page", wire.outbox.seq - 200)
    assert wire.outbox.interval == SLOWEST
    wire.outbox.rest()
    assert wire.outbox.interval < SLOWEST


def test_a_page_that_follows_is_not_held_to_be_behind_because_it_acks_seldom(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    wire.outbox.ack("page", wire.outbox.seq)
    assert stream(wire, ACKED_EVERY) == pytest.approx(ACKED_EVERY / FASTEST, rel=0.05)
    wire.outbox.ack("page", wire.outbox.seq)
    assert wire.outbox.interval == FASTEST


def test_an_ack_of_a_slower_page_changes_no_pace(wire: Wire) -> None:
    wire.outbox.hello("slow", -1)
    wire.outbox.hello("page", -1)
    stream(wire, 5)
    wire.outbox.ack("page", wire.outbox.seq)
    stream(wire, 3)
    wire.outbox.ack("slow", 2)
    assert wire.outbox.interval == FASTEST


def test_a_page_whose_ack_is_overdue_is_sent_as_much_as_nobody(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    stream(wire, ACKED_EVERY + 1)
    assert wire.outbox.interval == UNWATCHED


def test_a_page_that_went_away_is_forgotten_after_a_while(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    stream(wire, ACK_TIMEOUT + 1)
    assert not wire.outbox.watched
    assert stream(wire, 5) == pytest.approx(5 / UNWATCHED, abs=2)
    wire.outbox.ack("page", wire.outbox.seq)
    assert wire.outbox.interval == FASTEST


def test_the_fastest_page_sets_the_pace(wire: Wire) -> None:
    wire.outbox.hello("page", -1)
    wire.outbox.hello("hidden tab", -1)
    acknowledged(wire, 10)
    assert wire.outbox.interval == FASTEST


def test_all_chats_of_a_kernel_share_its_budget() -> None:
    clock = Clock()
    wires = [Wire(clock=clock) for _ in range(16)]
    for wire in wires:
        wire.outbox.hello("page", -1)
    while clock.now < 5:
        for wire in wires:
            wire.outbox.put(Delta("m1", "x"))
        clock.advance_to(clock.now + 0.005)
        if round(clock.now * 1000) % 250 == 0:
            for wire in wires:
                wire.outbox.ack("page", wire.outbox.seq)
    assert sum(len(wire.sent) for wire in wires) <= 5 * BUDGET + 2 * len(wires)
    for wire in wires[1:]:
        wire.outbox.rest()
    assert wires[0].outbox.interval == FASTEST


def test_an_ending_overtakes_nothing(wire: Wire) -> None:
    for text in "abc":
        wire.outbox.put(Delta("m1", text))
    wire.outbox.put(Update("m1", {"status": "complete"}))
    assert [message.get("text", message.get("changes")) for message in wire.sent] == ["a", "bc", {"status": "complete"}]
    assert [message["seq"] for message in wire.sent] == [1, 2, 3]
    assert not wire.clock.timers


def test_a_giant_piece_of_text_is_sent_in_parts_that_no_websocket_refuses(wire: Wire) -> None:
    text = "é" * (3 * LARGEST + 1)
    wire.outbox.put(Delta("m1", text))
    assert "".join(message["text"] for message in wire.sent) == text
    assert max(len(message["text"]) for message in wire.sent) == LARGEST


def test_no_two_pieces_of_text_in_a_row_are_of_one_length_on_the_wire(wire: Wire) -> None:
    for text in ("same", "size", "again", "é\n", "abcd", "abcd", "efgh"):
        wire.outbox.put(Delta("m1", text))
        wire.outbox.flush()
    lengths = [len(json.dumps(message, ensure_ascii=False).encode()) for message in wire.sent]
    assert all(one != next_ for one, next_ in pairwise(lengths))
    assert "".join(message["text"] for message in wire.sent) == "samesizeagainé\nabcdabcdefgh"


def test_hello_says_who_is_behind_after_sending_what_waits(wire: Wire) -> None:
    wire.outbox.put(Delta("m1", "a"))
    wire.outbox.put(Delta("m1", "b"))
    assert wire.outbox.hello("new page", -1)
    assert wire.sent[-1]["text"] == "b"
    assert not wire.outbox.hello("new page", 2)
    assert wire.outbox.hello("page that missed one", 1)


def test_a_provider_that_counts_at_each_token_costs_no_message_for_each(wire: Wire) -> None:
    for count in range(200):
        wire.outbox.put(Delta("m1", "x"))
        wire.outbox.put(Update("m1", {"usage": {"output_tokens": count}}))
    wire.outbox.flush()
    assert len(wire.sent) <= 5
    assert "".join(message.get("text", "") for message in wire.sent) == 200 * "x"
    assert [message["changes"] for message in wire.sent if message["type"] == "update"][-1] == {
        "usage": {"output_tokens": 199}
    }


def test_the_end_of_an_answer_stays_behind_its_last_text(wire: Wire) -> None:
    for change in (Delta("m1", "a"), Delta("m1", "b"), Update("m1", {"usage": {}}), Delta("m1", "c")):
        wire.outbox.put(change)
    wire.outbox.put(Update("m1", {"status": "complete"}))
    *before, last = wire.sent
    assert "".join(message.get("text", "") for message in before) == "abc"
    assert last["changes"]["status"] == "complete"


def test_a_place_in_a_queue_stays_behind_the_text_before_it(wire: Wire) -> None:
    for change in (Delta("m1", "a"), Update("m1", {"usage": {}}), Delta("m1", "b"), Update("m1", {"queue": {}})):
        wire.outbox.put(change)
    wire.outbox.put(Update("m1", {"queue": {"position": 2}}))
    wire.outbox.flush()
    assert wire.sent[-1]["changes"] == {"queue": {"position": 2}}
