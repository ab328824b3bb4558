"""Who answers: Claude and OpenAI over their real SDKs, each request asking what it may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from ipytalk.gateway import Settings, create_app
from ipytalk.sources import Claude, Prices, price
from servers.gateway import Gateway
from servers.messages import MessagesServer, answer

KEY = "sk-ant-a-key-that-nobody-may-see"


@pytest.fixture(autouse=True)
def a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with MessagesServer() as server:
        yield server


def test_a_request_says_what_it_wants_of_claude(server: MessagesServer) -> None:
    server.play(answer("One."), answer("Two."))
    claude = Claude("claude-opus-5-5", base_url=server.url, api_key=KEY)
    with Gateway(claude, system="Be kind.", models="claude-haiku-5", max_tokens=500) as gateway:
        assert gateway.ask("Hello").text == "One."
        said = gateway.ask("Hello", model="claude-haiku-5", system="Be terse.", max_tokens=50)
        assert said.text == "Two."
        assert gateway.ask("Hello", model="claude-other").status == 422
    first, second = (request.body for request in server.requests)
    assert (first["model"], first["max_tokens"]) == ("claude-opus-5-5", 500)
    assert (second["model"], second["max_tokens"]) == ("claude-haiku-5", 50)
    assert first["system"][0]["text"] == "Be kind."
    assert second["system"][0]["text"] == "Be kind.\n\nBe terse."
    assert first["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]
    assert any(KEY in value for value in server.requests[0].headers.values())
    assert KEY not in "\n".join(said.frames)


def test_a_request_chooses_the_model_of_a_priced_source_too(server: MessagesServer) -> None:
    server.default = answer("One.", model="claude-haiku-5")
    prices = {"claude-opus-5-5": Prices(5, 25), "claude-haiku-5": Prices(1, 5)}
    source = price(Claude("claude-opus-5-5", base_url=server.url, api_key=KEY), prices)
    with Gateway(source, models="claude-haiku-5", system="Be kind.") as gateway:
        assert gateway.ask("Hello", model="claude-haiku-5").text == "One."
        assert gateway.ask("Hello").text == "One."
        assert gateway.ask("Hello", model="claude-other").status == 422
    assert [request.body["model"] for request in server.requests] == ["claude-haiku-5", "claude-opus-5-5"]
    assert server.requests[0].body["system"][0]["text"] == "Be kind."


def test_the_settings_name_the_upstream_and_its_key_stays_out_of_sight(server: MessagesServer) -> None:
    settings = Settings(upstream="claude", base_url=server.url, api_key=SecretStr(KEY), model="claude-haiku-5")
    gateway: Any = create_app(settings=settings).state.gateway
    assert isinstance(gateway.source, Claude)
    assert gateway.models == {"claude-haiku-5"}
    assert KEY not in repr(settings) + repr(gateway.source) + str(settings.model_dump())


def test_a_varied_source_is_the_same_connection_and_changes_nothing(server: MessagesServer) -> None:
    claude = Claude("claude-opus-5-5", base_url=server.url, api_key=KEY)
    terse = claude.varied(system="Be terse.")
    assert terse.model == "claude-opus-5-5"
    with Gateway(claude) as gateway:
        gateway.ask()
        gateway.ask()
    assert "system" not in server.requests[0].body
