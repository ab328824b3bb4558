"""What a request must be before it costs anything: read within bounds, understood, allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, from_json

from ..messages import Message, TextPart
from ._refusals import Refused
from ._settings import Settings


class AskedMessage(BaseModel):
    """One message of the conversation so far."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "assistant"]
    content: Annotated[str, StringConstraints(min_length=1)]


class Asked(BaseModel):
    """A request: the conversation so far, and what is wanted of the answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    messages: Annotated[list[AskedMessage], Field(min_length=1)]
    system: str | None = Field(None, description="instructions for the whole conversation")
    model: str | None = Field(None, description="one of the models that the gateway allows")
    max_tokens: Annotated[int, Field(ge=1)] | None = Field(None, description="the most tokens of the answer")

    def history(self) -> tuple[Message, ...]:
        """Give the messages as every source takes them."""
        return tuple(
            Message(
                id=f"m{number}",
                role=each.role,
                parts=(TextPart(each.content),),
                status="sent" if each.role == "user" else "complete",
            )
            for number, each in enumerate(self.messages)
        )


async def read_body(headers: Mapping[str, str], chunks: AsyncIterator[bytes], settings: Settings) -> bytes:
    """Read a request's body; raises `Refused` if it is too large or too slow."""
    most = settings.max_body
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most)

    async def read() -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in chunks:
            size += len(part)
            if size > most:
                raise _too_large(most)
            parts.append(part)
        return b"".join(parts)

    try:
        return await asyncio.wait_for(read(), settings.body_timeout)
    except asyncio.TimeoutError:
        raise Refused(
            408, "timeout", f"The request didn't arrive within {settings.body_timeout:g} s. Send it in one go."
        ) from None


def check(body: bytes, settings: Settings, models: frozenset[str]) -> Asked:
    """Read a request's JSON; raises `Refused` unless all of it may be asked.

    Parameters
    ----------
    body, settings
        What came, and what is allowed.
    models
        Names that a request may use; none means that the upstream has no such thing, and any name is passed over.
    """
    try:
        data: Any = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Refused(400, "bad_request", 'The request isn\'t JSON. Send {"messages": [...]}, in UTF-8.') from None
    try:
        asked = Asked.model_validate(data)
    except ValidationError as error:
        raise Refused(422, "bad_request", _sentence(error.errors(include_url=False)[0])) from None
    if len(asked.messages) > settings.max_messages:
        raise Refused(
            413,
            "too_large",
            f"The conversation has {len(asked.messages)} messages, and {settings.max_messages} are allowed. Clear the "
            "chat and begin anew.",
        )
    longest = max(len(asked.system or ""), *(len(each.content) for each in asked.messages))
    if longest > settings.max_message:
        raise Refused(
            413,
            "too_large",
            f"A message has {longest:,} characters, and {settings.max_message:,} are allowed. Shorten it.",
        )
    if asked.messages[-1].role != "user":
        raise Refused(422, "bad_request", "The last message must be the user's: the one to be answered.")
    if asked.max_tokens is not None and asked.max_tokens > settings.max_tokens:
        raise Refused(
            422, "bad_request", f"max_tokens is {asked.max_tokens}, and {settings.max_tokens} is the most allowed."
        )
    if asked.model is not None and models and asked.model not in models:
        raise Refused(
            422,
            "bad_request",
            f"The model isn't one that this gateway allows. Leave it out, or use one of: {', '.join(sorted(models))}.",
        )
    return asked


def _too_large(most: int) -> Refused:
    return Refused(
        413,
        "too_large",
        f"The request has more than the {most:,} bytes allowed. Shorten the message, or clear the chat and begin anew.",
    )


def _sentence(error: ErrorDetails) -> str:
    """Say what is wrong with a request, without repeating its content."""
    where = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in error["loc"]).lstrip(".")
    if error["type"] == "extra_forbidden":
        return f"The field {where[:80]!r} isn't known here. A request has messages, system, model and max_tokens."
    if error["type"] == "literal_error":
        return f"{where} must be {error.get('ctx', {}).get('expected', 'another')}."
    if error["type"] == "missing":
        return f"{where} is missing. A request has messages, each with a role and a content."
    return f"{where or 'The request'} is wrong: {error['msg'][:1].lower()}{error['msg'][1:]}."
