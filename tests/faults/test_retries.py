"""What is tried again unasked, how long that waits, and who may cut the wait short."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from waiting import wait_for

from ipytalk import Chat, SourceError, _answering
from ipytalk.sources import Claude
from servers.messages import (
    CLOSE,
    RESET,
    MessagesServer,
    Script,
    answer,
    block_start,
    delta,
    error,
    error_event,
    message_start,
    reply,
    stream,
)

BUSY = error(529, "overloaded_error", "Overloaded")


@pytest.fixture(autouse=True)
def a_short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answering, "BACKOFF", 0.01)


@pytest.fixture
def make_chat(server: MessagesServer) -> Iterator[Callable[..., Chat]]:
    chats: list[Chat] = []

    def make(**options: Any) -> Chat:
        chats.append(Chat(Claude(base_url=server.url, api_key="sk-test"), **options))
        return chats[-1]

    yield make
    for chat in chats:
        chat.close()


@pytest.mark.parametrize(
    "fault",
    [
        BUSY,
        error(500),
        reply(502, "<html><title>Bad Gateway</title></html>", "text/html"),
        error(429, "rate_limit_error", retry_after="0"),
        [RESET],
        [CLOSE],
        stream(error_event("overloaded_error", "Overloaded")),
        stream(message_start(), block_start(), end=CLOSE),
    ],
    ids=["529", "500", "502", "429", "reset", "closed", "an error event first", "truncated before the first word"],
)
def test_what_may_pass_is_tried_again_before_the_first_text(
    fault: Script, server: MessagesServer, make_chat: Callable[..., Chat]
) -> None:
    server.play(fault, answer("At last."))
    reply = make_chat().send("Hello").result(20)
    assert (reply.status, reply.text, reply.error, reply.message.retry) == ("complete", "At last.", None, None)
    assert len(server.requests) == 2


def test_a_server_that_comes_up_meanwhile_is_reached(gone_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_answering, "BACKOFF", 30.0)
    source = Claude(base_url=gone_url, api_key="sk-test")
    reply = Chat(source).send("Hello")
    retry = wait_for(lambda: reply.message.retry)
    assert retry.failure.kind == "connection"
    port = int(gone_url.rpartition(":")[2])
    with MessagesServer(port) as late:
        late.play(answer("Here now."))
        reply.stop()
        assert Chat(source).send("Hello").result(20).text == "Here now."


@pytest.mark.parametrize("fault", [error(400, "invalid_request_error"), error(401, "authentication_error")])
def test_what_would_fail_again_is_not_tried_again(
    fault: Script, server: MessagesServer, make_chat: Callable[..., Chat]
) -> None:
    server.play(fault)
    assert make_chat().send("Hello").result(20).status == "error"
    assert len(server.requests) == 1


@pytest.mark.parametrize("part", ["text", "thinking"])
def test_after_something_was_shown_only_the_person_tries_again(
    part: str, server: MessagesServer, make_chat: Callable[..., Chat]
) -> None:
    server.play(stream(message_start(), block_start(0, part), delta("First", 0, part), end=CLOSE), answer("Whole."))
    chat = make_chat()
    reply = chat.send("Hello").result(20)
    assert reply.status == "error"
    assert len(server.requests) == 1
    assert chat.retry().result(20).text == "Whole."
    assert [message.text for message in chat.messages] == ["Hello", "Whole."]


def test_a_silence_is_not_tried_again_unasked(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.hold("request")
    reply = make_chat(idle_timeout=0.5).send("Hello").result(20)
    assert reply.error is not None
    assert (reply.error.kind, reply.error.retryable) == ("timeout", True)
    assert len(server.requests) == 1


def test_it_gives_up_after_the_given_number_of_tries(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.default = BUSY
    reply = make_chat(retries=2).send("Hello").result(20)
    assert reply.error is not None
    assert reply.error.kind == "overloaded"
    assert len(server.requests) == 3


def test_retry_after_is_waited_for(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.play(error(429, "rate_limit_error", retry_after="1"), answer("At last."))
    assert make_chat().send("Hello").result(20).text == "At last."
    first, second = server.requests
    assert first.sent is not None
    assert second.at - first.sent > 0.9


def test_the_wait_is_on_the_message_with_its_reason(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.play(error(429, "rate_limit_error", "Slow down.", retry_after="30"))
    reply = make_chat(retries=2).send("Hello")
    retry = wait_for(lambda: reply.message.retry)
    assert (retry.seconds, retry.attempt, retry.retries) == (30.0, 1, 2)
    assert retry.failure.kind == "rate_limit"
    # What the person is told to do would be said twice: the countdown says when.
    assert "no more requests" in retry.failure.message
    assert not re.search("30 s|try again", retry.failure.message, re.IGNORECASE)
    assert reply.status == "pending"


def test_stop_ends_the_wait_at_once(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.play(error(429, "rate_limit_error", retry_after="30"), answer("The next one."))
    chat = make_chat()
    reply = chat.send("Hello")
    wait_for(lambda: reply.message.retry)
    chat.stop()
    assert (reply.status, reply.stop_reason, reply.text) == ("complete", "stopped", "")
    assert reply.message.retry is None
    assert reply.result(0) is reply
    assert chat.send("Again").result(20).text == "The next one."
    assert len(server.requests) == 2


def test_a_click_skips_the_wait(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.play(error(429, "rate_limit_error", retry_after="30"), answer("At last."))
    chat = make_chat()
    reply = chat.send("Hello")
    wait_for(lambda: reply.message.retry)
    command: dict[str, Any] = {"type": "retry", "id": "c1", "client": "page", "message": reply.message.id}
    assert chat._bridge.handle(command)["status"] == "ok"  # pyright: ignore[reportPrivateUsage]  # a browser's door
    assert reply.result(20).text == "At last."
    assert len(chat.messages) == 2


def test_a_wait_beyond_patience_is_left_to_the_person(server: MessagesServer, make_chat: Callable[..., Chat]) -> None:
    server.play(error(429, "rate_limit_error", retry_after="3600"))
    reply = make_chat().send("Hello").result(20)
    assert reply.error is not None
    assert (reply.error.retryable, reply.error.retry_after) == (True, 3600)
    assert "60 min" in reply.error.message
    assert len(server.requests) == 1


def test_a_source_may_ask_for_a_retry_itself() -> None:
    calls: list[int] = []

    def moody(messages: Any) -> Iterator[str]:
        calls.append(1)
        if len(calls) < 3:
            raise SourceError("Not now.", retryable=True, retry_after=0)
        yield "Fine."

    assert Chat(moody).send("Hello").result(20).text == "Fine."


def test_a_bug_in_a_source_is_not_run_three_times() -> None:
    calls: list[int] = []

    def broken(messages: Any) -> Iterator[str]:
        calls.append(1)
        raise KeyError("colour")
        yield ""

    assert Chat(broken).send("Hello").result(20).status == "error"
    assert len(calls) == 1
