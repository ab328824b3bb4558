"""OpenAI's chat completions, which LiteLLM and most local servers speak too, and its responses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..events import End, Event, Start, Text, Thinking
from ..messages import Usage
from ._shape import Shape, count, error_of, get, kind, stop_reason

# What `chat.completions.stream()` gives beside its chunks; each repeats what a chunk said.
_HELPERS = ("content.", "refusal.", "tool_calls.", "logprobs.")


class ChatCompletions(Shape):
    """Chunks with ``choices``, as objects or dicts, and the ``chunk`` events of ``chat.completions.stream()``."""

    def __init__(self) -> None:
        self._begun = False

    def knows(self, chunk: Any) -> bool:
        choices = get(chunk, "choices")
        if isinstance(choices, list | tuple):
            return not choices or get(choices[0], "delta") is not None
        if isinstance(chunk, Mapping) and isinstance(chunk.get("error"), Mapping) and "type" not in chunk:
            return True
        type_ = kind(chunk)
        return (type_ == "chunk" and get(chunk, "chunk", "choices") is not None) or type_.startswith(_HELPERS)

    def read(self, chunk: Any) -> Iterable[Event]:
        if kind(chunk):
            return () if kind(chunk) != "chunk" else self.read(get(chunk, "chunk"))
        return self._read(chunk)

    def _read(self, chunk: Any) -> Iterator[Event]:
        # Answers of a gateway may carry an error in the place of choices.
        if (error := get(chunk, "error")) is not None:
            self.unfinished = False
            yield error_of(error)
            return
        if not self._begun and get(chunk, "choices"):
            self._begun = self.unfinished = True
            yield Start(get(chunk, "model"))
        for choice in get(chunk, "choices")[:1]:  # of n > 1 answers, the first is drawn
            delta = get(choice, "delta")
            if thinking := get(delta, "reasoning_content") or get(delta, "reasoning"):
                yield Thinking(thinking)
            if text := get(delta, "content") or get(delta, "refusal"):
                yield Text(text)
            if reason := get(choice, "finish_reason"):
                self.unfinished = False
                yield End(stop_reason(reason))
        if usage := get(chunk, "usage"):
            details = get(usage, "prompt_tokens_details")
            yield End(
                usage=Usage(
                    count(get(usage, "prompt_tokens")),
                    count(get(usage, "completion_tokens")),
                    count(get(details, "cached_tokens")),
                    count(get(details, "cache_write_tokens")),
                )
            )


class Responses(Shape):
    """Events whose type begins with ``response.``."""

    def knows(self, chunk: Any) -> bool:
        return kind(chunk).startswith("response.") or (
            kind(chunk) == "error" and get(chunk, "sequence_number") is not None
        )

    def read(self, chunk: Any) -> Iterator[Event]:
        # By type, because many have a `delta`.
        match kind(chunk):
            case "response.output_text.delta" | "response.refusal.delta":
                yield Text(get(chunk, "delta"))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield Thinking(get(chunk, "delta"))
            case "response.reasoning_summary_part.added" if get(chunk, "summary_index"):
                yield Thinking("\n\n")
            case "response.created":
                self.unfinished = True
                yield Start(get(chunk, "response", "model"))
            case "response.completed" | "response.incomplete":
                self.unfinished = False
                yield _end(get(chunk, "response"))
            case "response.failed":
                self.unfinished = False
                yield error_of(get(chunk, "response", "error"))
            case "error":
                yield error_of({"code": get(chunk, "code"), "message": get(chunk, "message")})
            case _:
                pass


def _end(response: Any) -> End:
    reason = get(response, "incomplete_details", "reason")
    usage = get(response, "usage")
    details = get(usage, "input_tokens_details")
    return End(
        stop_reason(reason) or "end_turn",
        Usage(
            count(get(usage, "input_tokens")),
            count(get(usage, "output_tokens")),
            count(get(details, "cached_tokens")),
            count(get(details, "cache_write_tokens")),
        ),
    )
