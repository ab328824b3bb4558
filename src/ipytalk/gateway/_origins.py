"""Which web pages may ask (CORS). A page that isn't listed is refused, not only kept from reading."""

from __future__ import annotations

from collections.abc import Mapping

from ._refusals import Refused

ALLOWED_HEADERS = "Authorization, Content-Type, X-Request-Id"
ANSWER = {"Access-Control-Expose-Headers": "Retry-After, X-Request-Id", "Vary": "Origin"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": ALLOWED_HEADERS,
    "Access-Control-Max-Age": "600",
}


def allow(headers: Mapping[str, str], origins: tuple[str, ...]) -> dict[str, str]:
    """Give the headers of the answer; raises `Refused` if the page may not ask. No page asks from a notebook."""
    origin = headers.get("origin")
    if origin is None:
        return {}
    if origin not in origins and "*" not in origins:
        raise Refused(
            403,
            "permission",
            "Pages of this origin may not use the gateway. Whoever runs it can allow that with --origins.",
        )
    return {"Access-Control-Allow-Origin": origin, **ANSWER}
