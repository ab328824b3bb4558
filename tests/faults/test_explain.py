"""Exceptions of every shape, without a network."""

from __future__ import annotations

import io
import time
import urllib.error
from email.message import Message
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from ipytalk.failures import SourceError, explain, without_advice
from ipytalk.messages import Failure

REQUEST = httpx.Request("POST", "https://api.example.com/v1/chat", headers={"authorization": "Bearer swordfish"})


def refused(status: int, json: Any = None, **headers: str) -> httpx.HTTPStatusError:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, json=json, headers=headers, request=REQUEST)
    return httpx.HTTPStatusError("said so", request=REQUEST, response=response)


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (refused(429, {"error": {"type": "insufficient_quota", "code": "insufficient_quota"}}), "billing", False),
        (refused(429, {"error": {"type": "requests", "code": "rate_limit_exceeded"}}), "rate_limit", True),
        (
            refused(400, {"error": {"type": "invalid_request_error", "code": "context_length_exceeded"}}),
            "too_large",
            False,
        ),
        (refused(401, {"detail": "Not authenticated"}), "auth", False),
        (refused(404, {"error": {"code": "model_not_found"}}), "not_found", False),
        (refused(422, {"detail": [{"loc": ["body"]}]}), "bad_request", False),
        (refused(418), "bad_request", False),
        (refused(504), "timeout", True),
        (refused(520), "server", True),
        (urllib.error.HTTPError("https://api.example.com", 503, "Busy", Message(), io.BytesIO()), "overloaded", True),
        (urllib.error.URLError(ConnectionRefusedError(111, "refused")), "connection", True),
        (httpx.ReadTimeout("", request=REQUEST), "timeout", True),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), "connection", True),
        (ConnectionResetError(104, "Connection reset by peer"), "connection", True),
        (TimeoutError(), "timeout", True),
        (TypeError('"Could not resolve authentication method. Expected either api_key..."'), "no_key", False),
        (SourceError("", kind="quiet"), "quiet", False),
        (ValueError(""), "source", False),
    ],
)
def test_an_exception_is_known_by_its_shape(error: Exception, kind: str, retryable: bool) -> None:
    failure = explain(error)
    assert (failure.kind, failure.retryable) == (kind, retryable)
    assert len(failure.message) > 30
    assert failure.message[0].isupper() or "api.example.com" in failure.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "12"}, 12),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after_ms": "250", "retry_after": "1"}, 0.25),
        ({"retry_after": "-3"}, 0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert explain(refused(429, **headers)).retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    wait = explain(refused(429, retry_after=formatdate(time.time() + 100, usegmt=True))).retry_after
    assert wait is not None
    assert 50 < wait <= 100


@pytest.mark.parametrize(
    "said",
    [
        "Incorrect API key provided: sk-proj-abc123def456ghi789",
        "denied: Bearer abc123def456",
        "GET https://example.com/v1?key=AIzaSyA1234567890abcdefg failed",
        "connect to https://me:pa55word@proxy.example.com",
        "invalid key swordfish",
        "the key open-sesame-42 is not known",
    ],
)
def test_no_key_is_ever_repeated(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_GATEWAY_KEY", "open-sesame-42")
    for error in (refused(401, {"error": {"message": said}}), RuntimeError(said), SourceError(said)):
        message = explain(error).message
        assert "[key removed]" in message or (isinstance(error, RuntimeError | SourceError) and "swordfish" in said)
        for secret in ("sk-proj-abc", "abc123def456", "AIzaSy", "pa55word", "open-sesame"):
            assert secret not in message
    assert "swordfish" not in explain(refused(401, {"error": {"message": said}})).message


def test_ordinary_words_are_left_alone() -> None:
    said = "basic authentication for sk-learn and configurations is off; token=none"
    assert said in explain(RuntimeError(said)).message


def test_a_group_is_explained_by_its_first_failure() -> None:
    group = RuntimeError("unhandled errors in a TaskGroup")
    group.exceptions = (ConnectionRefusedError(111, "refused"),)  # type: ignore[attr-defined]  # as 3.11's groups have
    assert explain(group).kind == "connection"


def test_an_exception_with_odd_attributes_is_still_explained() -> None:
    error = RuntimeError("odd")
    error.response = SimpleNamespace(status_code=500, headers=None)  # type: ignore[attr-defined]
    assert explain(error).kind == "server"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Too many people are waiting. Try again in 5 s.", "Too many people are waiting."),
        ("Full for now. Wait 2.5 s, then try again.", "Full for now."),
        ('Busy. Wait a moment, then try again. It said: "Slow down."', 'Busy. It said: "Slow down."'),
        ("It failed. That usually passes: try again in a moment.", "It failed. That usually passes."),
        ("The disk is full. Make room for more.", "The disk is full. Make room for more."),
        ("Try again in 5 s.", "Try again in 5 s."),
    ],
)
def test_what_is_tried_again_by_itself_tells_nobody_to(said: str, left: str) -> None:
    assert without_advice(Failure("overloaded", said, True, 5.0)) == Failure("overloaded", left, True, 5.0)
