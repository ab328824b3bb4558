"""Each SDK's real package, against a local server of its own wire format, through the public door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic, AsyncAnthropic
from chatlas import ChatOpenAICompletions
from expect import QUESTION, ask, assert_scripted, draw, draw_on_own_loop, thinking
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from ollama import AsyncClient, Client
from openai import AsyncOpenAI, OpenAI
from scripted import (
    ScriptedServer,
    anthropic_events,
    completion_chunks,
    json_lines,
    ollama_parts,
    response_events,
    sse,
)

MESSAGES: Any = [{"role": "user", "content": QUESTION}]

# --- anthropic ---


def anthropic_request() -> dict[str, Any]:
    return {"model": "claude-test", "max_tokens": 99, "messages": MESSAGES}


def test_anthropic_raw_events(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    client = AsyncAnthropic(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.messages.create(**anthropic_request(), stream=True))
    assert_scripted(reply, model="claude-test", cached=10)


def test_anthropic_stream_helper_is_not_doubled(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    client = AsyncAnthropic(base_url=server.url, api_key="sk-test")
    reply = draw_on_own_loop(lambda: client.messages.stream(**anthropic_request()))
    assert_scripted(reply, model="claude-test", cached=10)


def test_anthropic_plain_client_and_helper(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    client = Anthropic(base_url=server.url, api_key="sk-test")
    assert_scripted(draw(client.messages.stream(**anthropic_request())), model="claude-test", cached=10)


def test_anthropic_text_stream(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    client = AsyncAnthropic(base_url=server.url, api_key="sk-test")

    async def source(_: Any) -> Any:
        async with client.messages.stream(**anthropic_request()) as stream:
            async for text in stream.text_stream:
                yield text

    assert ask(source).text == "Bees *dance*."


def test_anthropic_helper_events_alone_are_the_answer(server: ScriptedServer) -> None:
    server.play(sse(*anthropic_events()))
    client = AsyncAnthropic(base_url=server.url, api_key="sk-test")

    async def source(_: Any) -> Any:
        async with client.messages.stream(**anthropic_request()) as stream:
            async for event in stream:
                if event.type in ("text", "thinking"):
                    yield event

    reply = ask(source)
    assert (reply.text, thinking(reply)) == ("Bees *dance*.", "Hm. Bees.")


# --- openai ---


@pytest.mark.parametrize("reasoning", ["reasoning_content", "reasoning"])
def test_openai_chat_completions(server: ScriptedServer, reasoning: str) -> None:
    server.play(sse(*completion_chunks(reasoning=reasoning), "[DONE]"))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.chat.completions.create(model="gpt-test", messages=MESSAGES, stream=True))
    assert_scripted(reply, model="gpt-test", cached=10)


def test_openai_plain_client(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    client = OpenAI(base_url=server.url, api_key="sk-test")
    stream = client.chat.completions.create(model="gpt-test", messages=MESSAGES, stream=True)
    assert_scripted(draw(stream), model="gpt-test", cached=10)


def test_openai_chat_stream_helper_is_not_doubled(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = draw_on_own_loop(lambda: client.chat.completions.stream(model="gpt-test", messages=MESSAGES))
    assert_scripted(reply, model="gpt-test", cached=10)


def test_openai_stream_without_a_finish_reason_is_cut_off(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(finish=None)))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.chat.completions.create(model="gpt-test", messages=MESSAGES, stream=True))
    assert reply.text == "Bees *dance*."
    assert reply.error is not None
    assert reply.error.kind == "truncated"


def test_openai_responses(server: ScriptedServer) -> None:
    server.play(sse(*response_events()))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.responses.create(model="gpt-test", input=QUESTION, stream=True))
    assert_scripted(reply, model="gpt-test", cached=10)


def test_openai_responses_helper(server: ScriptedServer) -> None:
    server.play(sse(*response_events()))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = draw_on_own_loop(lambda: client.responses.stream(model="gpt-test", input=QUESTION))
    assert_scripted(reply, model="gpt-test", cached=10)


@pytest.mark.parametrize(
    ("events", "status"), [(response_events("incomplete"), "complete"), (response_events()[:-1], "error")]
)
def test_openai_responses_that_end_early_say_so(server: ScriptedServer, events: list[Any], status: str) -> None:
    server.play(sse(*events))
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.responses.create(model="gpt-test", input=QUESTION, stream=True))
    assert reply.status == status
    assert reply.text == "Bees *dance*."
    assert reply.stop_reason == "max_tokens" or (reply.error is not None and reply.error.kind == "truncated")


def test_a_whole_answer_of_an_sdk_says_to_ask_for_a_stream(server: ScriptedServer) -> None:
    message = {"role": "assistant", "content": "Bees."}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    whole = {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-test", "choices": [choice]}
    server.play(json_lines(whole), content_type="application/json")
    client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
    reply = ask(lambda _: client.chat.completions.create(model="gpt-test", messages=MESSAGES))
    assert reply.error is not None
    assert "ChatCompletion" in reply.error.message
    assert "stream=True" in reply.error.message


# --- ollama ---


def test_ollama_chat(server: ScriptedServer) -> None:
    server.play(json_lines(*ollama_parts()), content_type="application/x-ndjson")
    client = AsyncClient(host=server.url)
    reply = ask(lambda _: client.chat(model="bee", messages=MESSAGES, stream=True, think=True))
    assert_scripted(reply, model="bee")


def test_ollama_plain_client_and_generate(server: ScriptedServer) -> None:
    parts = [{**part, "response": part["message"]["content"]} for part in ollama_parts()]
    for part in parts:
        part["thinking"] = part.pop("message").get("thinking")
    server.play(json_lines(*parts), content_type="application/x-ndjson")
    client = Client(host=server.url)
    assert_scripted(draw(client.generate(model="bee", prompt=QUESTION, stream=True)), model="bee")


def test_ollama_stream_without_done_is_cut_off(server: ScriptedServer) -> None:
    server.play(json_lines(*ollama_parts()[:-1]), content_type="application/x-ndjson")
    client = AsyncClient(host=server.url)
    reply = ask(lambda _: client.chat(model="bee", messages=MESSAGES, stream=True))
    assert reply.error is not None
    assert reply.error.kind == "truncated"


# --- langchain ---


def test_langchain_openai(server: ScriptedServer) -> None:
    server.play(sse(*completion_chunks(), "[DONE]"))
    model = ChatOpenAI(model="gpt-test", base_url=f"{server.url}/v1", api_key="sk-test", stream_usage=True)  # type: ignore[arg-type]
    reply = ask(lambda messages: model.astream(messages[-1].text))
    # langchain-openai drops reasoning that isn't OpenAI's own.
    assert_scripted(reply, model="gpt-test", reasoning=False, cached=10)


def test_langchain_blocks_of_thinking_and_text() -> None:
    class Thinker(GenericFakeChatModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
            blocks: list[Any] = [{"type": "thinking", "thinking": "Hm. ", "index": 0}]
            blocks += [
                {"type": "thinking", "thinking": "Bees.", "index": 0},
                {"type": "text", "text": "Bees ", "index": 1},
            ]
            for block in blocks:
                yield ChatGenerationChunk(message=AIMessageChunk(content=[block]))
            # Newer releases have fields more, which no older one knows.
            usage: Any = {"input_tokens": 12, "output_tokens": 7, "total_tokens": 19}
            last = AIMessageChunk(
                content=[{"type": "text", "text": "*dance*.", "index": 1}],
                usage_metadata=usage,
                response_metadata={"stop_reason": "end_turn", "model_name": "thinker"},
            )
            yield ChatGenerationChunk(message=last)

    model = Thinker(messages=iter([]))
    assert_scripted(ask(lambda messages: model.astream(messages[-1].text)), model="thinker")
    # The same as a graph gives it, and as astream_events does.
    pairs = [(chunk, {"langgraph_node": "agent"}) for chunk in model.stream(QUESTION)]
    assert_scripted(draw(pairs), model="thinker")
    assert_scripted(ask(lambda messages: model.astream_events(messages[-1].text)), model="thinker")


# --- chatlas ---


def test_chatlas(server: ScriptedServer) -> None:
    talk = ChatOpenAICompletions(base_url=server.url, model="gpt-test", api_key="sk-test")
    server.play(sse(*completion_chunks(), "[DONE]"))
    assert ask(lambda messages: talk.stream_async(messages[-1].text)).text == "Bees *dance*."
    server.play(sse(*completion_chunks(), "[DONE]"))
    reply = ask(lambda messages: talk.stream_async(messages[-1].text, content="all"))
    assert (reply.text, thinking(reply)) == ("Bees *dance*.", "Hm. Bees.")
    server.play(sse(*completion_chunks(), "[DONE]"))
    assert draw(talk.stream(QUESTION)).text == "Bees *dance*."
