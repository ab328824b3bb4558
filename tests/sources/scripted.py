"""A local HTTP server that gives each request the next body of a test, and remembers what it was asked.

In a test::

    with ScriptedServer() as server:
        server.play(sse({"type": "text", "text": "Hi."}, "[DONE]"))
        client = AsyncOpenAI(base_url=server.url, api_key="sk-test")
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import Self

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class _Answer:
    body: bytes
    status: int
    headers: dict[str, str]


class ScriptedServer:
    """Serves on a free port of 127.0.0.1 while its ``with`` lasts."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: deque[_Answer] = deque()
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                script.asked.append(Asked(self.path, headers, json.loads(raw) if raw else None))
                answer = script._answers.popleft()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def body(self) -> Any:
        """The body of the last request."""
        return self.asked[-1].body

    def play(self, body: bytes, *, status: int = 200, content_type: str = EVENT_STREAM, **headers: str) -> None:
        """Answer the next request that has no answer yet with `body`, then close the connection."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._answers.append(_Answer(body, status, {"content-type": content_type, **named}))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def sse(*events: Any) -> bytes:
    """Server-sent events, one for each value: JSON, or a string as it is. A dict's type also names its event."""
    lines: list[str] = []
    for event in events:
        if isinstance(event, dict) and isinstance(event.get("type"), str):
            lines.append(f"event: {event['type']}")
        lines += [f"data: {event if isinstance(event, str) else json.dumps(event)}", ""]
    return ("\n".join(lines) + "\n").encode()


def json_lines(*values: Any) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


# --- one answer in each wire format: it thinks "Hm. Bees.", says "Bees *dance*.", and counts 12 + 7 tokens ---


def anthropic_events(stop_reason: str = "end_turn") -> list[dict[str, Any]]:
    def delta(index: int, **fields: str) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": index, "delta": fields}

    usage = {"input_tokens": 2, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 0, "output_tokens": 1}
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-test",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    return [
        {"type": "message_start", "message": message},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        },
        delta(0, type="thinking_delta", thinking="Hm. "),
        {"type": "ping"},
        delta(0, type="thinking_delta", thinking="Bees."),
        delta(0, type="signature_delta", signature="c2ln"),
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        delta(1, type="text_delta", text="Bees "),
        delta(1, type="text_delta", text="*dance*."),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason, "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]


def completion_chunks(finish: str | None = "stop", reasoning: str = "reasoning_content") -> list[dict[str, Any]]:
    def chunk(*choices: dict[str, Any], **fields: Any) -> dict[str, Any]:
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-test"}
        return {**head, "choices": list(choices), **fields}

    def choice(finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "finish_reason": finish_reason}

    return [
        chunk(choice(role="assistant", content="")),
        chunk(choice(**{reasoning: "Hm. "})),
        chunk(choice(**{reasoning: "Bees."})),
        chunk(choice(content="Bees ")),
        chunk(choice(content="*dance*.")),
        *([chunk(choice(finish))] if finish else []),
        chunk(
            usage={
                "prompt_tokens": 12,
                "completion_tokens": 7,
                "total_tokens": 19,
                "prompt_tokens_details": {"cached_tokens": 10},
            }
        ),
    ]


def response_events(status: str = "completed") -> list[dict[str, Any]]:
    response: dict[str, Any] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "gpt-test",
        "status": "in_progress",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    usage = {
        "input_tokens": 12,
        "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 2},
        "total_tokens": 19,
    }
    reasoning = {"id": "rs_1", "type": "reasoning", "summary": []}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    said = {**message, "status": "completed", "content": [{**part, "text": "Bees *dance*."}]}
    thought = {"item_id": "rs_1", "output_index": 0, "summary_index": 0}
    text = {"item_id": "msg_1", "output_index": 1, "content_index": 0, "logprobs": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": reasoning},
        {"type": "response.reasoning_summary_part.added", **thought, "part": {"type": "summary_text", "text": ""}},
        {"type": "response.reasoning_summary_text.delta", **thought, "delta": "Hm. "},
        {"type": "response.reasoning_summary_text.delta", **thought, "delta": "Bees."},
        {"type": "response.output_item.done", "output_index": 0, "item": reasoning},
        {"type": "response.output_item.added", "output_index": 1, "item": message},
        {"type": "response.content_part.added", **text, "part": part},
        {"type": "response.output_text.delta", **text, "delta": "Bees "},
        {"type": "response.output_text.delta", **text, "delta": "*dance*."},
        {"type": "response.output_text.done", **text, "text": "Bees *dance*."},
        {"type": "response.output_item.done", "output_index": 1, "item": said},
        {
            "type": f"response.{status}",
            "response": {
                **response,
                "status": status,
                "usage": usage,
                "output": [said],
                "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            },
        },
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def ollama_parts() -> list[dict[str, Any]]:
    def part(*, done: bool = False, **message: str) -> dict[str, Any]:
        head = {"model": "bee", "created_at": "2026-01-01T00:00:00Z"}
        return {**head, "message": {"role": "assistant", "content": "", **message}, "done": done}

    return [
        part(thinking="Hm. "),
        part(thinking="Bees."),
        part(content="Bees "),
        part(content="*dance*."),
        {**part(done=True), "done_reason": "stop", "prompt_eval_count": 12, "eval_count": 7},
    ]
