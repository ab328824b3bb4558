"""The OpenAPI description, made from what checks the requests."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from ._checks import Asked
from ._settings import Settings

EVENTS = """Server-sent events, each a line `data: {...}` and an empty one:

- `queued` while the request waits: `position` (1 is next), `estimated_wait_seconds` or null;
- `stream_start` with the `model`;
- `text` and `thinking`, each with the next piece as `text`;
- `stream_end` with `stop_reason`, `usage` and `metrics` (`ttft_ms`, `total_ms`); or
- `error` with `code`, `message`, `retryable` and `retry_after_seconds`; what came before it stays;
- `[DONE]`, always.

Comments (lines that begin with a colon) keep the connection open. Pass over events of other types."""

REFUSALS = {
    "400": "The body isn't JSON.",
    "401": "There is no token, or it isn't known.",
    "403": "The web page that asks isn't allowed.",
    "405": "The address takes POST.",
    "408": "The request took too long to arrive.",
    "413": "The request, a message or the conversation is too large.",
    "422": "Something in the request may not be asked.",
    "429": "The queue is full. Retry-After says when to come back.",
    "503": "The gateway restarts, or its store is away. Retry-After says when to come back.",
}


def describe(settings: Settings, path: str, *, with_tokens: bool) -> dict[str, Any]:
    """Give the description of a gateway with these settings."""
    asked: dict[str, Any] = Asked.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**asked.pop("$defs", {}), "Asked": asked, "Error": _ERROR}
    schemas["AskedMessage"]["properties"]["content"]["maxLength"] = settings.max_message
    asked["properties"]["messages"]["maxItems"] = settings.max_messages
    operation: dict[str, Any] = {
        "operationId": "stream",
        "summary": "Stream an answer",
        "description": "The last message is the user's, and is answered.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}},
        },
        "responses": {
            "200": {"description": EVENTS, "content": {"text/event-stream": {"schema": _EVENT}}},
            **{status: _refusal(said) for status, said in REFUSALS.items()},
        },
    }
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "ipytalk gateway", "version": version("ipytalk")},
        "paths": {
            path: {"post": operation},
            "/healthz": {"get": _probe("Whether the process is alive", "200")},
            "/readyz": {"get": _probe("Whether new streams are taken", "200", "503")},
            "/metrics": {"get": _probe("Figures for Prometheus", "200", kind="text/plain")},
        },
        "components": {"schemas": schemas},
    }
    if with_tokens:
        described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        operation["security"] = [{"token": []}]
    return described


_EVENT: dict[str, Any] = {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["type", "code", "message", "retryable", "retry_after_seconds"],
    "properties": {
        "type": {"const": "error"},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "retryable": {"type": "boolean"},
        "retry_after_seconds": {"type": ["number", "null"]},
    },
}


def _refusal(said: str) -> dict[str, Any]:
    return {
        "description": said,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _probe(summary: str, *statuses: str, kind: str = "application/json") -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string" if kind == "text/plain" else "object"}}}
    return {"summary": summary, "responses": {each: {"description": summary, "content": content} for each in statuses}}
