"""Each fault of the table, upstream of a gateway: its client reads the gateway's own words, and ``[DONE]``."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fault import KEY, QUICK, Fault
from table import FAULTS
from test_faults import address as address  # noqa: PLC0414  # a fixture
from test_faults import assert_readable

from ipytalk.sources import Claude
from servers.gateway import Gateway

# What the person's own key, or the gateway's, can be blamed for looks the same from outside.
OWN = {"no_key", "auth", "billing", "permission", "not_found", "tls", "type", "chunk", "source"}
# Where the person who wrote the source said what is to be read.
AUTHORS = {"closed", "quota"}
TOLD = {**dict.fromkeys(OWN, "upstream"), "dns": "connection"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_client_gets_the_error_in_the_stream_and_done(
    fault: Fault, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    options: dict[str, Any] = {"base_url": address, "api_key": KEY, **fault.options}
    source = fault.source or Claude(**options)
    caplog.set_level(logging.DEBUG, "ipytalk.gateway")
    with Gateway(source, idle_timeout=fault.idle_timeout if fault.idle_timeout == QUICK else 20.0) as gateway:
        answer = gateway.ask("Say something. My secret is xyzzy.", max_tokens=1000)

    wire = "\n\n".join(answer.frames)
    assert answer.status == 200
    assert answer.text == fault.text
    assert answer.data[-1] == "[DONE]"
    assert answer.data.count("[DONE]") == 1
    logged = " ".join(str(vars(record)) for record in caplog.records)
    for text in (wire, logged):
        assert "NobodyMaySeeThis" not in text
        assert "Traceback" not in text
    assert "xyzzy" not in logged
    if fault.kind is None:
        (end,) = answer.events("stream_end")
        assert end["stop_reason"] == fault.stop_reason
        assert not answer.events("error")
        return
    error = answer.error
    assert not answer.events("stream_end")
    assert error["code"] == TOLD.get(fault.kind, fault.kind)
    assert (error["retryable"], error["retry_after_seconds"]) == (fault.retryable, fault.retry_after)
    assert_readable(error["message"])
    if fault.kind not in AUTHORS:
        assert address.partition("//")[2] not in wire
        for words in ("It said", "127.0.0.1", "base_url", "Error:", "claude"):
            assert words not in error["message"]
    assert f"'kind': '{fault.kind}'" in logged
