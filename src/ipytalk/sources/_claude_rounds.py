"""One answer of Claude: a request, and one more for each round of tools or pause of the provider."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..chunks import ChunkReader
from ..events import End, Event, Place, Start, Text
from ..failures import SourceError
from ..messages import JSON, Usage
from ._claude_request import Content, cached, results_message
from ._closing import read_out
from ._tools import Result, Tool, run_tools

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic, AsyncStream


class Rounds:
    """What is sent and what comes back, until the model has answered.

    Parameters
    ----------
    client, request
        The SDK's client, and what to ask.
    tools
        The functions that the model may call, by name.
    limit
        How many rounds of them; then the model must answer with what it has.
    control
        How long to cache, in the API's words, or None.
    """

    def __init__(
        self, client: AsyncAnthropic, request: JSON, *, tools: Mapping[str, Tool], limit: int, control: JSON | None
    ) -> None:
        self._client = client
        self._request = request
        self._tools = tools
        self._limit = limit
        self._control = control
        self._reader = ChunkReader()
        self._spent = Usage()  # by the rounds before
        self._content = Content()  # of the last response

    async def run(self) -> AsyncGenerator[Event, None]:
        """Give the events of the whole answer, with the sum of what its requests spent."""
        for number in range(self._limit + 1):
            if number == self._limit and self._tools:
                self._request["tool_choice"] = {"type": "none"}
            async with aclosing(self._respond()) as events:
                async for event in events:
                    if not (number and isinstance(event, Start)):
                        yield event
            reason = self._content.stop_reason
            if reason == "tool_use" and self._content.calls and self._tools and number < self._limit:
                async with aclosing(self._run_tools()) as events:
                    async for event in events:
                        yield event
            elif reason != "pause_turn":
                break
        for event in self._ending():
            yield event

    async def _respond(self) -> AsyncGenerator[Event, None]:
        """Send one request and give its events; the response joins the history."""
        content = self._content = Content()
        usage = Usage()
        body = cached(self._request, self._control) if self._control else self._request
        stream: AsyncStream[Any] = await self._client.messages.create(stream=True, **body)
        async with stream:
            _expect_events(stream.response)
            chunks = aiter(stream)
            async for chunk in chunks:
                events = list(self._reader.read(chunk))  # first: it says what is wrong with what isn't an event
                content.add(chunk)
                for event in events:
                    if isinstance(event, End):
                        usage = usage.merged(event.usage)
                        yield End(None, self._spent + usage)
                    else:
                        yield event
                if getattr(chunk, "type", None) == "message_stop":
                    await read_out(chunks)
                    break
        self._reader.close()
        self._spent = self._spent + usage
        self._request["messages"] = [*self._request["messages"], content.message]
        if content.container:  # what the provider's own tools work in
            self._request["container"] = content.container

    async def _run_tools(self) -> AsyncGenerator[Event, None]:
        """Run what the model called; the results join the history, in the order of the calls."""
        calls = self._content.calls
        results: dict[str, Result] = {}
        async with aclosing(run_tools(calls, self._tools)) as news:
            async for item in news:
                if isinstance(item, Result):
                    results[item.call] = item
                else:
                    yield item
        self._request["messages"] = [*self._request["messages"], results_message([results[each.id] for each in calls])]

    def _ending(self) -> list[Event]:
        events: list[Event] = []
        if self._content.stop_reason == "max_tokens":  # it came before a call was whole
            events += [Place(replace(call, status="stopped")) for call in self._content.calls]
        if said := getattr(self._content.stop_details, "explanation", None):
            events.append(Text(f"\n\n*{said}*"))
        return [*events, End(self._content.stop_reason)]


def _expect_events(response: Any) -> None:
    """Refuse a web page or plain JSON in the place of a stream: the SDK would find no event in it, and no fault."""
    kind, _, _ = str(response.headers.get("content-type", "")).partition(";")
    if kind and kind != "text/event-stream":
        raise SourceError(
            f"{response.url.host} answered with {kind} instead of a stream. Check base_url, and whether a proxy or "
            "a page to log in stands between.",
            kind="protocol",
        )
