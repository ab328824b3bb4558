"""The source for OpenAI and what speaks like it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from expect import ask, assert_scripted
from scripted import ScriptedServer, completion_chunks, sse

from ipytalk import Chat
from ipytalk.sources import OpenAI


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def test_an_answer_arrives_whole(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    source = OpenAI("gpt-test", base_url=f"{server.url}/v1", api_key="sk-test", system="Be terse.", temperature=0.5)
    assert_scripted(ask(source), model="gpt-test", cached=10)
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer sk-test"
    assert asked.body == {
        "model": "gpt-test",
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "How do bees talk?"},
        ],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "sk-test" not in repr(source)


def test_the_history_is_sent(server: ScriptedServer) -> None:
    chat = Chat(OpenAI("gpt-test", base_url=server.url))
    for question in ("One?", "Two?"):
        server.play(sse(*completion_chunks(), "[DONE]"))
        chat.send(question).result(30)
    assert [(each["role"], each["content"]) for each in server.body["messages"]] == [
        ("user", "One?"),
        ("assistant", "Bees *dance*."),
        ("user", "Two?"),
    ]


def test_a_server_of_ones_own_needs_no_key(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    server.play(sse(*completion_chunks(), "[DONE]"))
    assert ask(OpenAI("bee", base_url=server.url)).error is None


def test_openai_itself_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    reply = ask(OpenAI("gpt-test"))
    assert reply.error is not None
    assert reply.error.kind == "no_key"
    assert "OPENAI_API_KEY" in reply.error.message


def test_a_refused_key_is_said(server: ScriptedServer) -> None:
    error = {
        "error": {"message": "Incorrect API key provided", "type": "invalid_request_error", "code": "invalid_api_key"}
    }
    server.play(json.dumps(error).encode(), status=401, content_type="application/json")
    reply = ask(OpenAI("gpt-test", base_url=server.url, api_key="sk-test"))
    assert reply.error is not None
    assert reply.error.kind == "auth"
    assert len(server.asked) == 1


def test_without_the_sdk_a_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['openai'] = None\n"
        "from ipytalk import Chat\n"
        "from ipytalk.sources import OpenAI\n"
        "print(Chat(OpenAI('m', api_key='k')).send('?').result(10).error.message)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install ipytalk[openai]" in ran.stdout


def test_a_varied_request_takes_the_same_connection(server: ScriptedServer) -> None:
    source = OpenAI("gpt-test", base_url=server.url, api_key="sk-test", system="Be kind.", max_tokens=500)
    for each in (source.varied(model="gpt-small", system="Be terse.", max_tokens=50), source):
        server.play(sse(*completion_chunks(), "[DONE]"))
        ask(each)
    first, second = (asked.body for asked in server.asked)
    assert (first["model"], first["max_tokens"]) == ("gpt-small", 50)
    assert (second["model"], second["max_tokens"]) == ("gpt-test", 500)
    assert first["messages"][0] == {"role": "system", "content": "Be terse."}
    assert second["messages"][0] == {"role": "system", "content": "Be kind."}
