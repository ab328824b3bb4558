"""A conversation in the words of Anthropic's Messages API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from ..messages import JSON, AttachmentPart, Message, Part, TextPart, ToolPart
from ._tools import Result

Block: TypeAlias = JSON

STOPPED = "The person stopped this call before it had a result."
# Footnotes that `chunks` made of citations: the model must not learn to write them itself.
_FOOTNOTES = re.compile(r"\[\^c\d+\](?!:)|\n*^\[\^c\d+\]: .*$", re.MULTILINE)


def api_messages(messages: Sequence[Message], *, tools: bool, citations: bool) -> list[JSON]:
    """Give the history. `tools`: whether calls are told, which only a model that has tools may read."""
    told: list[JSON] = []
    for message in messages:
        if message.role == "user":
            told.append({"role": "user", "content": _asked(message.parts, citations=citations)})
        else:
            told += _answered(message.parts, tools=tools)
    return told


def _asked(parts: Iterable[Part], *, citations: bool) -> list[Block]:
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, AttachmentPart):
            blocks.append(attachment_block(part, citations=citations))
        elif isinstance(part, TextPart) and part.text.strip():
            blocks.append({"type": "text", "text": part.text})
    return blocks


def _answered(parts: Sequence[Part], *, tools: bool) -> list[JSON]:
    """Give one answer: what it said, and after each round of calls their results in the person's name."""
    told: list[JSON] = []
    blocks: list[Block] = []
    for is_round, group in groupby(parts, lambda part: isinstance(part, ToolPart | AttachmentPart)):
        if not is_round:
            text = "".join(part.text for part in group if isinstance(part, TextPart))
            if text := _FOOTNOTES.sub("", text).strip():
                blocks.append({"type": "text", "text": text})
            continue
        round_ = [part for part in group if not (isinstance(part, ToolPart) and part.id.startswith("srvtoolu_"))]
        calls = [part for part in round_ if isinstance(part, ToolPart)]
        if tools and calls:
            blocks += [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input} for call in calls]
            told += [{"role": "assistant", "content": blocks}, _results_of(round_)]
            blocks = []
    if blocks:
        told.append({"role": "assistant", "content": blocks})
    return told


def _results_of(parts: Sequence[Part]) -> JSON:
    calls = [part for part in parts if isinstance(part, ToolPart)]
    pictures = [part for part in parts if isinstance(part, AttachmentPart)]
    results = [
        Result(
            call.id,
            call.output or STOPPED,
            failed=call.status in ("failed", "denied", "stopped") or call.output is None,
        )
        for call in calls
    ]
    results[-1] = Result(results[-1].call, results[-1].text, pictures, failed=results[-1].failed)
    return results_message(results)


def results_message(results: Sequence[Result]) -> JSON:
    """Give the results of one round. They stand in one message, or the model unlearns to call in parallel."""
    return {"role": "user", "content": [_result_block(result) for result in results]}


def _result_block(result: Result) -> Block:
    content = [{"type": "text", "text": result.text}] if result.text.strip() else []
    block: Block = {
        "type": "tool_result",
        "tool_use_id": result.call,
        "content": [*content, *(attachment_block(picture) for picture in result.pictures)],
    }
    return {**block, "is_error": True} if result.failed else block


def attachment_block(part: AttachmentPart, *, citations: bool = False) -> Block:
    """Give an attachment: data as text, a picture, or a document, which may be cited."""
    if part.media_type == "text/markdown":
        return {"type": "text", "text": f"{part.name}:\n\n{part.data}"}
    if part.media_type.startswith("image/"):
        return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": part.data}}
    source = {"type": "text" if part.is_text else "base64", "media_type": part.media_type, "data": part.data}
    if part.is_text:
        source["media_type"] = "text/plain"
    block: Block = {"type": "document", "source": source, "title": part.name}
    return {**block, "citations": {"enabled": True}} if citations else block


def cached(body: Mapping[str, Any], control: JSON) -> JSON:
    """Mark where a prefix is worth keeping: tools, system, and the last two messages of the person.

    Of the last two, the earlier is the end of what the request before wrote, and the later of what the next one reads.
    Four is all that the API takes.
    """
    marked = dict(body)
    if tools := marked.get("tools"):
        marked["tools"] = [*tools[:-1], {**tools[-1], "cache_control": control}]
    if system := marked.get("system"):  # what was prepared for this one question follows the first block
        marked["system"] = [{**system[0], "cache_control": control}, *system[1:]]
    messages = list(marked["messages"])
    asked = [place for place, message in enumerate(messages) if message["role"] == "user"]
    for place in asked[-2:]:
        *first, last = messages[place]["content"]
        messages[place] = {**messages[place], "content": [*first, {**last, "cache_control": control}]}
    return {**marked, "messages": messages}


class Content:
    """The blocks of one streamed response, to be sent back as they came: with signatures and encrypted results."""

    def __init__(self) -> None:
        self.stop_reason: str | None = None
        self.stop_details: Any = None
        self.container: str | None = None
        self._blocks: list[Block] = []
        self._json: dict[int, list[str]] = {}

    def add(self, event: Any) -> None:
        """Take the next raw event."""
        match event.type:
            case "content_block_start":
                self._blocks.append(event.content_block.model_dump(mode="json", exclude_none=True))
            case "content_block_delta":
                self._grow(self._blocks[event.index], event.index, event.delta)
            case "content_block_stop" if event.index in self._json:
                text = "".join(self._json.pop(event.index))
                try:
                    self._blocks[event.index]["input"] = json.loads(text) if text else {}
                except ValueError:  # max_tokens came in the middle
                    self._blocks[event.index]["input"] = {}
            case "message_delta":
                self.stop_reason = event.delta.stop_reason or self.stop_reason
                self.stop_details = getattr(event.delta, "stop_details", None)
                self.container = getattr(getattr(event.delta, "container", None), "id", None)
            case _:
                pass

    def _grow(self, block: Block, index: int, delta: Any) -> None:
        match delta.type:
            case "text_delta":
                block["text"] += delta.text
            case "thinking_delta":
                block["thinking"] += delta.thinking
            case "signature_delta":
                block["signature"] = delta.signature
            case "input_json_delta":
                self._json.setdefault(index, []).append(delta.partial_json)
            case "citations_delta":
                block.setdefault("citations", []).append(delta.citation.model_dump(mode="json", exclude_none=True))
            case _:
                pass

    @property
    def message(self) -> JSON:
        """The response as a message of the history."""
        return {"role": "assistant", "content": [b for b in self._blocks if b.get("text", True)]}

    @property
    def calls(self) -> list[ToolPart]:
        """The calls that the model waits for."""
        return [ToolPart(b["id"], b["name"], b["input"]) for b in self._blocks if b["type"] == "tool_use"]
