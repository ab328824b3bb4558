"""Claude, through the `anthropic` SDK."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._streams import in_thread
from ..failures import SourceError
from ..messages import Message

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic, AsyncStream

DEFAULT_MODEL = "claude-opus-5-5"
KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


class Claude:
    """Answers from Claude.

    Parameters
    ----------
    model
        The model's id.
    system
        The system prompt.
    max_tokens
        The most tokens of one answer.
    api_key
        By default the environment's ``ANTHROPIC_API_KEY``. It is never shown, sent to the browser or saved.
    base_url
        Where the Messages API is; by default the SDK's own choice.
    **options
        Whatever else the SDK takes: arguments of its client (``timeout``, ``default_headers``, ``http_client``)
        and of ``client.messages.create`` (``temperature``, ``stop_sequences``).

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import Claude
    >>> chat = Chat(Claude(system="Answer in one sentence.", api_key="sk-..."))
    """

    def __init__(
        self,
        model: str = DEFAULT_MODEL,
        *,
        system: str | None = None,
        max_tokens: int = 4096,
        api_key: str | None = None,
        base_url: str | None = None,
        **options: Any,
    ) -> None:
        self.model = model
        self._options: dict[str, Any] = {"model": model, "max_tokens": max_tokens, **options}
        given = {"system": system, "api_key": api_key, "base_url": base_url}
        self._options |= {name: value for name, value in given.items() if value is not None}
        self._opened: tuple[asyncio.AbstractEventLoop, AsyncAnthropic, dict[str, Any]] | None = None
        warm_up()

    def __repr__(self) -> str:
        return f"Claude(model={self.model!r})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Any]:
        """Stream the raw events of one request."""
        client, request = await self._open()
        history: Any = [{"role": message.role, "content": message.text} for message in messages]
        stream: AsyncStream[Any] = await client.messages.create(messages=history, stream=True, **request)
        async with stream:
            _expect_events(stream.response)
            async for event in stream:
                yield event

    async def _open(self) -> tuple[AsyncAnthropic, dict[str, Any]]:
        """Give the client, which is kept for its warm connections, and the request's own arguments."""
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            self._opened = (loop, *await in_thread(lambda: _make_client(self._options)))
        return self._opened[1:]


def _expect_events(response: Any) -> None:
    """Refuse a web page or plain JSON in the place of a stream: the SDK would find no event in it, and no fault."""
    kind, _, _ = str(response.headers.get("content-type", "")).partition(";")
    if kind and kind != "text/event-stream":
        raise SourceError(
            f"{response.url.host} answered with {kind} instead of a stream. Check base_url, and whether a proxy or "
            "a page to log in stands between.",
            kind="protocol",
        )


def _make_client(options: Mapping[str, Any]) -> tuple[AsyncAnthropic, dict[str, Any]]:
    """Import the SDK (about 2 s, once), and part the client's arguments from the request's."""
    from anthropic import AsyncAnthropic  # noqa: PLC0415

    of_client = inspect.signature(AsyncAnthropic).parameters.keys()
    # Retries are ipytalk's own: the SDK sleeps through Retry-After in silence.
    client = AsyncAnthropic(max_retries=0, **{name: options[name] for name in options.keys() & of_client})
    if not (client.api_key or client.auth_token or getattr(client, "credentials", None)):
        raise SourceError(
            "There is no key for Claude. Set ANTHROPIC_API_KEY before the kernel starts, or pass Claude(api_key=...).",
            kind="no_key",
        )
    return client, {name: options[name] for name in options.keys() - of_client}


def has_key() -> bool:
    """Whether the environment has a key for Claude."""
    return any(os.environ.get(name) for name in KEYS)


def warm_up() -> None:
    """Import the SDK in the background, so that the first Send need not wait for it."""
    if "anthropic" not in sys.modules:
        threading.Thread(
            target=importlib.import_module, args=("anthropic",), name="ipytalk-import", daemon=True
        ).start()
