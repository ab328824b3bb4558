"""What servers and networks do to an answer of Claude's."""

from __future__ import annotations

from fault import KEY, QUICK, Fault

from servers.messages import (
    CLOSE,
    MESSAGE_STOP,
    PING,
    RESET,
    answer,
    block_start,
    block_stop,
    delta,
    error,
    error_event,
    message_delta,
    message_start,
    reply,
    sse,
    stream,
)

UNKNOWN = "claude-nope-1"
BEGUN = [message_start(), block_start(), delta("The first words")]
PARTIAL = "The first words"
PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>"

BEFORE_THE_REQUEST = [
    Fault("no key", options={"api_key": None}, kind="no_key", says=("no key", "ANTHROPIC_API_KEY")),
    Fault("a key with a newline", options={"api_key": f"{KEY}\n"}, kind="auth", says=("Copy the key again",)),
    Fault(
        "an address without https://",
        options={"base_url": "localhost:1"},
        kind="connection",
        says=("base_url is no web address", "https://"),
    ),
]

REFUSED = [
    Fault(
        "400 bad request",
        error(400, "invalid_request_error", "max_tokens: must be positive"),
        kind="bad_request",
        says=("can't accept", "max_tokens: must be positive"),
    ),
    Fault(
        "400 no credit",
        error(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        kind="billing",
        says=("no credit",),
    ),
    Fault(
        "400 the prompt is too long",
        error(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
        kind="too_large",
        says=("clear the chat", "210000 tokens"),
    ),
    Fault(
        "401 a wrong key, which the server repeats",
        error(401, "authentication_error", f"invalid x-api-key: {KEY}"),
        kind="auth",
        says=("refused the key", "[key removed]"),
    ),
    Fault(
        "402 payment",
        error(402, "billing_error", "Update your payment method"),
        kind="billing",
        says=("credit", "Update your payment method"),
    ),
    Fault(
        "403 not allowed",
        error(403, "permission_error", "Your key may not use this resource."),
        kind="permission",
        says=("doesn't allow", "another model or key"),
    ),
    Fault(
        "404 unknown model",
        error(404, "not_found_error", f"model: {UNKNOWN}"),
        {"model": UNKNOWN},
        kind="not_found",
        says=(f'no model "{UNKNOWN}"', "Check the name"),
    ),
    Fault(
        "404 a wrong address",
        reply(404, "<html><title>404 Not Found</title></html>", "text/html"),
        kind="not_found",
        says=("base_url", "/v1/messages"),
    ),
    Fault(
        "413 too large",
        error(413, "request_too_large", "Request exceeds the maximum size"),
        kind="too_large",
        says=("too large", "clear the chat"),
    ),
    Fault(
        "429 rate limit",
        error(429, "rate_limit_error", "This request would exceed your rate limit."),
        kind="rate_limit",
        says=("no more requests", "Wait a moment"),
        retryable=True,
    ),
    Fault(
        "429 with Retry-After in seconds",
        error(429, "rate_limit_error", "Slow down.", retry_after="7"),
        kind="rate_limit",
        says=("Wait 7 s",),
        retryable=True,
        retry_after=7,
    ),
    Fault(
        "429 with Retry-After as a date that has passed",
        error(429, "rate_limit_error", "Slow down.", retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
        kind="rate_limit",
        says=("for now. Try again.",),
        retryable=True,
        retry_after=0,
    ),
    Fault(
        "429 that the server wants no retry of",
        error(429, "rate_limit_error", "Monthly limit reached.", x_should_retry="false"),
        kind="rate_limit",
        says=("Monthly limit reached.",),
    ),
    Fault(
        "500",
        error(500, "api_error", "Internal server error"),
        kind="server",
        says=("HTTP 500", "try again"),
        retryable=True,
    ),
    Fault(
        "502 with a web page",
        reply(502, PAGE, "text/html"),
        kind="server",
        says=("HTTP 502", '"502 Bad Gateway"'),
        retryable=True,
    ),
    Fault("503 without a body", reply(503, ""), kind="overloaded", says=("more to do",), retryable=True),
    Fault(
        "529 overloaded",
        error(529, "overloaded_error", "Overloaded"),
        kind="overloaded",
        says=("more to do than it can",),
        retryable=True,
    ),
    Fault(
        "a redirect to nowhere",
        [b"HTTP/1.1 304 Not Modified\r\nrequest-id: r\r\n\r\n"],
        kind="protocol",
        says=("points elsewhere", "base_url"),
    ),
]

UNREACHED = [
    Fault("connection refused", server="gone", kind="connection", says=("Nothing answers at",), retryable=True),
    Fault(
        "DNS failure",
        options={"base_url": "https://name.invalid"},
        kind="dns",
        says=("name.invalid", "base_url"),
        retryable=True,
    ),
    Fault("a self-signed certificate", server="tls", kind="tls", says=("can't be trusted", "SSL_CERT_FILE")),
    Fault("plain HTTP at an https address", server="https on plain", kind="tls", says=("http:// only",)),
    Fault(
        "the SDK's timeout before the headers",
        [60.0],
        {"timeout": QUICK},
        kind="timeout",
        says=("didn't answer in time",),
        retryable=True,
    ),
    Fault(
        "silence before the headers",
        [60.0],
        kind="timeout",
        says=("Nothing came", "idle_timeout="),
        retryable=True,
        idle_timeout=QUICK,
    ),
    Fault("reset before the headers", [RESET], kind="connection", says=("broke",), retryable=True),
    Fault("closed before the headers", [CLOSE], kind="connection", says=("broke",), retryable=True),
    Fault(
        "an answer that isn't HTTP",
        [b"SSH-2.0-OpenSSH\r\n\r\n", CLOSE],
        kind="protocol",
        says=("isn't HTTP",),
        retryable=True,
    ),
]

IN_THE_STREAM = [
    Fault(
        "reset in mid-stream",
        stream(*BEGUN, end=RESET),
        kind="connection",
        says=("broke", "Try again"),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "truncation in mid-stream",
        stream(*BEGUN, end=CLOSE),
        kind="truncated",
        says=("before the answer was complete",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "truncation within an event",
        [*stream(*BEGUN, end=b"ff\r\nevent: content_block_de"), CLOSE],
        kind="truncated",
        says=("before the answer was complete",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "a clean end without message_stop",
        stream(*BEGUN, block_stop(), message_delta()),
        kind="truncated",
        says=("before the answer was complete",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "an error event first",
        stream(error_event("overloaded_error", "Overloaded")),
        kind="overloaded",
        says=("more to do",),
        retryable=True,
    ),
    Fault(
        "an error event in mid-stream",
        stream(*BEGUN, error_event("api_error", "Internal server error")),
        kind="server",
        says=("failed on its side", "Internal server error"),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "an error event that is no JSON",
        stream(*BEGUN, b"event: error\ndata: out of memory\n\n"),
        kind="server",
        says=("out of memory",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "malformed JSON",
        stream(*BEGUN, b'event: content_block_delta\ndata: {"type": "content_bl\n\n'),
        kind="protocol",
        says=("damaged JSON",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault(
        "JSON of another shape",
        stream(*BEGUN, b"event: content_block_delta\ndata: [1, 2]\n\n"),
        kind="chunk",
        says=("list",),
        text=PARTIAL,
    ),
    Fault(
        "invalid UTF-8",
        stream(*BEGUN, delta("x").replace(b"x", b"\xff")),
        kind="protocol",
        says=("damaged characters",),
        retryable=True,
        text=PARTIAL,
    ),
    Fault("an empty 200", stream(), kind="empty", says=("without saying anything",), retryable=True),
    Fault(
        "a 200 that is a web page",
        reply(200, PAGE, "text/html"),
        kind="protocol",
        says=("text/html instead of a stream", "base_url"),
    ),
    Fault(
        "silence in mid-stream",
        stream(*BEGUN, 60.0),
        kind="timeout",
        says=("Nothing came for 1 s",),
        retryable=True,
        text=PARTIAL,
        idle_timeout=QUICK,
    ),
    Fault(
        "nothing but pings",
        stream(*BEGUN, *[PING, 0.05] * 200),
        kind="timeout",
        says=("Nothing came for 1 s",),
        retryable=True,
        text=PARTIAL,
        idle_timeout=QUICK,
    ),
]

NOT_ERRORS = [
    Fault("refusal without text", answer("", stop_reason="refusal"), stop_reason="refusal"),
    Fault("refusal after some text", answer(PARTIAL, stop_reason="refusal"), stop_reason="refusal", text=PARTIAL),
    Fault("max_tokens", answer(PARTIAL, stop_reason="max_tokens"), stop_reason="max_tokens", text=PARTIAL),
    Fault(
        "pause_turn, as often as may be",
        answer(PARTIAL, stop_reason="pause_turn"),
        options={"max_rounds": 0},
        stop_reason="pause_turn",
        text=PARTIAL,
    ),
    Fault(
        "the context is full",
        answer(PARTIAL, stop_reason="model_context_window_exceeded"),
        stop_reason="model_context_window_exceeded",
        text=PARTIAL,
    ),
    Fault(
        "an event of a type that is yet to come",
        stream(*BEGUN, sse({"type": "content_block_hint", "index": 0}), block_stop(), message_delta(), MESSAGE_STOP),
        stop_reason="end_turn",
        text=PARTIAL,
    ),
]
