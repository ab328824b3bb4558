"""What the notebook's side makes of a gateway: the queue, and refusals in the protocol's own words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from ipytalk import Chat
from ipytalk.messages import Queue
from ipytalk.sources import SSE
from servers.gateway import PATH, Counted, Gateway


async def slow(_: Any) -> AsyncIterator[str]:
    while True:
        yield "word "
        await asyncio.sleep(0.02)


async def hello(_: Any) -> AsyncIterator[str]:
    yield "Hello."


def wait_for(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + 20
    while not (value := condition()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)
    return value


def chat(gateway: Gateway, token: str | None = None, **options: Any) -> Chat:
    return Chat(SSE(gateway.url + PATH, token=token), **options)


def test_the_place_in_the_queue_is_on_the_message_until_its_turn_comes() -> None:
    with Gateway(slow, limit=1) as gateway:
        first, second = chat(gateway), chat(gateway)
        running = first.send("Hello")
        wait_for(lambda: running.text)
        waiting = second.send("Hello")
        assert wait_for(lambda: waiting.message.queue) == Queue(1, None)
        assert waiting.status == "pending"
        first.stop()
        wait_for(lambda: waiting.text)
        assert waiting.message.queue is None
        second.stop()


def test_waiting_in_a_queue_is_no_silence() -> None:
    with Gateway(slow, limit=1) as gateway:
        first, second = chat(gateway), chat(gateway, idle_timeout=2.0)
        running = first.send("Hello")
        wait_for(lambda: running.text)
        waiting = second.send("Hello")
        wait_for(lambda: waiting.message.queue)
        started = time.monotonic()
        wait_for(lambda: time.monotonic() - started > 3.0)
        assert waiting.status == "pending"
        first.stop()
        wait_for(lambda: waiting.text)
        second.stop()


def test_stop_in_the_queue_gives_the_place_back() -> None:
    source = Counted(slow)
    with Gateway(source, limit=1) as gateway:
        first, second = chat(gateway), chat(gateway)
        running = first.send("Hello")
        wait_for(lambda: running.text)
        waiting = second.send("Hello")
        wait_for(lambda: waiting.message.queue)
        second.stop()
        assert (waiting.status, waiting.stop_reason, waiting.message.queue) == ("complete", "stopped", None)
        wait_for(lambda: len(gateway.shared.streams) == 1)
        first.stop()
        assert source.calls == 1


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"tokens": "ada=s3cret"}, "auth", "The token isn't one that the gateway knows."),
        ({"max_message": 10}, "too_large", "A message has 24 characters, and 10 are allowed. Shorten it."),
        ({"max_body": 20}, "too_large", "Shorten the message, or clear the chat"),
    ],
)
def test_a_refusal_is_read_in_the_gateways_words(settings: dict[str, Any], kind: str, words: str) -> None:
    with Gateway(hello, **settings) as gateway:
        reply = chat(gateway, token="wrong").send("A question that is long.").result(20)
    assert reply.error is not None
    assert (reply.error.kind, reply.error.retryable) == (kind, False)
    assert words in reply.error.message


def test_a_full_queue_is_waited_for_with_the_gateways_own_seconds() -> None:
    with Gateway(slow, limit=1, queue=0) as gateway:
        first, second = chat(gateway), chat(gateway)
        running = first.send("Hello")
        wait_for(lambda: running.text)
        waiting = second.send("Hello")
        retry = wait_for(lambda: waiting.message.retry)
        assert retry.failure.kind == "rate_limit"
        assert retry.seconds == retry.failure.retry_after > 0
        assert "Too many people are waiting." in retry.failure.message
        first.stop()
        second.stop()


def test_a_gateway_that_restarts_is_tried_again() -> None:
    with Gateway(hello) as gateway:
        gateway.shared.draining = True
        waiting = chat(gateway).send("Hello")
        retry = wait_for(lambda: waiting.message.retry)
        assert (retry.failure.kind, retry.seconds) == ("overloaded", 5)
        gateway.shared.draining = False
        assert waiting.result(20).text == "Hello."
