"""OpenAI, and every server that speaks its chat completions, through the `openai` SDK."""

from __future__ import annotations

import asyncio
import copy
import importlib
import importlib.util
import inspect
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._streams import in_thread
from ..failures import SourceError
from ..messages import AttachmentPart, Message
from ._closing import close_with

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAI:
    """Answers from OpenAI, or from any server with an OpenAI-compatible API: vLLM, llama.cpp, Ollama, a LiteLLM proxy.

    It needs the extra: ``pip install ipytalk[openai]``.

    Parameters
    ----------
    model
        The model's id, as the server names it.
    system
        The system prompt.
    base_url
        Where the API is, such as ``"http://localhost:11434/v1"`` for Ollama; by default OpenAI itself.
    api_key
        By default the environment's ``OPENAI_API_KEY``; a server of your own mostly needs none. It is never shown, sent
        to the browser or saved.
    **options
        Whatever else the SDK takes: arguments of its client (``timeout``, ``default_headers``, ``http_client``) and of
        ``client.chat.completions.create`` (``temperature``, ``max_tokens``, ``reasoning_effort``, ``extra_body``).

    Examples
    --------
    >>> from ipytalk import Chat
    >>> from ipytalk.sources import OpenAI
    >>> chat = Chat(OpenAI("qwen3:8b", base_url="http://localhost:11434/v1"))

    Notes
    -----
    ``price(OpenAI(...), Prices(input=..., output=...))`` tells what each answer cost.
    """

    def __init__(
        self,
        model: str,
        *,
        system: str | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        **options: Any,
    ) -> None:
        self.model = model
        self._system = _system(system)
        # The tokens are counted only if asked for. A server that refuses the option: OpenAI(..., stream_options=None).
        given = {"stream_options": {"include_usage": True}, **options, "base_url": base_url, "api_key": api_key}
        self._options = {"model": model} | {name: value for name, value in given.items() if value is not None}
        self._request: dict[str, Any] = {}  # what this one asks differently
        self._opened: tuple[asyncio.AbstractEventLoop, AsyncOpenAI, dict[str, Any]] | None = None
        if "openai" not in sys.modules and importlib.util.find_spec("openai"):
            threading.Thread(
                target=importlib.import_module, args=("openai",), name="ipytalk-import", daemon=True
            ).start()

    def __repr__(self) -> str:
        return f"OpenAI({self.model!r})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Any]:
        """Stream the chunks of one request."""
        client, request = await self._open()
        request = {**request, **self._request}
        history: Any = [*self._system, *map(_message, messages)]
        stream: Any = await client.chat.completions.create(messages=history, stream=True, **request)
        async with stream:
            async for chunk in stream:
                yield chunk

    def varied(self, *, model: str | None = None, system: str | None = None, max_tokens: int | None = None) -> OpenAI:
        """Give a source that asks for something else over the same connections. None leaves a value as it is."""
        other = copy.copy(self)
        given = {"model": model, "max_tokens": max_tokens}
        vars(other).update(
            model=model or self.model,
            _system=self._system if system is None else _system(system),
            _request={**self._request, **{name: value for name, value in given.items() if value is not None}},
            _open=self._open,  # of the one that opens them, which it thereby keeps
        )
        return other

    async def _open(self) -> tuple[AsyncOpenAI, dict[str, Any]]:
        """Give the client, which is kept for its warm connections, and the request's own arguments."""
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened[0] is not loop:
            self._opened = (loop, *await in_thread(lambda: _make_client(self._options)))
            if "http_client" not in self._options:
                close_with(self, self._opened[1].close)
        return self._opened[1:]


def _system(prompt: str | None) -> list[dict[str, Any]]:
    return [{"role": "system", "content": prompt}] if prompt else []


def _message(message: Message) -> dict[str, Any]:
    attached = [part for part in message.parts if isinstance(part, AttachmentPart)]
    if message.role != "user" or not attached:
        return {"role": message.role, "content": message.text}
    content = [_content(part) for part in attached]
    return {"role": "user", "content": [*content, {"type": "text", "text": message.text}] if message.text else content}


def _content(part: AttachmentPart) -> dict[str, Any]:
    if part.is_text:
        return {"type": "text", "text": f"{part.name}:\n\n{part.data}"}
    url = f"data:{part.media_type};base64,{part.data}"
    if part.media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "file", "file": {"filename": part.name, "file_data": url}}


def _make_client(options: Mapping[str, Any]) -> tuple[AsyncOpenAI, dict[str, Any]]:
    """Import the SDK, once, and part the client's arguments from the request's."""
    try:
        from openai import AsyncOpenAI  # noqa: PLC0415
    except ImportError as error:
        raise SourceError(
            "The openai package isn't there. Install it with: pip install ipytalk[openai]", kind="not_installed"
        ) from error

    of_client = inspect.signature(AsyncOpenAI).parameters.keys()
    arguments = {name: options[name] for name in options.keys() & of_client}
    if "api_key" not in arguments and not os.environ.get("OPENAI_API_KEY"):
        if "base_url" not in arguments and not os.environ.get("OPENAI_BASE_URL"):
            raise SourceError(
                "There is no key for OpenAI. Set OPENAI_API_KEY before the kernel starts, or pass OpenAI(api_key=...). "
                "For a server of your own, pass base_url.",
                kind="no_key",
            )
        arguments["api_key"] = "none"  # the SDK wants one, a server of one's own doesn't
    # Retries are ipytalk's own, which shows its countdown.
    client = AsyncOpenAI(max_retries=0, **arguments)
    return client, {name: options[name] for name in options.keys() - of_client}
