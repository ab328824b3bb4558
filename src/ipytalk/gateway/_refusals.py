"""A request that gets no stream: the answer is the same JSON as the protocol's error event, with an HTTP status."""

from __future__ import annotations

import math
from collections.abc import Mapping

from starlette.responses import JSONResponse

from ..events import Error
from ..messages import Failure


class Refused(Exception):  # noqa: N818 - an outcome that the client is told, not a fault
    """Say no before any stream starts.

    Parameters
    ----------
    status
        Of HTTP.
    kind
        A stable word, as `ipytalk.failures` has them.
    message
        What is wrong and what to do about it.
    retry_after
        Seconds; given, the same request may succeed later.
    """

    def __init__(self, status: int, kind: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.failure = Failure(kind, message, retry_after is not None, retry_after)

    def response(self, headers: Mapping[str, str]) -> JSONResponse:
        """Give the HTTP answer."""
        own = dict(headers)
        if self.status == 401:
            own["WWW-Authenticate"] = "Bearer"
        if self.status == 405:
            own["Allow"] = "POST, OPTIONS"
        if self.status in (408, 413):
            own["Connection"] = "close"  # the rest of the body isn't read
        if self.failure.retry_after is not None:
            own["Retry-After"] = str(max(1, math.ceil(self.failure.retry_after)))
        return JSONResponse(Error(self.failure).to_json(), self.status, own)
