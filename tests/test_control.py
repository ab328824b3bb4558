"""Commands on the kernel's control channel, beside what the kernel itself answers there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core import getipython

from ipytalk import _control
from ipytalk._bridge import Bridge
from ipytalk._protocol import Stop
from test_bridge import Page
from wire import Wire


class Kernel:
    """As much of an ipykernel as is looked for. Its own handler is a coroutine, as in ipykernel 7."""

    def __init__(self) -> None:
        self.control_handlers: dict[str, Any] = {_control.REQUEST: self._comm_info_request}
        self.session = SimpleNamespace(send=self._send)
        self.sent: list[Any] = []

    async def _comm_info_request(self, stream: Any, ident: Any, parent: Any) -> None:
        self._send(stream, "comm_info_reply", {"status": "ok", "comms": {"c": {}}}, parent, ident)

    def _send(self, stream: Any, type_: str, content: Any, parent: Any, ident: Any) -> None:
        self.sent.append(content)

    def request(self, **content: Any) -> Any:
        """Get a request as a kernel does, and give the reply's content."""
        answer = self.control_handlers[_control.REQUEST]("stream", [b"page"], {"content": content})
        if asyncio.iscoroutine(answer):
            asyncio.run(answer)
        return self.sent.pop()


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    kernel = Kernel()
    monkeypatch.setattr(getipython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    yield kernel
    _control._bridges.clear()


@pytest.fixture
def page(wire: Wire, kernel: Kernel) -> Page:
    page = Page(wire)
    _control.register("widget", page.bridge)
    return page


STOP = {"type": "stop", "id": "1", "client": "page", "widget": "widget"}


def test_a_command_is_run_and_answered(kernel: Kernel, page: Page) -> None:
    assert kernel.request(target_name="ipytalk", data=STOP) == {
        "status": "ok",
        "comms": {},
        "ipytalk": {"status": "ok", "seq": 0},
    }
    assert page.ran == [(Stop(), "1")]


def test_what_others_ask_is_answered_by_the_kernel(kernel: Kernel, page: Page) -> None:
    for content in ({"target_name": "jupyter.widget"}, {}, {"target_name": "ipytalk"}):
        assert kernel.request(**content) == {"status": "ok", "comms": {"c": {}}}
    assert not page.ran


def test_the_handler_is_wrapped_once_however_many_chats_there_are(kernel: Kernel, page: Page, wire: Wire) -> None:
    wrapped = kernel.control_handlers[_control.REQUEST]
    bridges: list[Bridge] = [Page(wire).bridge for _ in range(3)]
    for number, bridge in enumerate(bridges):
        _control.register(f"widget-{number}", bridge)
    assert kernel.control_handlers[_control.REQUEST] is wrapped


def test_a_widget_that_is_gone_is_told_so(kernel: Kernel, page: Page) -> None:
    reply = kernel.request(target_name="ipytalk", data={**STOP, "widget": "another"})
    assert reply["ipytalk"] == {"status": "gone"}


def test_registering_holds_no_chat_alive(kernel: Kernel, page: Page) -> None:
    bridge = page.bridge
    assert len(_control._bridges) == 1
    del page.bridge, bridge
    assert not _control._bridges


@pytest.mark.parametrize(
    "shell", [None, SimpleNamespace(), SimpleNamespace(kernel=SimpleNamespace(control_handlers={}))]
)
def test_without_such_a_kernel_the_comm_is_left(monkeypatch: pytest.MonkeyPatch, wire: Wire, shell: Any) -> None:
    monkeypatch.setattr(getipython, "get_ipython", lambda: shell)
    _control.register("widget", Page(wire).bridge)
