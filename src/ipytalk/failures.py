"""Any exception of a source, as a failure that tells a person what happened and what to do."""

from __future__ import annotations

from .messages import Failure


class SourceError(Exception):
    """Raise this in a source of your own to say exactly what the person reads.

    Parameters
    ----------
    message
        What happened and what to do about it.
    kind
        A stable word for code to branch on.
    retryable
        Whether the same request may succeed later. If so, and no text was shown yet, it is tried again.
    retry_after
        Seconds to wait before that.
    """

    def __init__(
        self, message: str, *, kind: str = "source", retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.failure = Failure(kind, message, retryable, retry_after)


def explain(error: BaseException) -> Failure:
    """Say what `error` means for the person who waits for the answer."""
    if isinstance(error, SourceError):
        return error.failure
    said = str(error).strip()
    name = type(error).__name__
    return Failure(
        "source",
        f"The source raised {name}: {said}" if said else f"The source raised {name}.",
        retryable=True,
    )
