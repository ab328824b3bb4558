"""Requests that are refused: with a sentence, and before they cost anything."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from servers.gateway import PATH, Answer, Counted, Gateway, body

TOKEN = "s3cret-s3cret"
HELLO = {"role": "user", "content": "Hello"}


async def hello(_: Any) -> AsyncIterator[str]:
    yield "Hello."


@pytest.fixture
def source() -> Counted:
    return Counted(hello)


@pytest.fixture
def gateway(source: Counted) -> Iterator[Gateway]:
    limits = {"max_tokens": 100, "max_body": 5_000, "max_message": 2_000, "max_messages": 5, "body_timeout": 0.5}
    access: dict[str, Any] = {"tokens": f"ada={TOKEN}, grace=another", "origins": "https://class.example"}
    with Gateway(source, model="hive-1", models="hive-2", **limits, **access) as gateway:
        yield gateway


def post(gateway: Gateway, content: bytes | str, **headers: str) -> Answer:
    headers = {"Authorization": f"Bearer {TOKEN}", **headers}
    return gateway.post(content=content, headers=headers)


def assert_refused(answer: Answer, status: int) -> str:
    """It has this status, and a sentence in the protocol's own words; gives the sentence."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    said = json.loads(answer.frames[0])
    assert said["type"] == "error"
    assert said["message"].endswith(".")
    assert len(said["message"]) > 20
    return said["message"]


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        (b"", 400, "isn't JSON"),
        (b"\xff\xfe", 400, "isn't JSON"),
        (b'{"messages": [', 400, "isn't JSON"),
        (b"[" * 4000, 400, "isn't JSON"),
        (b'{"messages": NaN}', 400, "isn't JSON"),
        ([], 422, "The request"),
        ("Hello", 422, "The request"),
        ({}, 422, "messages is missing"),
        ({"messages": []}, 422, "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, 422, "'user' or 'assistant'"),
        ({"messages": [{"role": "user"}]}, 422, "content is missing"),
        ({"messages": [{"role": "user", "content": ""}]}, 422, "content"),
        ({"messages": [{"role": "user", "content": 7}]}, 422, "content"),
        ({"messages": [{**HELLO, "name": "ada"}]}, 422, "'messages[0].name' isn't known"),
        ({"messages": [HELLO], "stream": True}, 422, "'stream' isn't known"),
        ({"messages": [HELLO, {"role": "assistant", "content": "Hi."}]}, 422, "last message must be the user's"),
        ({"messages": [HELLO] * 6}, 413, "6 messages"),
        ({"messages": [{"role": "user", "content": "x" * 2_001}]}, 413, "2,001 characters"),
        ({"messages": [HELLO], "system": "x" * 2_001}, 413, "2,001 characters"),
        ({"messages": [{"role": "user", "content": "x" * 5_000}]}, 413, "5,000 bytes"),
        ({"messages": [HELLO], "max_tokens": 101}, 422, "100 is the most"),
        ({"messages": [HELLO], "max_tokens": 0}, 422, "max_tokens"),
        ({"messages": [HELLO], "max_tokens": "7"}, 422, "max_tokens"),
        ({"messages": [HELLO], "model": "claude-opus-5-5"}, 422, "hive-1, hive-2"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_may_not_be_asked_is_refused_with_a_sentence(
    gateway: Gateway, source: Counted, request_: Any, status: int, words: str
) -> None:
    content = request_ if isinstance(request_, bytes) else json.dumps(request_)
    assert words in assert_refused(post(gateway, content), status)
    assert source.calls == 0


def test_a_request_of_unknown_length_is_counted_as_it_comes(gateway: Gateway, source: Counted) -> None:
    pieces = (b'{"messages": "' if number == 0 else b"x" * 1000 for number in range(20))
    answer = gateway.post(content=pieces, headers={"Authorization": f"Bearer {TOKEN}"})
    assert "5,000 bytes" in assert_refused(answer, 413)
    assert source.calls == 0


def test_a_request_that_drips_is_cut_off(gateway: Gateway, source: Counted) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as slow:
        slow.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 90\r\n\r\n{{".encode()
        )
        slow.settimeout(0.1)
        said = b""
        for _ in range(100):
            try:
                while piece := slow.recv(4096):
                    said += piece
                break  # and the connection is closed
            except TimeoutError:
                slow.sendall(b" ")
    assert said.startswith(b"HTTP/1.1 408")
    assert b"Send it in one go." in said
    assert source.calls == 0


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", f"Bearer ada={TOKEN}"]
)
def test_without_a_known_token_nothing_is_asked(gateway: Gateway, source: Counted, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = gateway.post(json=body(), headers=headers)
    assert "token" in assert_refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert source.calls == 0


def test_a_page_of_another_origin_is_refused_even_with_a_token(gateway: Gateway, source: Counted) -> None:
    answer = post(gateway, json.dumps(body()), Origin="https://elsewhere.example")
    assert "origin" in assert_refused(answer, 403)
    assert "access-control-allow-origin" not in answer.headers
    assert gateway.client.options(PATH, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert source.calls == 0


def test_a_listed_page_may_ask_and_read(gateway: Gateway, source: Counted) -> None:
    headers = {"Origin": "https://class.example"}
    preflight = gateway.client.options(PATH, headers={**headers, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    answer = post(gateway, json.dumps(body()), **headers)
    assert answer.text == "Hello."
    assert answer.headers["access-control-allow-origin"] == "https://class.example"
    assert source.calls == 1


def test_what_is_allowed_is_answered(gateway: Gateway) -> None:
    history = [HELLO, {"role": "assistant", "content": "Hi."}, HELLO]
    asked = {"messages": history, "model": "hive-2", "max_tokens": 100, "system": "Be terse."}
    answer = post(gateway, json.dumps(asked))
    assert answer.text == "Hello."
    assert answer.events("stream_start")[0]["model"] == "hive-2"


def test_a_changed_file_of_tokens_takes_effect_by_itself(tmp_path: Path, source: Counted) -> None:
    file = tmp_path / "class.txt"
    file.write_text("# the class\nada first-token\n\n")
    with Gateway(source, tokens_file=file) as gateway:
        ada, grace = {"Authorization": "Bearer first-token"}, {"Authorization": "Bearer second-token"}
        assert (gateway.ask(headers=ada).status, gateway.ask(headers=grace).status) == (200, 401)
        file.write_text("grace  second-token\n")
        assert (gateway.ask(headers=ada).status, gateway.ask(headers=grace).status) == (401, 200)
        file.write_text("nonsense\n")  # it stays as it was
        assert gateway.ask(headers=grace).status == 200


def test_a_wrong_address_or_method_is_told_the_right_one(gateway: Gateway) -> None:
    assert PATH in gateway.client.get("/").json()["message"]
    refused = gateway.client.get(PATH, headers={"Authorization": f"Bearer {TOKEN}"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
