"""What a source did is written down, and plays back the same."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from expect import ask, assert_scripted, thinking
from scripted import ScriptedServer, anthropic_events, completion_chunks, response_events, sse

from ipytalk import Chat, SourceError, show
from ipytalk.events import End, Error, Event, Start, Text, Thinking
from ipytalk.messages import Failure, Usage
from ipytalk.sources import Replay, record

KEY = "sk-ant-api03-verysecretindeed1234"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talk.jsonl"


async def timed(source: Any, messages: Any = ()) -> list[tuple[float, Event]]:
    start = time.monotonic()
    return [(time.monotonic() - start, event) async for event in source(messages)]


SPOKEN: list[Event] = [
    Start("hive"),
    Thinking("Hm. "),
    *(Text(word) for word in ("Bees ", "🐝 ", "*dänce*", ".", "\n", "\n", "Or ", "they ", "do ", "not", ".")),
    End("end_turn", Usage(12, 7, 10, 0)),
]


async def slow(_: Any) -> Any:
    for event in SPOKEN:
        await asyncio.sleep(0.02)
        yield event
    await asyncio.sleep(0.05)


def test_the_same_events_come_back_at_the_same_times(path: Path) -> None:
    best = 1.0
    for _ in range(8):  # on a loaded machine a sleeper wakes late now and then, whatever was recorded
        live = asyncio.run(timed(record(slow, path)))
        replayed = asyncio.run(timed(Replay(path)))
        assert [event for _, event in live] == [event for _, event in replayed] == SPOKEN
        best = min(best, median(abs(a - b) for (a, _), (b, _) in zip(live, replayed, strict=True)))
        if best < 0.005:
            break
    assert best < 0.005


def test_the_silence_at_the_end_is_kept(path: Path) -> None:
    asyncio.run(timed(record(slow, path)))
    start = time.monotonic()
    asyncio.run(timed(Replay(path)))
    assert time.monotonic() - start >= len(SPOKEN) * 0.02 + 0.05 - 0.002


def test_a_failure_comes_back_with_its_words_and_what_came_before(path: Path) -> None:
    def source(_: Any) -> Iterator[str]:
        yield "Bees "
        raise SourceError("The hive is full. Come back later.", kind="overloaded", retryable=True, retry_after=9)

    live = ask(record(source, path))
    replayed = ask(Replay(path))
    assert (live.text, live.error) == (replayed.text, replayed.error)
    assert replayed.error == Failure("overloaded", "The hive is full. Come back later.", True, 9)


def test_a_stream_that_was_cut_off_is_cut_off_again(path: Path) -> None:
    def source(_: Any) -> Any:
        return anthropic_events()[:-3]

    live = ask(record(source, path))
    replayed = ask(Replay(path))
    assert live.error == replayed.error
    assert replayed.error is not None
    assert replayed.error.kind == "truncated"


def test_each_turn_and_each_try_is_its_own_answer(path: Path) -> None:
    answers = iter([SourceError("Busy.", retryable=True, retry_after=0), "One.", "Two."])

    def source(_: Any) -> list[str]:
        answer = next(answers)
        if isinstance(answer, SourceError):
            raise answer
        return [answer]

    def talk(source: Any) -> list[str]:
        chat = Chat(source)
        return [chat.send(question).result(10).text for question in ("One?", "Two?")]

    assert talk(record(source, path)) == ["One.", "Two."]
    replay = Replay(path)
    assert talk(replay) == ["One.", "Two."]
    assert talk(replay) == ["One.", "Two."]
    kinds = [json.loads(line)[1] for line in path.read_text("utf-8").splitlines() if line]
    assert sum(data is not None and data["type"] == "error" for data in kinds) == 1


def test_a_stopped_answer_keeps_what_came(path: Path) -> None:
    async def endless(_: Any) -> Any:
        yield "Bees "
        await asyncio.sleep(60)

    reply = Chat(record(endless, path)).send("?")
    while not reply.text:
        time.sleep(0.005)
    reply.stop()
    deadline = time.monotonic() + 5
    while "Bees" not in path.read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ask(Replay(path)).text == "Bees "


def test_a_stream_in_hand_is_recorded_too(path: Path) -> None:
    async def cell() -> str:
        return (await show(record(anthropic_events(), path))).text

    assert asyncio.run(cell()) == "Bees *dance*."
    assert_scripted(ask(Replay(path, speed=None)), model="claude-test", cached=10)


def test_keys_and_headers_and_questions_are_not_recorded(path: Path) -> None:
    with ScriptedServer() as server:
        client = AsyncAnthropic(base_url=server.url, api_key=KEY, default_headers={"x-tenant": "hive-7"}, max_retries=0)

        def source(messages: Any) -> Any:
            asked: Any = [{"role": "user", "content": messages[-1].text}]
            return client.messages.create(model="claude-test", max_tokens=9, messages=asked, stream=True)

        server.play(sse(*anthropic_events()))
        said = {"type": "error", "error": {"type": "authentication_error", "message": f"invalid key {KEY}"}}
        server.play(json.dumps(said).encode(), status=401, content_type="application/json")
        chat = Chat(record(source, path))
        chat.send("the secret question").result(10)
        assert chat.send("again").result(10).error is not None
    written = path.read_text("utf-8")
    assert "*dance*" in written
    assert '"auth"' in written
    for secret in (KEY, KEY[7:], "hive-7", "secret question"):
        assert secret not in written


# --- captures ---


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("capture", "model"),
    [
        (sse(*anthropic_events()), "claude-test"),
        (sse(*completion_chunks(), "[DONE]"), "gpt-test"),
        (sse(*response_events()), "gpt-test"),
    ],
    ids=["anthropic", "chat completions", "responses"],
)
def test_a_raw_capture_of_an_api_plays(tmp_path: Path, capture: bytes, model: str, newline: str) -> None:
    path = tmp_path / "answer.sse"
    path.write_bytes(capture.replace(b"\n", newline.encode()))
    assert_scripted(ask(Replay(path, speed=None)), model=model, cached=10)
    headers = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    path.write_bytes(headers.encode() + capture)  # curl --include
    assert_scripted(ask(Replay(path, speed=None)), model=model, cached=10)


@pytest.mark.parametrize(
    ("capture", "kind"),
    [
        (sse(*anthropic_events()[:-1]), "truncated"),
        (sse(*anthropic_events())[:-60], "truncated"),
        (
            sse(*anthropic_events()[:-2], {"type": "error", "error": {"type": "overloaded_error", "message": "!"}}),
            "overloaded",
        ),
    ],
)
def test_a_capture_that_ends_early_ends_early(tmp_path: Path, capture: bytes, kind: str) -> None:
    path = tmp_path / "answer.sse"
    path.write_bytes(capture)
    reply = ask(Replay(path, speed=None))
    assert (reply.text, thinking(reply)) == ("Bees *dance*.", "Hm. Bees.")
    assert reply.error is not None
    assert reply.error.kind == kind


def test_a_line_that_is_no_recording_is_named(path: Path) -> None:
    path.write_text('[0.0, {"type": "text", "text": "a"}]\nnonsense\n', "utf-8")
    with pytest.raises(ValueError, match=r"talk\.jsonl, line 2"):
        Replay(path)


def test_an_unknown_event_is_passed_over(path: Path) -> None:
    path.write_text('[0.0, {"type": "text", "text": "a"}]\n[0.1, {"type": "waggle"}]\n', "utf-8")
    assert ask(Replay(path)).text == "a"


def test_100_000_tokens_take_less_than_two_seconds_of_cpu(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(100_000):
            file.write(f'[{number / 100}, {{"type": "text", "text": "bee {number % 10}"}}]\n')
    replay = Replay(path, speed=None)
    before = time.process_time()
    reply = Chat(replay).send("?").result(30)
    cost = time.process_time() - before
    assert len(reply.text) == 500_000
    assert cost < 2, f"{cost:.2f} s"


def test_errors_are_events_of_a_list_as_well() -> None:
    failure = Failure("overloaded", "Full.", retryable=False)
    reply = ask(Replay([(0.0, Text("a")), (0.01, Error(failure))]))
    assert (reply.text, reply.error) == ("a", failure)
