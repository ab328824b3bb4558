"""What an answer cost, at prices that the person gave: by the provider's own count, and never a wrong figure."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from expect import ask, draw_on_own_loop
from openai import AsyncOpenAI
from scripted import ScriptedServer, anthropic_events, completion_chunks, response_events, sse

from ipytalk import Chat, SourceError, Usage
from ipytalk.events import End, Start, event_from_json
from ipytalk.messages import Message
from ipytalk.sources import SSE, Claude, OpenAI, Prices, Replay, pace, price, record

PRICES = Prices(input=5, output=25, cached=0.5, cache_write=6.25)
# 2 fresh tokens, 10 from the cache and 7 that were said: what `scripted` counts in each format.
COST = pytest.approx((2 * 5 + 10 * 0.5 + 7 * 25) / 1e6, rel=1e-9)


def cost_of(source: Any) -> tuple[float | None, str | None]:
    reply = ask(source)
    assert reply.error is None, reply.error
    assert reply.usage is not None
    return reply.usage.cost, reply.usage.currency


# --- each provider counts cached tokens in its own way ---


def test_claude_counts_cached_tokens_beside_its_input(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    source = Claude("claude-test", base_url=server.url, api_key="sk-test")
    assert cost_of(price(source, PRICES)) == (COST, "USD")


def test_openai_counts_cached_tokens_within_its_prompt(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    source = OpenAI("gpt-test", base_url=server.url, api_key="sk-test")
    assert cost_of(price(source, PRICES)) == (COST, "USD")


def test_responses_of_openai_count_them_within_their_input(server: ScriptedServer) -> None:
    server.play(sse(*response_events()))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    source = price(lambda _: client.responses.create(model="gpt-test", input="?", stream=True), PRICES)  # pyright: ignore[reportUnknownLambdaType]
    assert cost_of(source) == (COST, "USD")


def test_a_write_to_claudes_cache_has_its_price(server: ScriptedServer) -> None:
    events = anthropic_events()
    events[0]["message"]["usage"]["cache_creation_input_tokens"] = 100
    server.play(sse(*events))
    client = AsyncAnthropic(base_url=server.url, api_key="sk-test")
    request: Any = {"model": "claude-test", "max_tokens": 99, "messages": [{"role": "user", "content": "?"}]}
    cost, _ = cost_of(price(lambda _: client.messages.create(**request, stream=True), PRICES))  # pyright: ignore[reportUnknownLambdaType]
    assert cost == pytest.approx((2 * 5 + 10 * 0.5 + 100 * 6.25 + 7 * 25) / 1e6)


def test_an_answer_in_several_rounds_costs_their_sum(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events("pause_turn")))
    server.play(sse(*anthropic_events()))
    source = Claude("claude-test", base_url=server.url, api_key="sk-test")
    assert cost_of(price(source, PRICES)) == (pytest.approx(2 * (2 * 5 + 10 * 0.5 + 7 * 25) / 1e6), "USD")


def test_a_back_end_of_ones_own_is_priced_as_well(server: ScriptedServer) -> None:
    usage = {"input_tokens": 12, "output_tokens": 7, "cached_tokens": 10}
    server.play(sse({"type": "text", "text": "Hm."}, {"type": "stream_end", "usage": usage}, "[DONE]"))
    assert cost_of(price(SSE(server.url), PRICES)) == (COST, "USD")


def test_a_back_end_that_knows_its_prices_tells_the_cost(server: ScriptedServer) -> None:
    usage = {"input_tokens": 12, "output_tokens": 7, "cost": 0.25, "currency": "CHF"}
    server.play(sse({"type": "text", "text": "Hm."}, {"type": "stream_end", "usage": usage}, "[DONE]"))
    assert cost_of(SSE(server.url)) == (0.25, "CHF")


@pytest.mark.parametrize(
    "told",
    [{"cost": -1, "currency": "USD"}, {"cost": "1", "currency": "USD"}, {"cost": 1}, {"cost": 1, "currency": "€"}],
    ids=json.dumps,
)
def test_a_back_end_that_tells_nonsense_is_not_believed(told: dict[str, Any]) -> None:
    event = event_from_json({"type": "stream_end", "usage": {"output_tokens": 7, **told}})
    assert event == End(usage=Usage(output_tokens=7))


def test_a_stream_is_priced_too() -> None:
    reply = draw_on_own_loop(lambda: price(iter(["Bees", End("end_turn", Usage(12, 7, 10))]), PRICES))
    assert reply.usage is not None
    assert (reply.usage.cost, reply.usage.currency) == (COST, "USD")


# --- several models ---

ROUTED = {"gpt-test": PRICES, "other": Prices(input=1, output=1)}


@pytest.mark.parametrize("model", ["gpt-test", "gpt-test-2026-08-07", "gpt-test-20260807"])
def test_each_model_has_its_prices(model: str) -> None:
    assert cost_of(price(lambda _: [Start(model), "Hm.", End(None, Usage(12, 7, 10))], ROUTED)) == (COST, "USD")  # pyright: ignore[reportUnknownLambdaType]


@pytest.mark.parametrize("models", [["gpt-test-mini"], ["gpt"], [], ["gpt-test", "other"]], ids=str)
def test_a_model_without_a_price_of_its_own_has_an_unknown_cost(models: list[str]) -> None:
    told = [*map(Start, models), "Hm.", End(None, Usage(12, 7, 10))]
    assert cost_of(price(lambda _: told, ROUTED)) == (None, "USD")  # pyright: ignore[reportUnknownLambdaType]


# --- never a wrong one ---


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(input_tokens=12),
        Usage(output_tokens=7),
        Usage(12, 7, cached_tokens=20),
        Usage(12, 7, cached_tokens=10, cache_write_tokens=10),
    ],
    ids=str,
)
def test_what_was_not_counted_has_no_cost(usage: Usage) -> None:
    assert PRICES.cost(usage) is None


def test_cached_tokens_need_a_price_only_where_there_are_some() -> None:
    plain = Prices(input=5, output=25)
    assert plain.cost(Usage(12, 7, 0, 0)) == pytest.approx((12 * 5 + 7 * 25) / 1e6)
    assert plain.cost(Usage(12, 7, 10)) is None
    assert plain.cost(Usage(12, 7, 0, 10)) is None
    assert cost_of(price(lambda _: ["Hm.", End(None, Usage(12, 7, 10))], plain)) == (None, "USD")  # pyright: ignore[reportUnknownLambdaType]


def test_a_model_of_ones_own_may_be_free() -> None:
    assert Prices(input=0, output=0).cost(Usage(12, 7)) == 0


def test_an_answer_that_was_stopped_has_no_cost() -> None:
    def endless(_: Any) -> Any:
        yield End(None, Usage(12, 1))  # as Claude does: what is said first is no count yet
        while True:
            yield "bee "

    chat = Chat(price(endless, PRICES))
    reply = chat.send("?")
    while not reply.text:
        pass
    reply.stop()
    assert reply.result().stop_reason == "stopped"
    assert reply.usage == Usage(12)


def test_an_answer_that_failed_has_no_cost() -> None:
    def failing(_: Any) -> Any:
        yield End(None, Usage(12, 1))
        yield "Bees "
        raise SourceError("Full.", kind="overloaded")

    reply = ask(price(failing, PRICES))
    assert reply.error
    assert reply.usage == Usage(12, 1)


def test_an_answer_whose_back_end_reports_an_error_has_no_cost(server: ScriptedServer) -> None:
    usage = {"type": "stream_end", "usage": {"input_tokens": 12, "output_tokens": 7}}
    server.play(sse({"type": "text", "text": "Hm."}, usage, {"type": "error", "message": "Full."}, "[DONE]"))
    reply = ask(price(SSE(server.url), PRICES))
    assert reply.error
    assert reply.usage == Usage(12, 7)


def test_without_prices_nothing_is_said_of_a_cost() -> None:
    reply = ask(lambda _: ["Hm.", End(None, Usage(12, 7))])
    assert reply.usage is not None
    assert reply.usage.to_json().keys() == {"input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens"}
    assert repr(reply.usage) == "Usage(input_tokens=12, output_tokens=7)"


# --- what is kept ---


def test_a_saved_conversation_keeps_its_costs(tmp_path: Path) -> None:
    chat = Chat(price(lambda _: ["Hm.", End(None, Usage(12, 7, 10))], PRICES))  # pyright: ignore[reportUnknownLambdaType]
    chat.send("?").result(10)
    chat.save(tmp_path / "talk.json")
    usage = Chat.load(tmp_path / "talk.json").messages[1].usage
    assert usage is not None
    assert (usage.cost, usage.currency) == (COST, "USD")


def test_a_conversation_that_was_saved_before_there_were_costs_is_read() -> None:
    counts = {"input_tokens": 12, "output_tokens": 7, "cached_tokens": None, "cache_write_tokens": None}
    old = {"id": "m1", "role": "assistant", "parts": [], "status": "complete", "usage": counts}
    message = Message.from_json(old)
    assert message.usage == Usage(12, 7)
    assert message.to_json()["usage"] == counts


def test_it_goes_around_other_wrappers_and_into_them(tmp_path: Path) -> None:
    def source(_: Any) -> Any:
        return ["Bees ", "dance.", End(None, Usage(12, 7, 10))]

    path = tmp_path / "talk.jsonl"
    assert cost_of(price(pace(source), PRICES)) == (COST, "USD")
    assert cost_of(record(price(source, PRICES), path)) == (COST, "USD")
    assert cost_of(Replay(path, speed=None)) == (COST, "USD")


# --- what is given wrong ---


@pytest.mark.parametrize(
    "given",
    [
        {"input": -1},
        {"output": math.nan},
        {"output": math.inf},
        {"input": "5"},
        {"input": True},
        {"output": None},
        {"cached": -0.1},
        {"cache_write": "free"},
    ],
    ids=str,
)
def test_a_price_that_is_none_is_refused_with_a_sentence(given: dict[str, Any]) -> None:
    (name,) = given
    prices: dict[str, Any] = {"input": 1, "output": 1} | given
    with pytest.raises(ValueError, match=rf"Prices\({name}=\.\.\.\) is what a million tokens cost: 0 or more, not"):
        Prices(**prices)


@pytest.mark.parametrize("currency", ["$", "usd", "", None, "EURO"])
def test_a_currency_that_is_none_is_refused_with_a_sentence(currency: Any) -> None:
    with pytest.raises(ValueError, match="three capital letters, such as 'USD'"):
        Prices(input=1, output=1, currency=currency)


@pytest.mark.parametrize("prices", [5, None, {}, {"gpt-test": 5}, "USD"], ids=str)
def test_prices_that_are_none_are_refused_with_a_sentence(prices: Any) -> None:
    with pytest.raises(TypeError, match=r"takes Prices\(input=\.\.\., output=\.\.\.\), or a dict of them"):
        price(Replay.from_text("Hm."), prices)
