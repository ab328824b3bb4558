"""pydantic-ai's real package, which needs Python 3.11, against a local server and its own test model."""

from __future__ import annotations

from typing import Any

import pytest
from expect import QUESTION, ask, draw_on_own_loop, thinking
from openai import AsyncOpenAI
from scripted import ScriptedServer, completion_chunks, sse

pytest.importorskip("pydantic_ai", reason="pydantic-ai needs Python 3.11")

from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.providers.openai import OpenAIProvider


def test_pydantic_ai_against_a_server(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=server.url, api_key="sk-test"))
    agent = Agent(OpenAIChatModel("gpt-test", provider=provider))
    reply = ask(lambda messages: agent.run_stream_events(messages[-1].text))
    assert reply.message.model == "gpt-test"
    assert (reply.text, thinking(reply), reply.stop_reason) == ("Bees *dance*.", "Hm. Bees.", "end_turn")
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cached_tokens) == (12, 7, 10)


def test_pydantic_ai_test_model_streams_in_each_of_its_ways() -> None:
    agent = Agent(TestModel(custom_output_text="Bees *dance*."))

    async def texts(messages: Any) -> Any:
        async with agent.run_stream(messages[-1].text) as result:
            async for text in result.stream_text(delta=True):
                yield text

    async def events(messages: Any) -> Any:
        async with agent.run_stream_events(messages[-1].text) as stream:
            async for event in stream:
                yield event

    for source in (texts, events):
        assert ask(source).text == "Bees *dance*."
    assert ask(lambda messages: agent.run_stream(messages[-1].text)).text == "Bees *dance*."
    assert draw_on_own_loop(lambda: agent.run_stream(QUESTION)).text == "Bees *dance*."
