"""Each SDK's real package in a kernel, its stream drawn in JupyterLab: text, reasoning and tokens are on screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

import pytest
from lab import Notebook
from playwright.sync_api import expect

from sources.scripted import (
    ScriptedServer,
    anthropic_events,
    completion_chunks,
    json_lines,
    ollama_parts,
    response_events,
    sse,
)

QUESTION = '[{"role": "user", "content": "How do bees talk?"}]'
COMPLETION = (sse(*completion_chunks(), "[DONE]"), "text/event-stream")

# Name: (how a source is made of it, what its server sends, whether it tells of reasoning, whether of tokens)
SDKS: dict[str, tuple[str, tuple[bytes, str], bool, bool]] = {
    "anthropic": (
        f"""from anthropic import AsyncAnthropic
client = AsyncAnthropic(base_url=URL, api_key="sk-test")
source = lambda _: client.messages.create(model="claude-test", max_tokens=99, messages={QUESTION}, stream=True)""",
        (sse(*anthropic_events()), "text/event-stream"),
        True,
        True,
    ),
    "openai": (
        f"""from openai import AsyncOpenAI
client = AsyncOpenAI(base_url=URL, api_key="sk-test")
source = lambda _: client.chat.completions.create(model="gpt-test", messages={QUESTION}, stream=True)""",
        COMPLETION,
        True,
        True,
    ),
    "openai responses": (
        """from openai import AsyncOpenAI
client = AsyncOpenAI(base_url=URL, api_key="sk-test")
source = lambda messages: client.responses.create(model="gpt-test", input=messages[-1].text, stream=True)""",
        (sse(*response_events()), "text/event-stream"),
        True,
        True,
    ),
    "ollama": (
        f"""from ollama import AsyncClient
client = AsyncClient(host=URL)
source = lambda _: client.chat(model="bee", messages={QUESTION}, stream=True, think=True)""",
        (json_lines(*ollama_parts()), "application/x-ndjson"),
        True,
        True,
    ),
    "langchain": (
        """from langchain_openai import ChatOpenAI
model = ChatOpenAI(model="gpt-test", base_url=URL + "/v1", api_key="sk-test", stream_usage=True)
source = lambda messages: model.astream(messages[-1].text)""",
        COMPLETION,
        False,  # langchain-openai drops reasoning that isn't OpenAI's own
        True,
    ),
    "chatlas": (
        """from chatlas import ChatOpenAICompletions
talk = ChatOpenAICompletions(base_url=URL, model="gpt-test", api_key="sk-test")
source = lambda messages: talk.stream_async(messages[-1].text, content="all")""",
        COMPLETION,
        True,
        False,  # its stream has none
    ),
}
if sys.version_info >= (3, 11):
    SDKS["pydantic-ai"] = (
        """from openai import AsyncOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=URL, api_key="sk-test"))
agent = Agent(OpenAIChatModel("gpt-test", provider=provider))
source = lambda messages: agent.run_stream_events(messages[-1].text)""",
        COMPLETION,
        True,
        True,
    )


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def test_the_stream_of_each_sdk_is_drawn(open_notebook: Callable[..., Notebook], server: ScriptedServer) -> None:
    cells = [f"URL = {server.url!r}\n{code}\nChat(source, retries=0)" for code, _, _, _ in SDKS.values()]
    notebook = open_notebook("from ipytalk import Chat", *cells)
    notebook.run(0)
    for index, (name, (_, (body, content_type), reasoning, tokens)) in enumerate(SDKS.items()):
        notebook.run(index + 1)
        chat = notebook.chat(index)
        server.play(body, content_type=content_type)
        chat.send("How do bees talk?")
        chat.expect_status("complete")
        expect(chat.answer.locator(".ipytalk-body").last, name).to_have_text("Bees dance.")
        expect(chat.answer.locator("em"), name).to_have_text("dance")
        expect(chat.answer.get_by_text("Thought"), name).to_have_count(1 if reasoning else 0)
        expect(chat.answer, name).to_contain_text(re.compile("12 in.*7 out" if tokens else "tokens unknown"))
