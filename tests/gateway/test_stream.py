"""A stream through the gateway: what stands on the wire, and what its end does to the source."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ipytalk.events import End, Start, Text, Thinking
from ipytalk.messages import Usage
from ipytalk.sources import Replay
from servers.gateway import Counted, Gateway

TEXT = "Bees *dance* to tell the way.\n\n| wo | \u2028 «süß» 蜂 |\n\n```\n🐝 data: [DONE]\n```\n"


async def long(_: Any) -> AsyncIterator[str]:
    while True:
        yield "word "
        await asyncio.sleep(0.01)


async def silent(_: Any) -> AsyncIterator[str]:
    yield "one"
    await asyncio.sleep(60)


async def paused(_: Any) -> AsyncIterator[str]:
    yield "one"
    await asyncio.sleep(0.5)
    yield "two"


async def rich(_: Any) -> AsyncIterator[Any]:
    yield Start("hive-1")
    yield End(None, Usage(input_tokens=12))
    yield Thinking("Let me see. ")
    yield Thinking("Well.")
    yield Text("They ")
    yield Text("dance.")
    yield End("end_turn", Usage(output_tokens=3))


def test_a_stream_has_the_protocols_events_in_order_and_ends_in_done() -> None:
    with Gateway(rich) as gateway:
        answer = gateway.ask()
    assert [each if isinstance(each, str) else each["type"] for each in answer.data[:1]] == ["stream_start"]
    assert answer.types == ["stream_start", "thinking", "thinking", "text", "stream_end", "[DONE]"] or (
        answer.types == ["stream_start", "thinking", "text", "stream_end", "[DONE]"]  # thinking that came at once
    )
    assert answer.events("stream_start") == [{"type": "stream_start", "model": "hive-1"}]
    assert "".join(each["text"] for each in answer.events("thinking")) == "Let me see. Well."
    assert answer.text == "They dance."
    (end,) = answer.events("stream_end")
    assert (end["usage"]["input_tokens"], end["usage"]["output_tokens"]) == (12, 3)
    assert end["stop_reason"] == "end_turn"
    assert 0 <= end["metrics"]["ttft_ms"] <= end["metrics"]["total_ms"]


def test_the_headers_keep_proxies_and_browsers_from_holding_it_back() -> None:
    with Gateway(rich) as gateway:
        headers = gateway.ask(headers={"X-Request-Id": "abc-1"}).headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"] == "abc-1"
    assert "content-encoding" not in headers


@pytest.mark.parametrize("coalesce", ["off", "word"])
@pytest.mark.parametrize("rate", [40, 2000])
def test_the_text_arrives_to_the_letter(coalesce: str, rate: float) -> None:
    with Gateway(Replay.from_text(TEXT, ttft=0.01, rate=rate), coalesce=coalesce) as gateway:
        assert gateway.ask().text == TEXT


def test_gathered_text_comes_in_whole_words() -> None:
    text = "Many words follow each other, and none of them is cut in two by the gateway. " * 3
    with Gateway(Replay.from_text(text, ttft=0.01, rate=400), coalesce="word") as gateway:
        pieces = [each["text"] for each in gateway.ask().events("text")]
    assert "".join(pieces) == text
    assert len(pieces) < len(text) / 8
    assert all(piece.endswith(" ") for piece in pieces[1:-1])


def test_a_word_whose_end_is_long_in_coming_is_shown_as_it_is() -> None:
    with Gateway(silent, coalesce="word") as gateway, gateway.asking() as reading:
        assert reading.until('"one"')


def test_silence_is_filled_with_comments() -> None:
    with Gateway(paused, heartbeat=0.1) as gateway:
        frames = gateway.ask().frames
    between = frames[next(number for number, frame in enumerate(frames) if '"one"' in frame) + 1 :]
    assert [frame for frame in between if frame.startswith(":")]
    assert all(re.fullmatch(r"data: .*|: heartbeat|", frame) for frame in frames)


def test_a_request_that_waits_hears_its_position_and_heartbeats() -> None:
    with Gateway(long, limit=1, heartbeat=0.1) as gateway, gateway.asking() as first:
        first.until("word")
        with gateway.asking() as second:
            assert second.frame() == 'data: {"type":"queued","position":1,"estimated_wait_seconds":null}'
            assert second.until(": heartbeat")
            first.response.close()
            assert [frame for frame in second.until("word") if '"stream_start"' in frame]


def test_a_client_that_leaves_cancels_the_upstream() -> None:
    source = Counted(long)
    with Gateway(source) as gateway:
        with gateway.asking() as reading:
            reading.until("word")
            assert not source.left.is_set()
        assert source.left.wait(10)


def test_a_client_that_leaves_the_queue_costs_no_upstream_call() -> None:
    source = Counted(long)
    with Gateway(source, limit=1) as gateway, gateway.asking() as first:
        first.until("word")
        with gateway.asking() as second:
            second.until("queued")
        with gateway.asking() as third:  # it has the place in the queue that the second left
            assert '"position":1' in third.until("queued")[-1]
        assert source.calls == 1


def test_a_silent_source_ends_in_an_error_and_done() -> None:
    source = Counted(silent)
    with Gateway(source, idle_timeout=0.2) as gateway:
        answer = gateway.ask()
        assert source.left.wait(10)
    assert answer.types == ["stream_start", "text", "error", "[DONE]"]
    assert (answer.error["code"], answer.error["retryable"]) == ("timeout", True)


def test_a_client_that_reads_nothing_holds_its_source_up_and_then_loses_its_place() -> None:
    said: list[int] = []

    async def torrent(_: Any) -> AsyncIterator[str]:
        for number in range(100_000):
            said.append(number)
            yield "word " * 200

    source = Counted(torrent)
    with Gateway(source, stall_timeout=0.5) as gateway, gateway.asking():
        assert source.left.wait(20)
    assert len(said) < 50_000


def test_a_source_that_never_awaits_lets_others_have_their_turn() -> None:
    stop: list[bool] = []

    async def busy(messages: Any) -> AsyncIterator[str]:
        if messages[-1].text == "short":
            yield "short"
            return
        while not stop:
            yield ""

    with Gateway(busy) as gateway, gateway.asking("busy"):
        assert gateway.ask("short").text == "short"
        stop.append(True)


def test_a_stream_is_registered_only_while_it_runs() -> None:
    with Gateway(rich) as gateway:
        gateway.ask()
        deadline = time.monotonic() + 10
        while gateway.shared.streams:
            assert time.monotonic() < deadline
            time.sleep(0.01)
