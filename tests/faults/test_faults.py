"""Each fault of the table, over real sockets, through the door that everyone uses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fault import KEY, Fault
from table import FAULTS

from ipytalk import Chat, Reply
from ipytalk.sources import Claude
from servers.messages import MessagesServer


@pytest.fixture
def address(request: pytest.FixtureRequest, fault: Fault) -> str:
    """Where the fault's server is."""
    match fault.server:
        case "gone":
            return request.getfixturevalue("gone_url")
        case "tls":
            return request.getfixturevalue("tls_server").url
        case other:
            server: MessagesServer = request.getfixturevalue("server")
            if fault.script is not None:
                server.play(fault.script)
            return server.url.replace("http:", "https:") if other == "https on plain" else server.url


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_becomes_a_sentence_that_tells_what_to_do(
    fault: Fault, address: str, results: dict[str, Reply]
) -> None:
    options: dict[str, Any] = {"base_url": address, "api_key": KEY, **fault.options}
    source = fault.source or Claude(**options)
    chat = Chat(source, retries=0, idle_timeout=fault.idle_timeout)
    reply = results[fault.name] = chat.send("Say something.").result(20)
    chat.close()

    assert reply.status == fault.status
    assert reply.text == fault.text
    if fault.kind is None:
        assert reply.error is None
        assert reply.stop_reason == fault.stop_reason
        return
    failure = reply.error
    assert failure is not None
    assert failure.kind == fault.kind
    assert (failure.retryable, failure.retry_after) == (fault.retryable, fault.retry_after)
    assert_readable(failure.message)
    for words in fault.says:
        assert words in failure.message
    assert "NobodyMaySeeThis" not in str(chat.get_state())


def assert_readable(message: str) -> None:
    """A sentence or more, for a person: never empty, a bare class name, a traceback or a page of HTML."""
    assert 30 < len(message) < 700
    assert len(re.findall(r"[.!?](\s|\"|$)", message)) >= 1
    assert message[0].isupper() or message[0].isdigit()
    assert "\n" not in message
    assert "Traceback" not in message
    assert "<" not in message
    assert "object at 0x" not in message
    assert "  " not in message
