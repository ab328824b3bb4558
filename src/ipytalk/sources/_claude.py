"""Claude, through the `anthropic` SDK."""

from __future__ import annotations

import asyncio
import copy
import inspect
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._engine import get_engine
from .._streams import in_thread
from ..events import Event, Prepared
from ..failures import SourceError
from ..messages import JSON, Message
from ._claude_rehearsal import rehearse
from ._claude_request import api_messages
from ._claude_rounds import Rounds
from ._closing import close_with
from ._tools import Tool, tool

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

DEFAULT_MODEL = "claude-opus-5-5"
KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
THINKING_TOKENS = 16_000  # of max_tokens, where none is given: the reasoning counts
KEPT = 240.0  # seconds that an idle connection stays open for the next question

Model = Callable[[Sequence[Message]], "str | Awaitable[str]"]
Prepare = Callable[[Sequence[Message]], Awaitable[Any]]
_Opened: TypeAlias = "tuple[AsyncAnthropic, dict[str, Any]]"


class Claude:
    """Answers from Claude.

    Parameters
    ----------
    model
        The model's id; or a function from the messages so far to one, such as `route` makes, plain or async.
    system
        The system prompt.
    max_tokens
        The most tokens of one answer, its reasoning included. By default 4096, and 16000 with `thinking`.
    thinking
        True lets the model reason as much as it sees fit, and shows summaries of it; False keeps it from it; by
        default the model's own choice. A dict goes to the API as it is.
    effort
        How much work to put into an answer: ``"low"``, ``"medium"``, ``"high"``, ``"xhigh"`` or ``"max"``.
    cache
        Keep what repeats from one question to the next in the provider's cache: tools, system prompt and the growing
        history. Reading it is faster and costs a tenth. True keeps it for five minutes, ``"1h"`` for an hour.
    tools
        Functions that the model may call: plain ones with types and a docstring, sync or async, that see the kernel's
        variables. They may return text, JSON, DataFrames and figures, and what they raise is told to the model. Wrap
        one in `tool` to be asked before each call. A dict is a tool that the provider runs, such as
        ``{"type": "web_search_20260209", "name": "web_search"}``.
    max_rounds
        How many times in one answer the model may call tools; then it answers with what it has.
    citations
        Have attached documents cited: the citations become footnotes of the answer.
    prepare
        Async functions of the messages, run at the same time before the model is asked. A text that one returns joins
        the system prompt; a list of messages, ``{"role": ..., "content": ...}``, goes before the question; None adds
        nothing. Their time is ``reply.timing.prepare``.
    api_key
        By default the environment's ``ANTHROPIC_API_KEY``. It is never shown, sent to the browser or saved.
    base_url
        Where the Messages API is; by default the SDK's own choice.
    **options
        Whatever else the SDK takes: arguments of its client (``timeout``, ``default_headers``, ``http_client``)
        and of ``client.messages.create`` (``stop_sequences``, ``service_tier``, ``extra_body``).

    Examples
    --------
    A conversation that knows its data, and may look closer:

    >>> from ipytalk import Chat
    >>> from ipytalk.sources import Claude
    >>> sales = {"Bern": 120, "Basel": 80}
    >>> def sales_of(city: str) -> int:
    ...     "Give the sales of a city, in thousands."
    ...     return sales[city]
    >>> chat = Chat(Claude(system="Answer in one sentence.", tools=[sales_of], cache=True, api_key="sk-..."))

    Notes
    -----
    A stopped answer keeps what it said, and its calls are closed, so the conversation goes on. A plain function runs in
    a thread, which nothing can end: Stop leaves it to itself.

    ``price(Claude(...), Prices(input=..., output=...))`` tells what each answer cost.

    The SDK is imported and a connection opened in the background when a source is made, so the first question need not
    wait for either.
    """

    def __init__(  # noqa: PLR0913  # all by name: they are what the API has
        self,
        model: str | Model = DEFAULT_MODEL,
        *,
        system: str | None = None,
        max_tokens: int | None = None,
        thinking: bool | JSON | None = None,
        effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None,
        cache: bool | Literal["5m", "1h"] = False,
        tools: Sequence[Callable[..., Any] | Tool | JSON] = (),
        max_rounds: int = 10,
        citations: bool = False,
        prepare: Sequence[Prepare] = (),
        api_key: str | None = None,
        base_url: str | None = None,
        **options: Any,
    ) -> None:
        self.model = model
        self._system = system
        self._control = _cache_control(cache)
        self._given_tools = [each if isinstance(each, Tool | Mapping) else tool(each) for each in tools]
        self._tools = {each.name: each for each in self._given_tools if isinstance(each, Tool)}
        self._max_rounds = max_rounds
        self._citations = citations
        self._prepare = tuple(prepare)
        if isinstance(thinking, bool):
            thinking = {"type": "adaptive", "display": "summarized"} if thinking else {"type": "disabled"}
        reasons = thinking is not None and thinking.get("type") != "disabled"
        self._options: dict[str, Any] = {"max_tokens": max_tokens or (THINKING_TOKENS if reasons else 4096), **options}
        if effort is not None:
            self._options["output_config"] = {**options.get("output_config", {}), "effort": effort}
        given = {"thinking": thinking, "api_key": api_key, "base_url": base_url}
        self._options |= {name: value for name, value in given.items() if value is not None}
        self._request_options: dict[str, Any] = {}  # what this one asks differently
        self._opening: tuple[asyncio.AbstractEventLoop, asyncio.Task[_Opened]] | None = None
        threading.Thread(target=self._warm_up, name="ipytalk-import", daemon=True).start()

    def __repr__(self) -> str:
        model = self.model if isinstance(self.model, str) else getattr(self.model, "__name__", "function")
        return f"Claude(model={model!r})"

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[Event]:
        """Stream one answer: a request, and one more for each round of tools."""
        system, before = self._system, []
        if self._prepare:
            start = time.monotonic()
            prepared = await asyncio.gather(*(function(messages) for function in self._prepare))
            yield Prepared(time.monotonic() - start)
            system, before = _with_prepared(system, prepared)
        client, request = await self._open()
        request |= self._request_options
        request |= await self._request(messages, system, before)
        rounds = Rounds(client, request, tools=self._tools, limit=self._max_rounds, control=self._control)
        async with aclosing(rounds.run()) as events:
            async for event in events:
                yield event

    def varied(self, *, model: str | None = None, system: str | None = None, max_tokens: int | None = None) -> Claude:
        """Give a source that asks for something else over the same connections. None leaves a value as it is."""
        other = copy.copy(self)
        given = {} if max_tokens is None else {"max_tokens": max_tokens}
        vars(other).update(
            model=model or self.model,
            _system=self._system if system is None else system,
            _request_options={**self._request_options, **given},
            _open=self._open,  # of the one that opens them, which it thereby keeps
        )
        return other

    async def _request(self, messages: Sequence[Message], system: Any, before: list[JSON]) -> JSON:
        model = self.model if isinstance(self.model, str) else self.model(messages)
        history = api_messages(messages, tools=bool(self._tools), citations=self._citations)
        body: JSON = {
            "model": await model if inspect.isawaitable(model) else model,
            "messages": [*history[:-1], *before, *history[-1:]],
        }
        if system:
            body["system"] = [{"type": "text", "text": system}] if isinstance(system, str) else system
        if self._given_tools:
            body["tools"] = await in_thread(
                lambda: [each.to_json() if isinstance(each, Tool) else dict(each) for each in self._given_tools]
            )
        return body

    async def _make_client(self) -> tuple[AsyncAnthropic, dict[str, Any]]:
        options = self._options
        client, request = await in_thread(lambda: _make_client(options))
        if "http_client" not in options:
            close_with(self, client.close)
        return client, request

    async def _open(self) -> tuple[AsyncAnthropic, dict[str, Any]]:
        """Give the client, which is kept for its warm connections, and the request's own arguments."""
        loop = asyncio.get_running_loop()
        if self._opening is None or self._opening[0] is not loop:
            self._opening = (loop, loop.create_task(self._make_client()))
        try:
            client, request = await asyncio.shield(self._opening[1])
        except Exception:
            self._opening = None  # a key may be set meanwhile
            raise
        return client, dict(request)

    def _warm_up(self) -> None:
        """Import the SDK, make the client and open a connection before the first question."""
        with suppress(Exception):  # what is wrong is said when someone asks
            rehearse()
            for each in self._tools.values():
                each.to_json()
            get_engine().spawn(self._connect)

    async def _connect(self) -> None:
        with suppress(Exception):
            client, _ = await self._open()
            client.platform_headers()  # read from the system once, and kept
            if client.base_url.host == "api.anthropic.com" and (http := getattr(client, "_client", None)):
                await http.head(client.base_url)  # any answer will do: it is the TLS handshake that takes its time


def _with_prepared(system: str | None, prepared: Sequence[Any]) -> tuple[Any, list[JSON]]:
    """Part what the functions gave: texts behind the system prompt, which stays a prefix of its own, and messages."""
    texts = [value for value in prepared if isinstance(value, str) and value.strip()]
    before: list[JSON] = []
    for value in prepared:
        if isinstance(value, Sequence) and not isinstance(value, str):
            before += [_as_message(each) for each in value]
        elif value is not None and not isinstance(value, str):
            raise SourceError(
                f"A function of prepare=[...] gave a value of type {type(value).__name__}. It may give a text for the "
                "system prompt, a list of messages, or None.",
                kind="type",
            )
    if not texts:
        return system, before
    blocks = [{"type": "text", "text": text} for text in ([system] if system else []) + texts]
    return blocks, before


def _as_message(value: Any) -> JSON:
    if isinstance(value, Message):
        return {"role": value.role, "content": [{"type": "text", "text": value.text}]}
    content = value["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return {"role": value["role"], "content": blocks}


def _cache_control(cache: bool | str) -> JSON | None:  # noqa: FBT001
    if not cache:
        return None
    return {"type": "ephemeral"} if cache is True else {"type": "ephemeral", "ttl": cache}


def _make_client(options: Mapping[str, Any]) -> tuple[AsyncAnthropic, dict[str, Any]]:
    """Import the SDK (about 2 s, once), and part the client's arguments from the request's."""
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient  # noqa: PLC0415
    from httpx2 import Limits  # noqa: PLC0415

    of_client = inspect.signature(AsyncAnthropic).parameters.keys()
    # Retries are ipytalk's own: the SDK sleeps through Retry-After in silence.
    arguments = {name: options[name] for name in options.keys() & of_client}
    if "http_client" not in arguments:
        # The default drops a connection after 5 s, which is less than anyone takes for the next question.
        arguments["http_client"] = DefaultAsyncHttpxClient(limits=Limits(keepalive_expiry=KEPT))
    client = AsyncAnthropic(max_retries=0, **arguments)
    if not (client.api_key or client.auth_token or getattr(client, "credentials", None)):
        raise SourceError(
            "There is no key for Claude. Set ANTHROPIC_API_KEY before the kernel starts, or pass Claude(api_key=...).",
            kind="no_key",
        )
    return client, {name: options[name] for name in options.keys() - of_client}


def has_key() -> bool:
    """Whether the environment has a key for Claude."""
    return any(os.environ.get(name) for name in KEYS)
