"""What is left of an answer when its chat, its thread or its interpreter ends: nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Widget
from waiting import wait_for

from ipytalk import Chat, Reply, _engine
from ipytalk.sources import Claude
from servers.messages import (
    MESSAGE_STOP,
    Cut,
    Gate,
    MessagesServer,
    answer,
    block_start,
    block_stop,
    delta,
    message_delta,
    message_start,
    stream,
)

SRC = Path(__file__).parents[2] / "src"


def claude(server: MessagesServer) -> Claude:
    return Claude(base_url=server.url, api_key="sk-test")


# --- the upstream work ends with the answer ---

END: dict[str, Callable[[Chat, Reply], object]] = {
    "chat.stop()": lambda chat, _: chat.stop(),
    "reply.stop()": lambda _, reply: reply.stop(),
    "chat.close()": lambda chat, _: chat.close(),
    "chat.clear()": lambda chat, _: chat.clear(),
    "chat.retry()": lambda chat, _: chat.retry(),
    "Widget.close_all()": lambda _, __: Widget.close_all(),
}


@pytest.mark.parametrize("place", ["request", "start", "word"])
@pytest.mark.parametrize("end", END.values(), ids=END.keys())
def test_the_server_sees_the_connection_close(
    end: Callable[[Chat, Reply], object], place: str, server: MessagesServer
) -> None:
    server.hold(place)
    chat = Chat(claude(server))
    reply = chat.send("Hello")
    wait_for(lambda: reply.text if place == "word" else server.requests)
    end(chat, reply)
    server.wait_for(lambda: server.requests[0].closed)
    chat.close()


def test_a_closed_chat_is_garbage_even_if_it_was_closed_in_mid_answer() -> None:
    async def endless(messages: Any) -> AsyncIterator[str]:
        yield "one"
        await asyncio.sleep(60)

    def close_in_mid_answer() -> weakref.ref[Chat]:
        chat = Chat(endless)
        reply = chat.send("Hello")
        wait_for(lambda: reply.text)
        chat.close()
        return weakref.ref(chat)

    def is_gone() -> bool:
        gc.collect()
        return gone() is None

    gone = close_in_mid_answer()
    wait_for(is_gone)


def test_a_plain_generator_is_closed_as_soon_as_it_yields_again() -> None:
    go, closed = threading.Event(), threading.Event()

    def source(messages: Any) -> Iterator[str]:
        try:
            yield "one"
            go.wait(20)
            yield "two"
        finally:
            closed.set()

    chat = Chat(source)
    reply = chat.send("Hello")
    wait_for(lambda: reply.text)
    chat.stop()
    assert (reply.status, reply.text) == ("complete", "one")
    go.set()
    assert closed.wait(20)
    assert reply.text == "one"


def test_nothing_that_a_stopped_source_still_says_is_heard() -> None:
    async def stubborn(messages: Any) -> AsyncIterator[str]:
        yield "one"
        for _ in range(3):
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError:  # noqa: PERF203  # it is what a stubborn source does
                yield " more"

    chat = Chat(stubborn)
    reply = chat.send("Hello")
    wait_for(lambda: reply.text)
    chat.stop()
    again = chat.send("Hello")
    wait_for(lambda: again.text)
    chat.stop()
    assert [message.text for message in chat.messages] == ["Hello", "one", "Hello", "one"]


# --- a source that blocks the engine's thread ---


def test_stop_and_other_chats_work_while_a_source_blocks_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_engine, "_engine", None)  # one of its own, that no timer of an earlier test keeps
    monkeypatch.setattr(_engine, "STUCK", 0.2)
    go = threading.Event()

    async def blocks(messages: Any) -> AsyncIterator[str]:
        yield "one"
        go.wait(20)  # not awaited: the whole loop stands still
        yield " two"

    chat = Chat(blocks)
    reply = chat.send("Hello")
    wait_for(lambda: reply.text)
    stuck = _engine.get_engine()
    chat.stop()
    assert (reply.status, reply.stop_reason, reply.text) == ("complete", "stopped", "one")
    assert reply.result(0) is reply

    wait_for(lambda: not stuck.usable)

    def fine(messages: Any) -> list[str]:
        return ["fine"]

    assert Chat(fine).send("Hello").result(20).text == "fine"
    assert chat.messages[-1].text == "one"
    go.set()
    wait_for(lambda: not stuck.alive)  # its thread ends when the source lets it go
    assert chat.messages[-1].text == "one"
    assert Chat(fine).send("Hello").result(20).text == "fine"


# --- an interpreter that exits in mid-answer ---

EXITS = {
    "while an answer streams": """
chat = Chat(Claude(base_url=URL, api_key="sk-test"))
reply = chat.send("Hello")
while not reply.text:
    time.sleep(0.01)
""",
    "while the SDK is imported": """
Chat(Claude(base_url=URL, api_key="sk-test")).send("Hello")
""",
    "while a plain generator blocks": """
def source(messages):
    yield "one"
    time.sleep(60)
reply = Chat(source).send("Hello")
while not reply.text:
    time.sleep(0.01)
""",
    "while an async source blocks the thread": """
async def source(messages):
    yield "one"
    time.sleep(60)
reply = Chat(source).send("Hello")
while not reply.text:
    time.sleep(0.01)
""",
    "while others wait their turn": """
async def source(messages):
    yield "one"
    await asyncio.sleep(60)
chat = Chat(source)
replies = [chat.send("Hello") for _ in range(3)]
while not replies[0].text:
    time.sleep(0.01)
""",
    "while it waits for the next try": """
def source(messages):
    raise ipytalk.SourceError("Not now.", retryable=True, retry_after=60)
reply = Chat(source).send("Hello")
while not reply.message.retry:
    time.sleep(0.01)
""",
}


@pytest.mark.parametrize("ending", EXITS.values(), ids=EXITS.keys())
def test_an_interpreter_exits_in_silence(ending: str, server: MessagesServer) -> None:
    server.hold()
    code = f"""
import asyncio
import time
import ipytalk
from ipytalk import Chat
from ipytalk.sources import Claude
URL = {server.url!r}
{ending}
"""
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SRC)}, capture_output=True, timeout=50, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
    for request in server.requests:
        server.wait_for(lambda request=request: request.over)


def test_an_answer_that_the_interpreters_end_cuts_off_has_failed_and_not_been_stopped(server: MessagesServer) -> None:
    server.hold()
    code = f"""
import atexit, time
atexit.register(lambda: print(reply.status, reply.text, reply.error.message, sep="|"))
from ipytalk import Chat
from ipytalk.sources import Claude
chat = Chat(Claude(base_url={server.url!r}, api_key="sk-test"))
reply = chat.send("Hello")
while not reply.text:
    time.sleep(0.01)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SRC)}, capture_output=True, timeout=50, check=True
    )
    assert run.stdout.decode() == "error|**Hello**|The answer was cut off when its kernel ended.\n"


# --- many answers ---


def several(server: MessagesServer) -> list[Callable[..., Any]]:
    """Sources of every kind that end in every way."""

    async def tells(messages: Any) -> AsyncIterator[str]:
        yield "one "
        yield "two"

    def tells_plainly(messages: Any) -> Iterator[str]:
        yield "one "
        yield "two"

    async def fails(messages: Any) -> AsyncIterator[str]:
        yield "one "
        raise ValueError("no more")

    def fails_plainly(messages: Any) -> Iterator[str]:
        raise ValueError("no more")
        yield ""

    return [tells, tells_plainly, fails, fails_plainly, claude(server)]


def test_many_answers_leave_no_thread_and_no_word_behind(
    server: MessagesServer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    server.default = answer("one two")
    caplog.set_level(logging.DEBUG, logger="ipytalk")
    caplog.set_level(logging.DEBUG, logger="asyncio")
    chats = [Chat(source, retries=0) for source in several(server)]
    for chat in chats:
        chat.send("Warm up.").result(20)
    threads = wait_for_rest()
    for turn in range(60):
        for chat in chats:
            reply = chat.send(f"Turn {turn}.")
            if turn % 10 == 9:
                reply.stop()
            reply.result(20)
        if turn % 20 == 19:
            for chat in chats:
                chat.clear()
    assert wait_for_rest() <= threads
    assert sum(thread.name == "ipytalk-engine" and thread.is_alive() for thread in threading.enumerate()) >= 1
    gc.collect()
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if "never retrieved" in record.getMessage()] == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def wait_for_rest() -> set[str]:
    """Give the names of the threads that stay when no answer is made."""

    def resting() -> set[str]:
        names = {thread.name for thread in threading.enumerate()}
        return set() if names & {"ipytalk-pump", "ipytalk-call"} else names

    return wait_for(resting)


@pytest.mark.parametrize("end", [Cut.CLOSE, Cut.RESET, Gate("end")], ids=["closed", "reset", "held open"])
def test_an_answer_that_said_its_end_is_whole_whatever_becomes_of_the_connection(
    end: Any, server: MessagesServer
) -> None:
    said = (message_start(), block_start(), delta("Bees."), block_stop(), message_delta(), MESSAGE_STOP)
    server.play(stream(*said, end=end))
    server.hold("end")
    reply = Chat(claude(server)).send("Hello").result(20)
    assert (reply.status, reply.text, reply.stop_reason) == ("complete", "Bees.", "end_turn")


# --- the thread that all answers share ---


def test_an_exit_in_a_task_of_a_source_ends_its_own_answer_alone() -> None:
    async def exits() -> None:
        await asyncio.sleep(0)
        sys.exit(1)

    async def reckless(messages: Any) -> AsyncIterator[str]:
        yield "one "
        await asyncio.gather(exits())
        yield "two"

    go_on = threading.Event()

    async def patient(messages: Any) -> AsyncIterator[str]:
        yield "three "
        while not go_on.is_set():  # noqa: ASYNC110  # set by another thread
            await asyncio.sleep(0.01)
        yield "four"

    other = Chat(patient).send("Hello")
    wait_for(lambda: other.text)
    reply = Chat(reckless).send("Hello").result(10)
    go_on.set()
    assert (reply.status, reply.text) == ("error", "one ")
    assert other.result(10).text == "three four"


def test_an_engine_that_another_one_replaces_still_runs_its_timers() -> None:
    engine = _engine.Engine()
    rang = threading.Event()
    engine.call_later(0.2, rang.set)
    engine.retire()
    assert rang.wait(10)
    wait_for(lambda: not engine.alive)


def test_the_engine_does_not_doubt_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_engine, "STUCK", 0.0)
    engine = _engine.get_engine()
    found: list[bool] = []

    def look() -> None:
        engine.call(lambda: None)  # it waits for its turn, for longer than that
        found.append(_engine.get_engine() is engine)

    engine.call(look)
    wait_for(lambda: found)
    assert found == [True]
