"""What Claude is sent, against the API's documented forms, and what becomes of what it says."""

from __future__ import annotations

import asyncio
import base64
import json
import pydoc
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from claude_script import calls, says, text, thinks
from expect import thinking
from matplotlib.figure import Figure
from scripted import ScriptedServer

from ipytalk import Chat, Reply
from ipytalk.messages import AttachmentPart, Message, ToolPart
from ipytalk.sources import Claude, route, tool
from ipytalk.sources._route import FAST, STRONG

mpl.use("agg")
EPHEMERAL = {"type": "ephemeral"}
YES = says(text("Yes."))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def claude(server: ScriptedServer, **options: Any) -> Claude:
    return Claude(base_url=server.url, api_key="sk-test", **options)


def ask(server: ScriptedServer, source: Claude, *responses: bytes, question: Any = "Well?") -> Reply:
    for response in responses:
        server.play(response)
    return Chat(source, retries=0).send(question).result(30)


def tool_parts(reply: Reply) -> list[ToolPart]:
    return [part for part in reply.message.parts if isinstance(part, ToolPart)]


# --- the request ---


def test_a_plain_question_is_a_plain_request(server: ScriptedServer) -> None:
    reply = ask(server, claude(server, system="Be terse.", stop_sequences=["END"]), YES)
    assert reply.text == "Yes."
    assert server.asked[-1].path == "/v1/messages"
    assert server.asked[-1].headers["authorization"] == "Bearer sk-test"
    assert server.body == {
        "model": "claude-opus-5-5",
        "max_tokens": 4096,
        "stream": True,
        "stop_sequences": ["END"],
        "system": [{"type": "text", "text": "Be terse."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Well?"}]}],
    }


def test_thinking_is_adaptive_and_summarized_and_effort_is_output_config(server: ScriptedServer) -> None:
    source = claude(
        server, thinking=True, effort="low", output_config={"format": {"type": "json_schema", "schema": {}}}
    )
    reply = ask(server, source, says(thinks("Hm. Bees."), text("Yes.")))
    assert (thinking(reply), reply.text) == ("Hm. Bees.", "Yes.")
    assert server.body["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert server.body["output_config"] == {"format": {"type": "json_schema", "schema": {}}, "effort": "low"}
    assert server.body["max_tokens"] == 16_000
    ask(server, claude(server, thinking=False), YES)
    assert server.body["thinking"] == {"type": "disabled"}


def breakpoints(body: Any) -> list[str]:
    """Where the request has its ``cache_control``, in the order of the prefix."""
    found = [f"tools[{n}]" for n, each in enumerate(body.get("tools", ())) if "cache_control" in each]
    found += [f"system[{n}]" for n, each in enumerate(body.get("system", ())) if "cache_control" in each]
    for n, message in enumerate(body["messages"]):
        found += [f"messages[{n}][{m}]" for m, block in enumerate(message["content"]) if "cache_control" in block]
    return found


def test_cache_marks_tools_system_and_the_growing_history(server: ScriptedServer) -> None:
    def one() -> None:
        """Do one thing."""

    def two() -> None:
        """Do another."""

    chat = Chat(claude(server, system="Long.", tools=[one, two], cache=True))
    marks: list[list[str]] = []
    for number in range(3):
        server.play(
            says(text("Yes."), usage={"cache_read_input_tokens": 900 * number, "cache_creation_input_tokens": 50})
        )
        chat.send(f"Question {number}?").result(30)
        marks.append(breakpoints(server.body))
    assert marks == [
        ["tools[1]", "system[0]", "messages[0][0]"],
        ["tools[1]", "system[0]", "messages[0][0]", "messages[2][0]"],
        ["tools[1]", "system[0]", "messages[2][0]", "messages[4][0]"],
    ]
    assert server.body["system"][0]["cache_control"] == EPHEMERAL
    usage = chat.messages[-1].usage
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens, usage.cache_write_tokens) == (1950, 1800, 50)


def test_what_is_cached_stays_the_same_from_question_to_question(server: ScriptedServer) -> None:
    chat = Chat(claude(server, system="Long.", cache="1h"))

    def prefix(body: Any, messages: int) -> str:
        bare = json.loads(json.dumps(body).replace(', "cache_control": {"type": "ephemeral", "ttl": "1h"}', ""))
        return json.dumps([bare["system"], bare["messages"][:messages]])

    bodies: list[Any] = []
    for number in range(3):
        server.play(YES)
        chat.send(f"Question {number}?").result(30)
        bodies.append(server.body)
    assert bodies[0]["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}
    for earlier, later in pairwise(bodies):
        count = len(earlier["messages"])
        assert prefix(earlier, count) == prefix(later, count)


def test_without_cache_nothing_is_marked(server: ScriptedServer) -> None:
    ask(server, claude(server, system="Short."), YES)
    assert breakpoints(server.body) == []


def test_pictures_documents_and_tables_are_sent_in_the_apis_forms(server: ScriptedServer, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 plan")
    (tmp_path / "notes.txt").write_text("Notes, ä.", "utf-8")
    figure = Figure()
    figure.subplots().plot([1, 2])
    frame = pd.DataFrame({"city": ["Bern", "Basel"] * 500, "sales": range(1000)})
    given = [figure, tmp_path / "plan.pdf", tmp_path / "notes.txt", frame, {"a": [1]}, "What stands out?"]
    ask(server, claude(server, citations=True), YES, question=given)
    picture, pdf, notes, table, data, question = server.body["messages"][0]["content"]
    assert picture["type"] == "image"
    assert picture["source"]["type"] == "base64"
    assert picture["source"]["media_type"] == "image/png"
    assert base64.b64decode(picture["source"]["data"]).startswith(b"\x89PNG")
    assert pdf == {
        "type": "document",
        "title": "plan.pdf",
        "source": {
            "type": "base64",
            "media_type": "application/pdf",
            "data": base64.b64encode(b"%PDF-1.7 plan").decode(),
        },
        "citations": {"enabled": True},
    }
    assert notes == {
        "type": "document",
        "title": "notes.txt",
        "source": {"type": "text", "media_type": "text/plain", "data": "Notes, ä."},
        "citations": {"enabled": True},
    }
    assert table["type"] == "text"
    for said in ("1,000 rows and 2 columns", "sales: int64", "| Bern | 0 |", "992 more rows are left out"):
        assert said in table["text"]
    assert len(table["text"]) < 1000
    assert data == {"type": "text", "text": 'dict:\n\n{"a": [1]}'}
    assert question == {"type": "text", "text": "What stands out?"}


def test_attachments_are_parts_of_the_message_and_survive_json() -> None:
    def shout(messages: Sequence[Message]) -> list[str]:
        return [messages[-1].text.upper()]

    chat = Chat(shout)
    assert chat.send([pd.DataFrame({"a": [1]}), "so", "what"]).result(10).text == "SO\n\nWHAT"
    (asked, _) = chat.messages
    assert [type(part).__name__ for part in asked.parts] == ["AttachmentPart", "TextPart", "TextPart"]
    assert Message.from_json(json.loads(json.dumps(asked.to_json()))) == asked
    assert "*Attached: DataFrame*" in chat.to_markdown()


def test_what_cannot_be_sent_is_refused_with_a_sentence() -> None:
    def source(_: Sequence[Message]) -> list[str]:
        return ["x"]

    chat = Chat(source)
    with pytest.raises(ValueError, match=r"5\.0 MB; at most 4 MB"):
        chat.send([b"\x89PNG" + bytes(5_000_000)])
    with pytest.raises(TypeError, match="must be text, a picture or a PDF"):
        chat.send([b"\x00\xff\xfe"])
    with pytest.raises(ValueError, match="isn't empty"):
        chat.send([])
    assert chat.messages == ()


# --- citations ---

PAGE = {
    "type": "page_location",
    "cited_text": "Bees *dance*\nin the dark.",
    "document_index": 0,
    "document_title": "Hive [2nd ed.]",
    "start_page_number": 3,
    "end_page_number": 4,
}
WEB = {
    "type": "web_search_result_location",
    "cited_text": "A waggle.",
    "url": "https://hive.example/a_b",
    "title": "Waggle",
    "encrypted_index": "e",
}


def test_citations_become_footnotes_and_are_not_sent_back(server: ScriptedServer) -> None:
    chat = Chat(claude(server, citations=True))
    server.play(says(text("They dance.", PAGE), text(" In the dark.", PAGE, WEB)))
    reply = chat.send("How?").result(30)
    assert reply.text == (
        "They dance.[^c1] In the dark.[^c1][^c2]\n\n"
        "[^c1]: Hive \\[2nd ed.\\], page 3: “Bees \\*dance\\* in the dark.”\n\n"
        "[^c2]: [Waggle](<https://hive.example/a_b>): “A waggle.”"
    )
    # A notebook's Markdown knows no footnotes.
    assert chat.to_markdown() == (
        "> How?\n\n"
        "They dance.[1] In the dark.[1, 2]\n\n"
        "Sources:\n\n"
        "1. Hive \\[2nd ed.\\], page 3: “Bees \\*dance\\* in the dark.”\n"
        "2. [Waggle](<https://hive.example/a_b>): “A waggle.”"
    )
    server.play(YES)
    chat.send("Sure?").result(30)
    assert server.body["messages"][1]["content"] == [{"type": "text", "text": "They dance. In the dark."}]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("See[^c1](there).", "See\\[1](there)."),
        ("See[^c1]: this.", "See\\[1]: this."),
        ("See[^c1][^1].", "See\\[1][^1]."),
        ("1. one[^c1]", "1. one[1]"),
    ],
)
def test_a_citations_number_is_no_link_by_accident(said: str, kept: str) -> None:
    chat = Chat(lambda _: [f"{said}\n\n[^c1]: Waggle"])  # pyright: ignore[reportUnknownLambdaType]
    chat.send("How?").result(10)
    assert chat.to_markdown() == f"> How?\n\n{kept}\n\nSources:\n\n1. Waggle"


def test_what_only_looks_like_a_citation_stays_as_it_is() -> None:
    chat = Chat(lambda _: ["Take `[^c1]` for *not c, not 1*."])  # pyright: ignore[reportUnknownLambdaType]
    chat.send("How?").result(10)
    assert chat.to_markdown() == "> How?\n\nTake `[^c1]` for *not c, not 1*."


# --- tools ---

LEDGER = {"Bern": 120, "Basel": 80}


def sales_of(city: str, year: int = 2026) -> dict[str, Any]:
    """Give the sales of a city.

    Parameters
    ----------
    city
        The city's name.
    year
        Which year.
    """
    return {"city": city, "year": year, "sales": LEDGER[city]}


async def doubled(number: int) -> int:
    """Double a number."""
    await asyncio.sleep(0)
    return 2 * number


def test_a_function_is_described_by_its_signature_and_docstring(server: ScriptedServer) -> None:
    ask(server, claude(server, tools=[sales_of]), YES)
    assert server.body["tools"] == [
        {
            "name": "sales_of",
            "description": "Give the sales of a city.",
            "input_schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "city": {"type": "string", "title": "City", "description": "The city's name."},
                    "year": {"type": "integer", "title": "Year", "description": "Which year.", "default": 2026},
                },
                "required": ["city"],
            },
        }
    ]


def test_two_parallel_calls_one_fails_and_one_is_denied_in_one_round(server: ScriptedServer) -> None:
    @tool(confirm=True)
    def drop(table: str) -> str:
        """Drop a table."""
        raise AssertionError(table)

    first = says(
        thinks("Look it up."),
        text("Let me see."),
        calls("toolu_1", "sales_of", '{"city": "Bern"}'),
        calls("toolu_2", "sales_of", '{"city": "Chur"}'),
        calls("toolu_3", "drop", '{"table": "t"}'),
        calls("toolu_4", "doubled", '{"number": 21}'),
        stop_reason="tool_use",
    )
    server.play(first)
    server.play(says(text("Bern has 120.")))
    chat = Chat(claude(server, tools=[sales_of, drop, doubled], thinking=True), retries=0)
    reply = chat.send("Sales?")
    wait_for(lambda: any(call.status == "asking" for call in tool_parts(reply)))
    chat.decide("toolu_3", allow=False)
    reply.result(30)
    assert reply.text == "Let me see.Bern has 120."
    assert reply.stop_reason == "end_turn"
    question, said, results = server.body["messages"]
    assert question["role"] == "user"
    # The response goes back as it came, the signed reasoning first.
    assert said == {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Look it up.", "signature": "c2lnbmVk"},
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "toolu_1", "name": "sales_of", "input": {"city": "Bern"}},
            {"type": "tool_use", "id": "toolu_2", "name": "sales_of", "input": {"city": "Chur"}},
            {"type": "tool_use", "id": "toolu_3", "name": "drop", "input": {"table": "t"}},
            {"type": "tool_use", "id": "toolu_4", "name": "doubled", "input": {"number": 21}},
        ],
    }
    # All results stand in one message of the person, in the order of the calls.
    assert results["role"] == "user"
    assert [each["tool_use_id"] for each in results["content"]] == ["toolu_1", "toolu_2", "toolu_3", "toolu_4"]
    assert [each.get("is_error", False) for each in results["content"]] == [False, True, True, False]
    told = [each["content"][0]["text"] for each in results["content"]]
    assert json.loads(told[0]) == {"city": "Bern", "year": 2026, "sales": 120}
    assert told[1] == "KeyError: 'Chur'"
    assert "did not allow" in told[2]
    assert told[3] == "42"
    assert [call.status for call in tool_parts(reply)] == ["done", "failed", "denied", "done"]
    # What both requests spent.
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (200, 20)


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_an_allowed_call_runs(server: ScriptedServer) -> None:
    ran: list[str] = []

    @tool(confirm=True)
    def drop(table: str) -> None:
        """Drop a table."""
        ran.append(table)

    server.play(says(calls("toolu_7", "drop", '{"table": "t"}'), stop_reason="tool_use"))
    server.play(YES)
    chat = Chat(claude(server, tools=[drop]))
    reply = chat.send("Drop it.")
    wait_for(lambda: any(call.status == "asking" for call in tool_parts(reply)))
    assert ran == []
    chat.decide("toolu_7", allow=True)
    assert reply.result(30).text == "Yes."
    assert ran == ["t"]
    with pytest.raises(ValueError, match="No tool waits"):
        chat.decide("toolu_7", allow=True)


def test_the_next_question_tells_the_calls_again(server: ScriptedServer) -> None:
    chat = Chat(claude(server, tools=[sales_of]))
    server.play(says(text("See."), calls("toolu_1", "sales_of", '{"city": "Bern"}'), stop_reason="tool_use"))
    server.play(says(text("120.")))
    chat.send("Bern?").result(30)
    server.play(YES)
    chat.send("Sure?").result(30)
    roles = [(each["role"], [block["type"] for block in each["content"]]) for each in server.body["messages"]]
    assert roles == [
        ("user", ["text"]),
        ("assistant", ["text", "tool_use"]),
        ("user", ["tool_result"]),
        ("assistant", ["text"]),
        ("user", ["text"]),
    ]


def test_results_may_be_tables_figures_and_text(server: ScriptedServer) -> None:
    def table() -> pd.DataFrame:
        """Give a table."""
        return pd.DataFrame({"a": range(50)})

    def plot() -> Figure:
        """Draw."""
        figure = Figure()
        figure.subplots().plot([1, 2])
        return figure

    def both() -> list[Any]:
        """Draw and tell."""
        return [plot(), "a line"]

    made = [calls(f"toolu_{name}", name, "{}") for name in ("table", "plot", "both")]
    reply = ask(server, claude(server, tools=[table, plot, both]), says(*made, stop_reason="tool_use"), YES)
    of_table, of_plot, of_both = server.body["messages"][-1]["content"]
    assert "50 rows and 1 columns" in of_table["content"][0]["text"]
    assert [block["type"] for block in of_plot["content"]] == ["text", "image"]
    assert of_plot["content"][1]["source"]["media_type"] == "image/png"
    assert "a line" in of_both["content"][0]["text"]
    assert of_both["content"][1]["type"] == "image"
    pictures = [part for part in reply.message.parts if isinstance(part, AttachmentPart)]
    assert [part.media_type for part in pictures] == ["image/png", "image/png"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (calls("toolu_1", "nobody", "{}"), "There is no tool 'nobody'."),
        (calls("toolu_1", "doubled", '{"number": "many"}'), "Invalid arguments"),
        (calls("toolu_1", "doubled", "{}"), "Missing required argument"),
    ],
)
def test_a_wrong_call_is_told_to_the_model(server: ScriptedServer, call: Any, said: str) -> None:
    reply = ask(server, claude(server, tools=[doubled]), says(call, stop_reason="tool_use"), YES)
    assert reply.text == "Yes."
    (result,) = server.body["messages"][-1]["content"]
    assert result["is_error"] is True
    assert said in result["content"][0]["text"]


def test_rounds_are_limited_and_the_model_answers_with_what_it_has(server: ScriptedServer) -> None:
    rounds = [says(calls(f"toolu_{n}", "doubled", '{"number": 1}'), stop_reason="tool_use") for n in range(2)]
    reply = ask(server, claude(server, tools=[doubled], max_rounds=2), *rounds, says(text("Enough.")))
    assert reply.text == "Enough."
    assert [asked.body.get("tool_choice") for asked in server.asked] == [None, None, {"type": "none"}]


def test_a_tool_that_sleeps_for_a_minute_is_stopped_at_once_and_the_talk_stays_valid(server: ScriptedServer) -> None:
    entered, leave = threading.Event(), threading.Event()

    def sleepy() -> str:
        """Sleep."""
        entered.set()
        leave.wait(60)
        return "late"

    chat = Chat(claude(server, tools=[sleepy, doubled]), idle_timeout=0.2)
    both = [calls("toolu_1", "sleepy", "{}"), calls("toolu_2", "doubled", '{"number": 4}')]
    server.play(says(text("Wait."), *both, stop_reason="tool_use"))
    reply = chat.send("Sleep.")
    assert entered.wait(20)
    wait_for(lambda: tool_parts(reply)[1].status == "done")
    time.sleep(0.5)  # longer than idle_timeout: a tool at work is no silence
    assert reply.status == "streaming"
    before = time.monotonic()
    chat.stop()
    reply.result(10)
    assert time.monotonic() - before < 1
    assert (reply.status, reply.stop_reason) == ("complete", "stopped")
    assert [call.status for call in tool_parts(reply)] == ["stopped", "done"]
    leave.set()
    server.play(YES)
    assert chat.send("And now?").result(30).text == "Yes."
    assert_valid(server.body["messages"])
    results = server.body["messages"][2]["content"]
    assert [(each["tool_use_id"], each.get("is_error", False)) for each in results] == [
        ("toolu_1", True),
        ("toolu_2", False),
    ]


def assert_valid(messages: Sequence[Any]) -> None:
    """Check what the API does: each call has its result, at the start of the very next message."""
    assert messages[0]["role"] == messages[-1]["role"] == "user"
    for message, after in zip(messages, [*messages[1:], {"content": []}], strict=True):
        assert message["content"]
        called = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
        answered = [block["tool_use_id"] for block in after["content"] if block["type"] == "tool_result"]
        assert called == answered


def test_a_failure_after_tools_ran_does_not_run_them_again(server: ScriptedServer) -> None:
    ran: list[int] = []

    def count() -> int:
        """Count."""
        ran.append(1)
        return len(ran)

    server.play(says(calls("toolu_1", "count", "{}"), stop_reason="tool_use"))
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    server.play(json.dumps(overloaded).encode(), status=529, content_type="application/json")
    reply = Chat(claude(server, tools=[count]), retries=2).send("?").result(30)
    assert reply.error is not None
    assert reply.error.kind == "overloaded"
    assert ran == [1]


# --- what the provider runs, and how answers end ---

SEARCH = {"type": "web_search_20260209", "name": "web_search", "max_uses": 3}


def test_server_tools_pass_through_and_pause_turn_goes_on(server: ScriptedServer) -> None:
    found = {"type": "web_search_result", "title": "Hive", "url": "https://hive.example", "encrypted_content": "enc"}
    result = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [found]}
    first = says(
        text("Searching."),
        calls("srvtoolu_1", "web_search", '{"query": "bees"}', type="server_tool_use"),
        result,
        stop_reason="pause_turn",
        container={"id": "container_1", "expires_at": "2026-01-01T00:00:00Z"},
    )
    chat = Chat(claude(server, tools=[SEARCH, doubled]))
    server.play(first)
    server.play(says(text(" Found it.")))
    reply = chat.send("Bees?").result(30)
    assert (reply.text, reply.stop_reason) == ("Searching. Found it.", "end_turn")
    assert server.body["tools"][0] == SEARCH
    assert server.body["container"] == "container_1"
    assert len(server.body["messages"]) == 2
    said = server.body["messages"][1]["content"]
    assert [block["type"] for block in said] == ["text", "server_tool_use", "web_search_tool_result"]
    assert said[1]["input"] == {"query": "bees"}
    assert said[2]["content"][0]["encrypted_content"] == "enc"
    (call,) = tool_parts(reply)
    assert (call.name, call.input, call.status, call.output) == ("web_search", {"query": "bees"}, "done", "Hive")
    server.play(YES)
    chat.send("Sure?").result(30)
    assert_valid(server.body["messages"])


@pytest.mark.parametrize("stop_reason", ["max_tokens", "refusal", "model_context_window_exceeded"])
def test_an_answer_that_ended_early_says_so(server: ScriptedServer, stop_reason: str) -> None:
    server.play(says(text("Well"), stop_reason=stop_reason))
    chat = Chat(claude(server))
    reply = chat.send("?").result(30)
    assert (reply.status, reply.stop_reason) == ("complete", stop_reason)
    assert chat.to_markdown().startswith("> ?\n\nWell\n\n*The ")


def test_max_tokens_within_a_call_leaves_the_talk_valid(server: ScriptedServer) -> None:
    chat = Chat(claude(server, tools=[doubled]))
    server.play(says(calls("toolu_1", "doubled", '{"num'), stop_reason="max_tokens"))
    reply = chat.send("?").result(30)
    assert [call.status for call in tool_parts(reply)] == ["stopped"]
    server.play(YES)
    chat.send("Go on.").result(30)
    assert_valid(server.body["messages"])


# --- routing and preparing ---


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("What's the capital of France?", FAST),
        ("Thanks!", FAST),
        ("Why is the sky blue?", STRONG),
        ("Implement quicksort", STRONG),
        ("Look:\n```\nx\n```", STRONG),
        ("word " * 100, STRONG),
    ],
)
def test_route_sends_short_simple_questions_to_the_fast_model(
    server: ScriptedServer, question: str, model: str
) -> None:
    ask(server, claude(server, model=route()), YES, question=question)
    assert server.body["model"] == model


def test_any_function_of_the_messages_may_choose_the_model(server: ScriptedServer) -> None:
    async def choose(messages: Sequence[Message]) -> str:
        return f"claude-{len(messages)}"

    ask(server, claude(server, model=choose), YES)
    assert server.body["model"] == "claude-1"
    ask(server, claude(server, model=route("a", "b", simple=lambda _: False)), YES)
    assert server.body["model"] == "b"


def test_prepare_runs_together_and_its_time_is_told_apart(server: ScriptedServer) -> None:
    together: list[int] = []
    barrier: list[asyncio.Event] = []

    async def meet() -> None:
        together.append(1)
        if not barrier:
            barrier.append(asyncio.Event())
        if len(together) == 3:
            barrier[0].set()
        await asyncio.wait_for(barrier[0].wait(), 10)

    async def retrieve(messages: Sequence[Message]) -> str:
        await meet()
        return f"Known of {messages[-1].text}: bees dance."

    async def remember(_: Sequence[Message]) -> list[dict[str, str]]:
        await meet()
        return [{"role": "user", "content": "I keep bees."}, {"role": "assistant", "content": "Nice."}]

    async def check(_: Sequence[Message]) -> None:
        await meet()
        await asyncio.sleep(0.05)

    reply = ask(server, claude(server, system="Terse.", cache=True, prepare=[retrieve, remember, check]), YES)
    assert server.body["system"] == [
        {"type": "text", "text": "Terse.", "cache_control": EPHEMERAL},
        {"type": "text", "text": "Known of Well?: bees dance."},
    ]
    assert [each["content"][0]["text"] for each in server.body["messages"]] == ["I keep bees.", "Nice.", "Well?"]
    assert reply.timing is not None
    assert reply.timing.prepare is not None
    assert reply.timing.ttft is not None
    assert 0.05 <= reply.timing.prepare < reply.timing.ttft


def test_a_preparation_that_fails_is_a_failure_of_the_answer(server: ScriptedServer) -> None:
    async def broken(_: Sequence[Message]) -> Any:
        raise RuntimeError("the index is gone")

    async def odd(_: Sequence[Message]) -> Any:
        return 7

    for function, said in ((broken, "the index is gone"), (odd, "type int")):
        reply = ask(server, claude(server, prepare=[function]))
        assert reply.error is not None
        assert said in reply.error.message
    assert server.asked == []


def test_help_reads_like_documentation() -> None:
    page = pydoc.plain(pydoc.render_doc(Claude))
    for word in (
        "Parameters",
        "Examples",
        "thinking",
        "effort",
        "cache",
        "tools",
        "prepare",
        "citations",
        "max_rounds",
    ):
        assert word in page
