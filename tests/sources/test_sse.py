"""The client for streaming back ends: framing, bytes split anywhere, and how answers end."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import httpx2
import pytest
from expect import ask, assert_scripted, thinking
from scripted import ScriptedServer, anthropic_events, completion_chunks, sse

from ipytalk import Chat, Reply
from ipytalk.events import End, Event, Start, Text
from ipytalk.messages import Message, TextPart, Usage
from ipytalk.sources import SSE

URL = "http://hive.test/v1/chat/stream"
EVENT_STREAM = {"content-type": "text/event-stream"}


class Bytes(httpx2.AsyncByteStream):
    """A body in exactly these pieces."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self.closed = False

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        self.closed = True


def back_end(*pieces: bytes, status: int = 200, headers: dict[str, str] = EVENT_STREAM, **options: Any) -> SSE:
    """An SSE source whose back end answers in exactly these pieces."""

    def respond(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, headers=headers, stream=Bytes(pieces))

    return SSE(URL, http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(respond)), **options)


def events(source: SSE) -> list[Event]:
    question = Message(id="m0", role="user", parts=(TextPart("?"),), status="sent")

    async def read() -> list[Event]:
        return [event async for event in source((question,))]

    return asyncio.run(read())


def frames(*data: Any, newline: str = "\n", between: str = "") -> bytes:
    """Frames as a back end writes them: only ``data:`` lines, and perhaps something `between`."""
    lines = [f"data: {each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}" for each in data]
    return "".join(f"{between}{line}{newline}{newline}" for line in lines).encode()


# The transcript's shape: a start, tokens, an end with figures, and the sentinel.
TOKENS = ["Die", " Bienen", " tänzeln", " 🐝", "\n\n", "```\n", "\r\n", "\u2028", " «süß» ", "蜂"]
END = {"type": "stream_end", "usage": {"input_tokens": 12, "output_tokens": 3}, "metrics": {"ttft_ms": 287}}
TRANSCRIPT = [
    {"type": "stream_start", "model": "hive-1"},
    *({"type": "text", "text": text} for text in TOKENS),
    END,
    "[DONE]",
]
EXPECTED = [Start("hive-1"), *map(Text, TOKENS), End(None, Usage(12, 3))]


HEARTBEAT = ": heartbeat\n\n"
UNKNOWN = 'event: waggle\ndata: {"type": "waggle"}\n\n'


@pytest.mark.parametrize(
    ("newline", "between"), [("\n", ""), ("\n", UNKNOWN), ("\r\n", HEARTBEAT), ("\r", "retry: 10\n")]
)
def test_a_transcript_split_at_each_byte_is_read_exactly(newline: str, between: str) -> None:
    body = frames(*TRANSCRIPT, newline=newline, between=between.replace("\n", newline))
    for place in range(len(body) + 1):
        assert events(back_end(body[:place], body[place:])) == EXPECTED
    assert events(back_end(*(body[place : place + 1] for place in range(len(body))))) == EXPECTED


@pytest.mark.parametrize("seed", range(60))
def test_any_framing_that_the_standard_allows_gives_the_same_text(seed: int) -> None:
    rng = random.Random(seed)
    alphabet = [
        "bee",
        " ",
        "\n",
        "\r\n",
        '"',
        "\\",
        "🐝",
        "ä",
        ":",
        "data: ",
        "[DONE]",
        "\x00",
        "\x85",
        "\u2028",
        "{",
        "}",
    ]
    texts = ["".join(rng.choices(alphabet, k=rng.randint(1, 6))) for _ in range(rng.randint(1, 30))]
    body = b""
    for data in [*({"type": "text", "text": text} for text in texts), END, "[DONE]"]:
        newline = rng.choice(["\n", "\r\n", "\r"])
        written = (
            data
            if isinstance(data, str)
            else json.dumps(data, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))
        )
        colon = rng.choice(["data:", "data: "])
        lines = [colon + line for line in written.split("\n")]
        for noise in (": ping", ":", "event: message", "id: 7", "retry: 5", "unknown: field", "unknown"):
            if rng.random() < 0.2:
                lines.insert(rng.randint(0, len(lines)), noise)
        body += (newline.join(lines) + newline * rng.randint(2, 3)).encode()
    cuts = sorted(rng.choices(range(len(body) + 1), k=rng.randint(0, 40)))
    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    read = events(back_end(*pieces))
    assert "".join(event.text for event in read if isinstance(event, Text)) == "".join(texts)
    assert read[-1] == End(None, Usage(12, 3))


def test_the_history_headers_and_token_are_posted() -> None:
    with ScriptedServer() as server:
        source = SSE(f"{server.url}/chat", token="t-secret", headers={"x-hive": "7"}, body={"system": "Be terse."})
        chat = Chat(source)
        for answer in ("Hello.", "Yes."):
            server.play(frames({"type": "text", "text": answer}, "[DONE]"))
            assert chat.send(f"Say {answer}").result(10).text == answer
        asked = server.asked[-1]
    assert asked.path == "/chat"
    assert asked.body == {
        "messages": [
            {"role": "user", "content": "Say Hello."},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "Say Yes."},
        ],
        "system": "Be terse.",
    }
    assert asked.headers["authorization"] == "Bearer t-secret"
    assert asked.headers["x-hive"] == "7"
    assert asked.headers["accept"] == "text/event-stream"
    assert "t-secret" not in repr(source)
    assert "t-secret" not in json.dumps(chat.get_state(), default=str)


def test_usage_and_model_reach_the_reply() -> None:
    reply = ask(back_end(frames(*TRANSCRIPT)))
    assert reply.text == "".join(TOKENS)
    assert reply.message.model == "hive-1"
    assert reply.usage == Usage(12, 3)
    assert reply.status == "complete"


def test_thinking_is_kept_apart() -> None:
    reply = ask(back_end(frames({"type": "thinking", "text": "Hm."}, {"type": "text", "text": "Yes."}, "[DONE]")))
    assert (thinking(reply), reply.text) == ("Hm.", "Yes.")


@pytest.mark.parametrize("last", [[END], ["[DONE]"], [END, "[DONE]"]])
def test_stream_end_or_done_alone_is_an_end(last: list[Any]) -> None:
    assert ask(back_end(frames({"type": "text", "text": "Yes."}, *last))).error is None


@pytest.mark.parametrize("cut", [0, 1, 20])
def test_an_end_without_either_is_a_fault_that_keeps_the_text(cut: int) -> None:
    body = frames({"type": "text", "text": "Yes"}, {"type": "text", "text": " and no more"})
    reply = ask(back_end(body[: len(body) - cut]))
    assert reply.text.startswith("Yes")
    assert reply.error is not None
    assert (reply.error.kind, reply.error.retryable) == ("truncated", True)


def test_an_error_in_the_stream_keeps_the_text_and_says_when_to_come_back() -> None:
    error = {"type": "error", "code": 429, "message": "Please wait.", "retryable": True, "retry_after_seconds": 10}
    reply = ask(back_end(frames({"type": "text", "text": "Yes"}, error, "[DONE]")))
    assert reply.text == "Yes"
    assert reply.error is not None
    assert (reply.error.kind, reply.error.message) == ("rate_limit", "Please wait.")
    assert (reply.error.retryable, reply.error.retry_after) == (True, 10)


def test_an_error_before_the_text_is_tried_again() -> None:
    with ScriptedServer() as server:
        error = {"type": "error", "code": 503, "message": "Full.", "retryable": True, "retry_after_seconds": 0}
        server.play(frames(error, "[DONE]"))
        server.play(frames({"type": "text", "text": "Yes."}, "[DONE]"))
        assert Chat(SSE(server.url)).send("?").result(10).text == "Yes."


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (
            lambda: back_end(b'{"detail": "who are you?"}', status=401, headers={"content-type": "application/json"}),
            "auth",
        ),
        (lambda: back_end(b"slow down", status=429, headers={"retry-after": "7"}), "rate_limit"),
        (lambda: back_end(b"<html>", headers={"content-type": "text/html"}), "protocol"),
        (lambda: back_end(b"", status=307, headers={"location": "/login"}), "protocol"),
        (lambda: back_end(frames("{half")), "protocol"),
        (lambda: SSE("http://127.0.0.1:9/none"), "connection"),
    ],
)
def test_what_goes_wrong_before_the_stream_is_said(source: Callable[[], SSE], kind: str) -> None:
    reply = ask(source())
    assert reply.error is not None
    assert reply.error.kind == kind


@pytest.mark.parametrize(
    ("relayed", "model"), [(sse(*anthropic_events()), "claude-test"), (sse(*completion_chunks(), "[DONE]"), "gpt-test")]
)
def test_a_relayed_api_is_read_too(relayed: bytes, model: str) -> None:
    assert_scripted(ask(back_end(relayed)), model=model, cached=10)


def test_a_stop_ends_the_connection() -> None:
    body = Bytes([])

    class Endless(Bytes):
        async def __aiter__(self) -> AsyncGenerator[bytes]:
            yield frames({"type": "text", "text": "Yes"})
            await asyncio.sleep(60)

    body = Endless([])

    def respond(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=EVENT_STREAM, stream=body)

    async def read() -> None:
        stream = SSE(URL, http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(respond)))(())
        assert await anext(stream) == Text("Yes")
        await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(read())
    assert body.closed


@pytest.mark.parametrize("end", [b"", b"zz\r\n"], ids=["closed", "garbled"])
@pytest.mark.parametrize("last", [["[DONE]"], [END], [END, "[DONE]"]], ids=["DONE", "stream_end", "both"])
def test_an_answer_that_said_its_end_is_whole_however_the_response_breaks_off(last: list[Any], end: bytes) -> None:
    reply = answer_over_a_socket(frames({"type": "text", "text": "Bees *dance*."}, *last), end)
    assert (reply.status, reply.text) == ("complete", "Bees *dance*.")


@pytest.mark.parametrize(
    "said",
    [
        frames({"type": "text", "text": "Bees"}),
        frames(END, {"type": "text", "text": "Bees"}),
        sse(*anthropic_events()[:-1]),
        sse(*completion_chunks()[:-3]),
    ],
    ids=["no end", "text behind it", "no message_stop", "no finish_reason"],
)
def test_an_answer_that_did_not_is_cut_off(said: bytes) -> None:
    reply = answer_over_a_socket(said, b"")
    assert reply.text
    assert reply.error is not None
    assert reply.error.retryable


def answer_over_a_socket(said: bytes, end: bytes) -> Reply:
    """What a chat makes of a response whose last chunk is `said`, and whose connection closes after `end`."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(head + b"%x\r\n%b\r\n" % (len(said), said) + end)

        serving = threading.Thread(target=serve)
        serving.start()
        reply = Chat(SSE(f"http://127.0.0.1:{listening.getsockname()[1]}/chat")).send("How?").result(20)
        serving.join()
    return reply
