"""Responses of the Messages API, made of blocks."""

from __future__ import annotations

from typing import Any

from scripted import sse


def says(
    *blocks: dict[str, Any], stop_reason: str = "end_turn", usage: dict[str, int] | None = None, **delta: Any
) -> bytes:
    """One streamed response of these blocks, each delta in two pieces."""
    counts = {"input_tokens": 100, "output_tokens": 1, **(usage or {})}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None, "usage": counts}}
    ]
    for index, block in enumerate(blocks):
        start, deltas = _pieces(block)
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [{"type": "content_block_delta", "index": index, "delta": each} for each in deltas]
        events.append({"type": "content_block_stop", "index": index})
    ending = {"stop_reason": stop_reason, "stop_sequence": None, **delta}
    events += [
        {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 10}},
        {"type": "message_stop"},
    ]
    return sse(*events)


def text(said: str, *citations: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": said, "citations": list(citations)}


def thinks(said: str, signature: str = "c2lnbmVk") -> dict[str, Any]:
    return {"type": "thinking", "thinking": said, "signature": signature}


def calls(id: str, name: str, input: str, type: str = "tool_use") -> dict[str, Any]:  # noqa: A002  # the API's names
    return {"type": type, "id": id, "name": name, "input": input}


def _pieces(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    def halves(kind: str, field: str, value: str) -> list[dict[str, Any]]:
        middle = len(value) // 2
        return [{"type": kind, field: half} for half in (value[:middle], value[middle:])]

    match block["type"]:
        case "text":
            citations = [{"type": "citations_delta", "citation": each} for each in block["citations"]]
            return {"type": "text", "text": ""}, [*halves("text_delta", "text", block["text"]), *citations]
        case "thinking":
            signed = {"type": "signature_delta", "signature": block["signature"]}
            return {**block, "thinking": "", "signature": ""}, [
                *halves("thinking_delta", "thinking", block["thinking"]),
                signed,
            ]
        case "tool_use" | "server_tool_use":
            return {**block, "input": {}}, halves("input_json_delta", "partial_json", block["input"])
        case _:
            return block, []
