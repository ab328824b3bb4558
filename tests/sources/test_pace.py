"""Text comes in whole words, sentences or groups, the first at once, and not faster than it should."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from expect import ask

from ipytalk import SourceError
from ipytalk.events import End, Event, Text, Thinking
from ipytalk.sources import Replay, pace, record

PIECES = ["Be", "es ", "d", "an", "ce. ", "The", "y t", "ell ", "the ", "w", "ay! ", "Mo", "re"]
TEXT = "".join(PIECES)


def pieces(source: Any) -> list[str]:
    async def read() -> list[str]:
        return [event.text async for event in source(()) if isinstance(event, Text)]

    return asyncio.run(read())


def source(_: Any) -> list[str]:
    return PIECES


def test_words_are_whole_after_the_first_piece() -> None:
    assert pieces(pace(source, "word")) == ["Be", "es ", "dance. ", "They ", "tell ", "the ", "way! ", "More"]


def test_sentences_are_whole_after_the_first_piece() -> None:
    assert pieces(pace(source, "sentence")) == ["Be", "es dance. ", "They tell the way! ", "More"]


def test_a_number_of_tokens_goes_together_after_the_first() -> None:
    assert pieces(pace(source, 4)) == ["Be", "es dance. ", "They tell the ", "way! More"]


@pytest.mark.parametrize("by", ["word", "sentence", 1, 3, 1000])
def test_nothing_is_lost_or_reordered(by: Any) -> None:
    assert ask(pace(source, by)).text == TEXT
    assert ask(pace(source, by, rate=10_000)).text == TEXT


def test_the_first_text_is_not_held_back() -> None:
    async def slow(_: Any) -> Any:
        yield "B"
        await asyncio.sleep(60)

    async def first() -> Event:
        stream = pace(slow, "sentence", rate=1)(())
        event = await anext(stream)
        await stream.aclose()
        return event

    before = time.monotonic()
    assert asyncio.run(first()) == Text("B")
    assert time.monotonic() - before < 5


def test_other_events_keep_their_place() -> None:
    given: list[Event] = [Text("a"), Text("b"), Thinking("t"), Text("c"), Text("d"), End("end_turn"), Text("e")]

    async def read() -> list[Event]:
        return [event async for event in pace(lambda _: given, "sentence")(())]  # pyright: ignore[reportUnknownLambdaType]

    assert asyncio.run(read()) == [Text("a"), Text("b"), Thinking("t"), Text("cd"), End("end_turn"), Text("e")]


def test_what_was_held_comes_before_the_failure() -> None:
    def failing(_: Any) -> Any:
        yield from ["a", "b", "c"]
        raise SourceError("Full.", kind="overloaded")

    reply = ask(pace(failing, "sentence"))
    assert reply.text == "abc"
    assert reply.error is not None
    assert reply.error.kind == "overloaded"


def test_a_text_without_an_end_is_not_held_for_ever() -> None:
    assert max(map(len, pieces(pace(lambda _: ["蜂"] * 200, "word")))) <= 41  # pyright: ignore[reportUnknownLambdaType]


def test_a_rate_is_slow_motion_word_by_word() -> None:
    async def read() -> list[tuple[float, str]]:
        start = time.monotonic()
        slowed = pace(lambda _: ["one two three four five"], rate=50)  # pyright: ignore[reportUnknownLambdaType]
        return [(time.monotonic() - start, event.text) async for event in slowed(())]

    times, words = zip(*asyncio.run(read()), strict=True)
    assert words == ("one ", "two ", "three ", "four ", "five")
    assert times[-1] >= 4 / 50 - 0.005


def test_a_stop_closes_what_is_behind() -> None:
    closed: list[bool] = []

    async def endless(_: Any) -> Any:
        try:
            while True:
                yield "bee "
        finally:
            closed.append(True)

    async def read() -> None:
        stream = pace(endless, rate=1000)(())
        await anext(stream)
        await stream.aclose()
        assert closed == [True]

    asyncio.run(read())


def test_it_goes_around_other_wrappers(tmp_path: Any) -> None:
    path = tmp_path / "talk.jsonl"
    assert ask(record(pace(source, "sentence"), path)).text == TEXT
    assert ask(pace(Replay(path), 2, rate=1000)).text == TEXT


@pytest.mark.parametrize("by", ["letter", 0, -1, None])
def test_a_wrong_piece_says_what_is_right(by: Any) -> None:
    with pytest.raises(ValueError, match='"sentence" or a number'):
        pace(source, by)
