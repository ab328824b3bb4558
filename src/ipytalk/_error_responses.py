"""An HTTP error of any SDK, recognised by shape, as a failure that tells what to do.

An error event within a stream is one too: the SDKs raise it as a response whose status is 200, so the provider's own
word for the error counts before the status.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ._quoting import quote
from .messages import Failure

# What Anthropic, OpenAI and those who speak like them call an error.
_WORDS = {
    "api_error": "server",
    "authentication_error": "auth",
    "billing_error": "billing",
    "context_length_exceeded": "too_large",
    "insufficient_quota": "billing",
    "invalid_api_key": "auth",
    "invalid_request_error": "bad_request",
    "model_not_found": "not_found",
    "not_found_error": "not_found",
    "overloaded_error": "overloaded",
    "permission_error": "permission",
    "rate_limit_error": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "request_too_large": "too_large",
    "server_error": "server",
    "timeout_error": "timeout",
}
_STATUSES = {
    401: "auth",
    402: "billing",
    403: "permission",
    404: "not_found",
    405: "not_found",
    407: "auth",
    408: "timeout",
    413: "too_large",
    425: "server",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}
# Both come as ordinary bad requests, and ask for something quite different.
_TOLD = (
    (r"credit balance|billing", "billing"),
    (r"prompt is too long|context (length|window)|too many tokens", "too_large"),
)
HOST = "the server"  # if its name isn't known
_PASSING = frozenset(("rate_limit", "server", "overloaded", "timeout"))

_SENTENCES = {
    "auth": "{host} refused the key. Check that it is whole, still valid and meant for this service.",
    "billing": "The account at {host} has no credit left. Add credit in the provider's console, then try again.",
    "permission": "{host} knows the key but doesn't allow it this. Use another model or key, or ask who manages it.",
    "model": '{host} has no model "{model}", or the key may not use it. Check the name of the model.',
    "not_found": "{host} has nothing at the address {path}. Check base_url: it must lead to the API itself.",
    "bad_request": "{host} can't accept this request, and wouldn't a second time. Change the message or the options.",
    "too_large": "The conversation is too large for {host}. Shorten the message, or clear the chat and begin anew.",
    "rate_limit": "{host} takes no more requests from this key for now. {Wait}ry again.",
    "server": "{host} failed on its side{status}. That usually passes: try again in a moment.",
    "overloaded": "{host} has more to do than it can. {Wait}ry again.",
    "timeout": "{host} took too long to make an answer{status}. Try again.",
    "protocol": "{host} sent no answer but points elsewhere{status}. Check base_url: it must lead to the API itself.",
}


@dataclass(frozen=True)
class ErrorResponse:
    """What could be learned of the response that an exception stands for."""

    status: int
    headers: Mapping[str, str]
    body: Any
    host: str
    path: str
    model: str | None


def explain_response(error: BaseException, secrets: tuple[str, ...]) -> Failure | None:
    """Say what an HTTP error means; None if `error` is none."""
    response = _read(error)
    return None if response is None else _explain(response, secrets)


def explain_body(body: Any) -> Failure:
    """Say what an error's JSON means that came without a response, as in a capture."""
    return _explain(ErrorResponse(200, {}, body, "the provider", "", None), ())


def _explain(response: ErrorResponse, secrets: tuple[str, ...]) -> Failure:
    words, said = _told(response.body)
    kind = _kind(response.status, words, said)
    wait = _retry_after(response.headers)
    sentence = "model" if kind == "not_found" and words and response.model else kind
    message = _SENTENCES[sentence].format(
        host=response.host,
        path=response.path,
        model=response.model,
        status=f" (HTTP {response.status})" if response.status != 200 else "",
        Wait=_begin(wait),
    )
    if said := quote(said, secrets):
        message += f' It said: "{said}"'
    passing = kind in _PASSING and response.headers.get("x-should-retry") != "false"
    return Failure(kind, message, passing, wait)


def _begin(wait: float | None) -> str:
    """Begin the sentence that ends in "ry again"."""
    if wait is None:
        return "Wait a moment, then t"
    if wait < 1:
        return "T"
    return f"Wait {wait:.0f} s, then t" if wait < 120 else f"Wait {wait / 60:.0f} min, then t"


def _kind(status: int, words: list[str], said: str) -> str:
    kind = next((_WORDS[word] for word in words if word in _WORDS), None) or _STATUSES.get(status)
    if kind in (None, "bad_request") and status < 500:
        for pattern, told in _TOLD:
            if re.search(pattern, said, re.IGNORECASE):
                return told
    if kind is not None:
        return kind
    if 300 <= status < 400:
        return "protocol"
    return "bad_request" if 400 <= status < 500 else "server"


def _read(error: Any) -> ErrorResponse | None:
    """Anthropic, OpenAI, httpx and requests have a `response`; aiohttp, urllib and others only a number."""
    response = getattr(error, "response", None)
    numbers = (getattr(each, name, None) for each in (error, response) for name in ("status_code", "status", "code"))
    status = next((number for number in numbers if type(number) is int and 100 <= number < 600), None)
    if status is None:
        return None
    headers = getattr(response, "headers", None) or getattr(error, "headers", None) or {}
    request = request_of(error)
    url = getattr(request, "url", None)
    return ErrorResponse(
        status,
        {str(name).lower(): str(value) for name, value in headers.items()},
        getattr(error, "body", None) or (_last_words(error) if response is None else _text(response)),
        host_of(request),
        str(getattr(url, "path", url)),
        _model(request),
    )


def request_of(error: Any) -> Any:
    """Give the request that failed, if `error` knows it."""
    with suppress(Exception):  # httpx raises where no request was set
        if (request := getattr(error, "request", None)) is not None:
            return request
    with suppress(Exception):
        return getattr(error.response, "request", None)
    return None


def host_of(request: Any) -> str:
    """Give where `request` went, as a name for a sentence."""
    url = str(getattr(request, "url", ""))
    found = re.match(r"\w+://(?:[^/@]*@)?([^/?#]+)", url)
    return found[1] if found else HOST


def _text(response: Any) -> str:
    with suppress(Exception):  # a streamed body may not have been read
        return str(response.text)
    return ""


def _last_words(error: BaseException) -> str:
    return str(getattr(error, "reason", None) or getattr(error, "message", None) or error)


def _model(request: Any) -> str | None:
    with suppress(Exception):  # a body may be a stream, or no JSON
        return json.loads(getattr(request, "content", None) or request.body)["model"]
    return None


def _told(body: Any) -> tuple[list[str], str]:
    """Give the provider's words for the error, the most exact first, and its sentence."""
    if isinstance(body, str):
        with suppress(ValueError):
            body = json.loads(body)
    if not isinstance(body, Mapping):
        return [], str(body or "")
    inner = body.get("error", body)
    if not isinstance(inner, Mapping):
        return [], str(inner)
    words = [str(inner[name]) for name in ("code", "type") if inner.get(name)]
    return words, str(inner.get("message") or inner.get("detail") or "")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from any form of the header: milliseconds, seconds or a date."""
    with suppress(ValueError, KeyError):
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError):
        seconds = float(value)
        return max(0.0, seconds) if seconds < float("inf") else None
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None
