"""Every answer ends, and once: whatever its source says, and whatever fails around it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from waiting import wait_for

from ipytalk import Chat, SourceError, _answering, show
from ipytalk.events import Error, Event, Text, event_from_json
from ipytalk.messages import Failure
from wire import Wire


@pytest.fixture(autouse=True)
def a_short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answering, "BACKOFF", 0.01)


def fine(messages: Any) -> list[str]:
    return ["Fine."]


# --- a wait that is no number ---


def as_json(wait: Any) -> Event | None:
    data = {"type": "error", "code": 429, "message": "Full.", "retryable": True, "retry_after_seconds": wait}
    return event_from_json(data)


def as_event(wait: Any) -> Event:
    return Error(Failure("rate_limit", "Full.", retryable=True, retry_after=wait))


def as_exception(wait: Any) -> Event:
    raise SourceError("Full.", kind="rate_limit", retryable=True, retry_after=wait)


@pytest.mark.parametrize(("wait", "seconds"), [("0", 0), ("0.01", 0.01), (-5, 0), ("soon", None), ([1], None)])
@pytest.mark.parametrize("tell", [as_json, as_event, as_exception])
def test_a_wait_in_any_form_is_read_or_passed_over(
    tell: Callable[[Any], Event], wait: Any, seconds: float | None
) -> None:
    asked: list[int] = []

    def full(messages: Any) -> Iterator[Any]:
        asked.append(1)
        yield tell(wait)

    reply = Chat(full, retries=2).send("Hello").result(20)
    assert reply.error is not None
    assert (reply.error.kind, reply.error.retry_after) == ("rate_limit", seconds)
    assert len(asked) == 3


@pytest.mark.parametrize("wait", ["nan", "inf", "-inf", True, 10**400, {}])
def test_a_wait_without_an_end_is_none(wait: Any) -> None:
    event = as_json(wait)
    assert isinstance(event, Error)
    assert event.failure.retry_after in (None, 0)


@pytest.mark.parametrize("reason", [1, ["stop"], {"why": "stop"}])
def test_a_reason_that_is_no_word_is_passed_over(reason: Any) -> None:
    def source(messages: Any) -> list[Any]:
        return ["Fine.", {"type": "stream_end", "stop_reason": reason}]

    assert Chat(source).send("Hello").result(20).stop_reason == "end_turn"


# --- faults of our own, and of what the answer is shown on ---


def test_a_fault_of_our_own_ends_the_answer_and_asks_no_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(failure: Failure) -> Failure:
        raise RuntimeError("a bug")

    monkeypatch.setattr(_answering, "without_advice", broken)
    asked: list[int] = []

    def full(messages: Any) -> Iterator[str]:
        asked.append(1)
        raise SourceError("Full.", retryable=True)
        yield ""

    reply = Chat(full).send("Hello").result(20)
    assert reply.error is not None
    assert "a bug" in reply.error.message
    assert len(asked) == 1


def test_who_waits_is_woken_though_the_transcript_can_not_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(fine)

    def broken(read: Any) -> None:
        raise OSError("the notebook is gone")

    monkeypatch.setattr(chat._twin, "refresh", broken)
    assert chat.send("Hello").result(20).text == "Fine."

    async def wait() -> str:
        return (await asyncio.wait_for(chat.send("Hello"), 20)).text

    assert asyncio.run(wait()) == "Fine."


def test_a_stop_ends_all_though_the_transcript_can_not_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(messages: Any) -> AsyncIterator[str]:
        yield "one"
        await asyncio.sleep(60)

    def broken(read: Any) -> None:
        raise OSError("the notebook is gone")

    chat = Chat(endless)
    monkeypatch.setattr(chat._twin, "refresh", broken)
    replies = [chat.send("Hello") for _ in range(4)]
    wait_for(lambda: replies[0].text)
    with pytest.raises(OSError, match="gone"):
        replies[0].stop()
    wait_for(lambda: replies[1].text)
    with pytest.raises(OSError, match="gone"):
        chat.stop()
    assert [reply.result(20).stop_reason for reply in replies] == ["stopped"] * 4
    assert [reply.text for reply in replies] == ["one", "one", "", ""]


def test_who_waits_is_woken_though_the_page_can_not_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(fine)

    def broken(content: dict[str, Any]) -> None:
        if content.get("changes", {}).get("status"):
            raise OSError("the comm is gone")

    monkeypatch.setattr(chat._outbox, "_send", broken)
    assert chat.send("Hello").result(20).text == "Fine."
    assert chat.send("Hello").result(20).text == "Fine."


# --- an answer that is over ---


def test_a_stop_right_after_send_is_a_stop() -> None:
    asked: list[int] = []

    async def source(messages: Any) -> AsyncIterator[str]:
        asked.append(1)
        yield "Late."

    chat = Chat(source)
    with chat._conversation.lock:
        reply = chat.send("Hello")
        running = chat._turns._running
        assert running is not None
        job: Any = running[1]
        task = wait_for(lambda: job._task)  # its first step is under way, and can't but wait for the lock
        chat.stop()
    wait_for(task.done)
    assert (reply.status, reply.stop_reason, reply.error, reply.text) == ("complete", "stopped", None, "")
    assert chat.messages[-1] == reply.message
    assert asked == []


def test_an_answer_that_is_over_begins_and_fails_no_more(wire: Wire) -> None:
    answer = wire.conversation.expect()
    wire.conversation.stop(answer, 0.0)
    before = wire.conversation.message(answer)
    assert not wire.conversation.start(answer, 1.0)
    assert not wire.conversation.receive(answer, Text("Late."), 2.0)
    wire.conversation.fail(answer, Failure("kernel", "Cut off."), 3.0)
    wire.conversation.complete(answer, 4.0)
    assert wire.conversation.message(answer) == before


def test_an_answer_that_was_removed_does_not_begin(wire: Wire) -> None:
    answer = wire.conversation.expect()
    wire.conversation.stop(answer, 0.0)
    wire.conversation.clear()
    assert not wire.conversation.start(answer, 1.0)
    assert wire.conversation.messages == ()


def test_an_interrupt_of_the_persons_own_loop_stops_the_answer() -> None:
    async def stream() -> AsyncIterator[str]:
        yield "one"
        raise KeyboardInterrupt

    async def main() -> None:
        replies.append(show(stream()))
        await asyncio.sleep(60)

    replies: list[Any] = []
    loop = asyncio.new_event_loop()
    running = loop.create_task(main())
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(running)
    (reply,) = replies
    while not reply.message.done:  # the loop goes on, as a kernel's does
        try:
            loop.run_until_complete(asyncio.sleep(0.01))
        except KeyboardInterrupt:  # noqa: PERF203  # whoever reads the interrupted task hears of it too
            continue
    assert (reply.status, reply.stop_reason, reply.text) == ("complete", "stopped", "one")
    running.cancel()
    loop.run_until_complete(asyncio.wait((running,), timeout=1))
    loop.close()


# --- how long and how often ---


def test_no_limit_of_silence_waits_for_as_long_as_it_takes() -> None:
    go = threading.Event()

    def slow(messages: Any) -> Iterator[str]:
        go.wait(20)
        yield "At last."

    reply = Chat(slow, idle_timeout=None).send("Hello")
    with pytest.raises(TimeoutError):
        reply.result(0.2)
    go.set()
    assert reply.result(20).text == "At last."


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"retries": None}, "retries is a whole number from 0, not None"),
        ({"retries": -1}, "retries is a whole number from 0, not -1"),
        ({"retries": 1.5}, "retries is a whole number from 0, not 1.5"),
        ({"idle_timeout": "60"}, "idle_timeout is a number of seconds above 0, or None for no limit, not '60'"),
        ({"idle_timeout": 0}, "idle_timeout is a number of seconds above 0, or None for no limit, not 0"),
        ({"idle_timeout": float("nan")}, "idle_timeout is a number of seconds above 0, or None for no limit, not nan"),
    ],
)
def test_what_can_not_be_waited_for_is_refused_in_a_sentence(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        Chat(fine, **options)
    assert str(refused.value) == f"{says}."
