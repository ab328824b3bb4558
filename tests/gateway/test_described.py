"""Whatever the OpenAPI description allows, and what it forbids: the gateway never fails on its side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ipytalk.gateway import Settings
from ipytalk.gateway._description import describe
from servers.gateway import PATH, Counted, Gateway

TOKEN = "s3cret-s3cret"
CHECKS: Any = [status_code_conformance, content_type_conformance, response_schema_conformance]
DESCRIBED: Any = schemathesis.openapi.from_dict(describe(Settings(), PATH, with_tokens=True))
STREAM = DESCRIBED[PATH]["POST"]
ANY_PACE = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture)
often = settings(max_examples=80, deadline=None, suppress_health_check=ANY_PACE)


async def hello(_: Any) -> AsyncIterator[str]:
    yield "Hello."


source = Counted(hello)


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway(source, tokens=f"ada={TOKEN}") as gateway:
        yield gateway


def test_the_gateway_serves_its_description(gateway: Gateway) -> None:
    assert gateway.client.get("/openapi.json").json() == describe(Settings(), PATH, with_tokens=True)


@given(case=STREAM.as_strategy())
@often
def test_what_is_described_is_answered_or_refused_as_described(case: Any, gateway: Gateway) -> None:
    response = case.call(base_url=gateway.url, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code < 500
    case.validate_response(response, checks=CHECKS)


@given(case=STREAM.as_strategy(GenerationMode.NEGATIVE))
@often
def test_what_is_not_as_described_is_refused(case: Any, gateway: Gateway) -> None:
    response = case.call(base_url=gateway.url, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code < 500
    case.validate_response(response, checks=CHECKS)


@given(case=STREAM.as_strategy())
@often
def test_nothing_is_answered_without_a_known_token(case: Any, gateway: Gateway) -> None:
    calls = source.calls
    assert case.call(base_url=gateway.url, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert source.calls == calls


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_probes_answer_as_described(path: str, gateway: Gateway) -> None:
    case = DESCRIBED[path]["GET"].Case()
    case.validate_response(case.call(base_url=gateway.url), checks=CHECKS)
