"""Python functions that a model may call."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, overload

from .._approvals import ask
from .._attachments import as_text, attachments
from .._streams import in_thread
from ..events import Event, Place
from ..failures import explain
from ..messages import JSON, AttachmentPart, ToolPart

DENIED = "The person did not allow this call. Don't try it again unasked."


class Tool:
    """A function that a model may call. Made by `tool`."""

    def __init__(self, function: Callable[..., Any], *, confirm: bool = False, name: str | None = None) -> None:
        self.name = name or getattr(function, "__name__", type(function).__name__)
        self.confirm = confirm
        self.function = function
        self.__doc__ = function.__doc__
        self._made: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"tool({self.name})"

    def to_json(self) -> JSON:
        """Give the definition that the model sees, made of the signature and the docstring."""
        return {
            "name": self.name,
            "description": self._function_tool.description,
            "input_schema": self._function_tool.input_schema,
        }

    async def run(self, arguments: Mapping[str, Any]) -> Any:
        """Call the function with checked and converted arguments; a plain one in a thread of its own."""
        if inspect.iscoroutinefunction(self.function):
            return await self._function_tool.call(dict(arguments))
        return await in_thread(lambda: self._function_tool.call(dict(arguments)))

    @property
    def _function_tool(self) -> Any:
        """The SDK's own reading of a function: types through pydantic, descriptions through docstring-parser."""
        if self._made is None:
            from anthropic import beta_async_tool, beta_tool  # noqa: PLC0415

            make: Any = beta_async_tool if inspect.iscoroutinefunction(self.function) else beta_tool
            self._made = make(self.function, name=self.name)
        return self._made


@overload
def tool(function: Callable[..., Any]) -> Tool: ...
@overload
def tool(*, confirm: bool = False, name: str | None = None) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(function: Callable[..., Any] | None = None, *, confirm: bool = False, name: str | None = None) -> Any:
    """Say more about a function that a model may call; a plain function needs none of this.

    Parameters
    ----------
    function
        With types for its arguments, and a docstring that says what it does and when to use it.
    confirm
        Ask the person before each call.
    name
        What the model calls it; by default the function's name.

    Examples
    --------
    >>> from ipytalk.sources import Claude, tool
    >>> @tool(confirm=True)
    ... def delete(path: str) -> str:
    ...     "Delete a file."
    ...     return f"{path} is gone"
    >>> source = Claude(tools=[delete], api_key="sk-...")
    """
    if function is None:
        return partial(Tool, confirm=confirm, name=name)
    return Tool(function, confirm=confirm, name=name)


@dataclass(frozen=True)
class Result:
    """What a call came to, as the model is told."""

    call: str
    text: str
    pictures: Sequence[AttachmentPart] = ()
    failed: bool = False


async def run_tools(calls: Sequence[ToolPart], tools: Mapping[str, Tool]) -> AsyncGenerator[Event | Result, None]:
    """Run the calls at the same time. Gives each change of their state, and a `Result` for each call."""
    news: asyncio.Queue[Event | Result] = asyncio.Queue()
    tasks = [asyncio.ensure_future(_run(call, tools.get(call.name), news.put_nowait)) for call in calls]
    try:
        missing = len(calls)
        while missing:
            item = await news.get()
            missing -= isinstance(item, Result)
            yield item
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks, timeout=0.5)


async def _run(call: ToolPart, tool: Tool | None, tell: Callable[[Event | Result], None]) -> None:
    if tool is None:
        _finish(call, "failed", f"There is no tool {call.name!r}.", tell)
        return
    if tool.confirm:
        tell(Place(replace(call, status="asking")))
        if not await ask(call.id):
            _finish(call, "denied", DENIED, tell)
            return
    tell(Place(replace(call, status="running")))
    try:
        value = await tool.run(call.input)
        text, pictures = await in_thread(lambda: _tell_result(value))
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        _finish(call, "failed", _tell_error(error), tell)
        return
    for picture in pictures:
        tell(Place(picture))
    _finish(call, "done", text, tell, pictures)


def _finish(
    call: ToolPart,
    status: Any,
    text: str,
    tell: Callable[[Event | Result], None],
    pictures: Sequence[AttachmentPart] = (),
) -> None:
    tell(Place(replace(call, status=status, output=text)))
    tell(Result(call.id, text, pictures, failed=status != "done"))


def _tell_error(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}" if str(error) else explain(error).message
    # What pydantic says of wrong arguments stands behind the SDK's sentence.
    return f"{said}\n{error.__cause__}" if said.startswith("ValueError: Invalid arguments") else said


def _tell_result(value: Any) -> tuple[str, list[AttachmentPart]]:
    """Part a result into text and pictures."""
    if value is None:
        return "Done; it returned nothing.", []
    if isinstance(value, str):
        return as_text(value) or "An empty text.", []
    parts = attachments(value)
    pictures = [part for part in parts if part.media_type.startswith("image/")]
    text = "\n\n".join(part.data for part in parts if part.is_text)
    return text or "A picture, which the person sees too.", pictures
