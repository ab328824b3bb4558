"""Streams that need no SDK: dicts, strings, one's own, and what is refused."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from expect import ask, assert_scripted, draw, thinking
from scripted import anthropic_events, completion_chunks, ollama_parts, response_events

from ipytalk import Chat, show

OURS = [
    {"type": "stream_start", "model": "hive"},
    {"type": "thinking", "text": "Hm. "},
    {"type": "thinking", "text": "Bees."},
    {"type": "text", "text": "Bees "},
    {"type": "waggle", "angle": 30},
    {"type": "text", "text": "*dance*."},
    {"type": "stream_end", "usage": {"input_tokens": 12, "output_tokens": 7}, "metrics": {"ttft_ms": 287}},
]


@pytest.mark.parametrize(
    ("chunks", "model", "cached"),
    [
        (anthropic_events(), "claude-test", 10),
        (completion_chunks(), "gpt-test", 10),
        (response_events(), "gpt-test", 10),
        (ollama_parts(), "bee", None),
        (OURS, "hive", None),
    ],
    ids=["anthropic", "chat completions", "responses", "ollama", "ours"],
)
def test_each_wire_format_is_known_as_plain_dicts(chunks: list[Any], model: str, cached: int | None) -> None:
    assert_scripted(draw(chunks), model=model, cached=cached)


def test_litellm_chunks_may_say_null_anywhere() -> None:
    def chunk(finish: str | None = None, **delta: Any) -> Any:
        full = {"content": None, "reasoning_content": None, "role": None, **delta}
        return SimpleNamespace(
            model="m", choices=[SimpleNamespace(delta=SimpleNamespace(**full), finish_reason=finish)]
        )

    usage = SimpleNamespace(prompt_tokens=12, completion_tokens=7, prompt_tokens_details=None)
    tail = SimpleNamespace(model="m", choices=[], usage=usage)
    thoughts = [chunk(reasoning_content="Hm. "), chunk(reasoning_content="Bees.")]
    assert_scripted(
        draw([*thoughts, chunk(content="Bees "), chunk(content="*dance*."), chunk("stop"), tail]), model="m"
    )


@pytest.mark.parametrize(
    "chunks",
    [anthropic_events()[:-1], completion_chunks(None), response_events()[:-1], ollama_parts()[:-1]],
    ids=["anthropic", "chat completions", "responses", "ollama"],
)
def test_a_stream_without_its_own_end_is_cut_off(chunks: list[Any]) -> None:
    reply = draw(chunks)
    assert reply.text == "Bees *dance*."
    assert reply.error is not None
    assert (reply.error.kind, reply.error.retryable) == ("truncated", True)


@pytest.mark.parametrize(
    ("chunk", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "overloaded"),
        ({"type": "error", "code": "server_error", "message": "Broken", "sequence_number": 3}, "server"),
        ({"type": "response.failed", "response": {"error": {"code": "server_error", "message": "No"}}}, "server"),
        ({"choices": [], "error": {"message": "upstream died"}}, "server"),
        ({"error": {"message": "upstream died", "type": "overloaded_error"}}, "overloaded"),
    ],
)
def test_an_error_in_the_stream_keeps_what_came(chunk: Any, kind: str) -> None:
    reply = draw(["Bees ", chunk])
    assert reply.text == "Bees "
    assert reply.error is not None
    assert reply.error.kind == kind


@pytest.mark.parametrize(
    ("chunk", "words"),
    [
        (7, ["type int", "strings"]),
        (None, ["NoneType"]),
        (b"Bees", ["bytes", "Decode", "SSE(url)"]),
        ({"txt": "Bees"}, ["dict", "'txt'", '"type": "text"']),
        (object(), ["type object", "known SDK"]),
    ],
)
def test_an_unknown_chunk_ends_in_a_sentence(chunk: Any, words: list[str]) -> None:
    reply = draw(["Bees ", chunk])
    assert reply.text == "Bees "
    assert reply.error is not None
    assert reply.error.kind == "chunk"
    assert all(word in reply.error.message for word in words)
    assert " a int" not in reply.error.message


@pytest.mark.parametrize("value", [7, None, b"Bees", {"type": "text"}])
def test_a_source_that_returns_no_stream_ends_in_a_sentence(value: Any) -> None:
    reply = ask(lambda _: value)
    assert reply.error is not None
    assert "type " in reply.error.message or "nothing (None)" in reply.error.message
    assert "can't be streamed" in reply.error.message


# --- however it comes ---


async def words() -> Any:
    yield "Bees "
    await asyncio.sleep(0)
    yield "*dance*."


@asynccontextmanager
async def opened() -> AsyncGenerator[Any]:
    yield words()


@contextmanager
def opened_plainly() -> Generator[Any]:
    yield iter(["Bees ", "*dance*."])


async def awaited() -> Any:
    return words()


async def awaited_list() -> Any:
    return ["Bees ", "*dance*."]


WAYS = {
    "async iterator": words,
    "async context manager": opened,
    "context manager": opened_plainly,
    "awaitable of an async iterator": awaited,
    "awaitable of a list": awaited_list,
    "iterator": lambda: iter(["Bees ", "*dance*."]),
    "generator": lambda: (word for word in ["Bees ", "*dance*."]),
    "list": lambda: ["Bees ", "*dance*."],
    "string": lambda: "Bees *dance*.",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_source_may_return_it_and_show_may_be_given_it(way: Any) -> None:
    assert ask(lambda _: way()).text == "Bees *dance*."

    async def cell() -> str:
        return (await show(way())).text

    assert asyncio.run(cell()) == "Bees *dance*."


def test_thinking_is_no_text() -> None:
    reply = draw(OURS)
    assert thinking(reply) not in reply.text


def test_importing_ipytalk_imports_no_sdk() -> None:
    code = (
        "import sys, ipytalk, ipytalk.sources\n"
        "sdks = {'anthropic', 'openai', 'ollama', 'langchain_core', 'pydantic_ai', 'chatlas', 'httpx2', 'pandas'}\n"
        "print(sorted(sdks & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_source_is_given_the_conversation() -> None:
    heard: list[list[str]] = []

    def source(messages: Any) -> list[str]:
        heard.append([message.text for message in messages])
        return ["Yes."]

    chat = Chat(source)
    chat.send("One?").result(10)
    chat.send("Two?").result(10)
    assert heard == [["One?"], ["One?", "Yes.", "Two?"]]
