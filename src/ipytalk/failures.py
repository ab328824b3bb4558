"""Any exception of a source, as a failure that tells a person what happened and what to do.

Exceptions are recognised by shape: no SDK is imported. `Failure.kind` is one of these words, or the author's own:

============== =======================================================================================
no_key, auth   there is no key, or it was refused
billing        the account is empty
permission     the key may not do this
not_found      there is no such model, or no API at the address
bad_request    the request is wrong, and stays wrong
too_large      the conversation is too large for the model or for the server
rate_limit     too many requests; `retry_after` may tell how long to wait
server         the provider failed, and
overloaded     the provider has too much to do: both pass
dns, tls       the host's name can't be found, or its certificate can't be trusted
connection     the connection could not be made, or broke
timeout        nothing came for too long
truncated      the stream ended before the answer did
empty          the stream ended without a word
protocol       what came is not what an API sends
type, chunk    the source gave nothing that can be iterated, or chunks of an unknown shape
source         the source's own code failed
============== =======================================================================================
"""

from __future__ import annotations

import asyncio
import re
import sysconfig
import traceback
from contextlib import suppress
from dataclasses import replace
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from ._broken_connections import chain, explain_connection
from ._error_responses import explain_response, request_of
from ._quoting import quote, redact
from ._seconds import read_seconds
from ._surrogates import whole
from .messages import Failure

_HERE = str(Path(__file__).parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("purelib", "platlib")})
_PYTHON = sysconfig.get_path("stdlib")
_KEY_HEADERS = ("x-api-key", "api-key", "authorization", "x-goog-api-key")
_ADVICE = "Fix its code, or try again if this may pass."
# "Try again in 2.5 s.", "Wait a moment, then try again."; and what stands behind "That usually passes".
_TRY_AGAIN = re.compile(r"(?:^|(?<=\s))(?:Wait|Try again)\b(?:[^.!?]|\.(?=\d))*[.!?](?:\s|$)")
_PASSES = re.compile(r"(That usually passes): try again in a moment\.")
_NO_KEY = ("Could not resolve authentication method", "api_key client option must be set")


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
        self.failure = Failure(kind, message, retryable, read_seconds(retry_after))


def explain(error: BaseException) -> Failure:
    """Say what `error` means for the person who waits for the answer. Never fails, and never tells a key."""
    try:
        while isinstance(inner := getattr(error, "exceptions", None), tuple) and inner:
            error = inner[0]  # a group's first failure is what ended the others
        secrets = _secrets(error)
        failure = error.failure if isinstance(error, SourceError) else _explain(error, secrets)
        return presentable(failure, secrets)
    except Exception:
        return Failure("source", f"The source failed with {_a(error)} that can't even be read. {_ADVICE}")


def presentable(failure: Failure, secrets: tuple[str, ...] = ()) -> Failure:
    """Give `failure` with a message that isn't empty and has no key in it, and a wait that can be counted."""
    message = whole(redact(failure.message, secrets)).strip() or "The source failed and gave no reason. Try again."
    if message.startswith(("the server", "the provider")):  # but a host's name keeps its small letter
        message = message[0].upper() + message[1:]
    return replace(failure, kind=whole(failure.kind), message=message, retry_after=read_seconds(failure.retry_after))


def without_advice(failure: Failure) -> Failure:
    """Give `failure` without what tells the person to try again, for while that is done by itself."""
    said = _TRY_AGAIN.sub("", _PASSES.sub("\\1.", failure.message)).strip()
    return replace(failure, message=said or failure.message)


def _explain(error: BaseException, secrets: tuple[str, ...]) -> Failure:
    said = quote(str(error), secrets)
    if any(words in said for words in _NO_KEY):
        return Failure("no_key", "There is no key for the provider. Set it in the environment, or pass api_key=...")
    known = explain_response(error, secrets) or explain_connection(error, secrets)
    if known is not None:
        return known
    if isinstance(error, asyncio.CancelledError):
        return Failure("source", "Something inside the source was cancelled, so the answer ended early. Try again.")
    if isinstance(error, JSONDecodeError | UnicodeDecodeError) and not _in_own_code(error):
        return _damaged(error)
    said = f": {said.rstrip('.')}" if said else " and gave no reason"
    return Failure("source", f"The source failed with {_a(error)}{said}{_place(error)}. {_ADVICE}")


def _damaged(error: ValueError) -> Failure:
    """What came over the wire could not be decoded."""
    what = "characters" if isinstance(error, UnicodeError) else "JSON"
    return Failure(
        "protocol",
        f"The stream broke off in damaged {what}. What came stays. Try again; if it happens often, look at what stands "
        "between you and the provider.",
        retryable=True,
    )


def _secrets(error: BaseException) -> tuple[str, ...]:
    """Give the very keys that the failed request carried."""
    found: list[str] = []
    for link in chain(error):
        with suppress(Exception):
            headers: Any = request_of(link).headers
            values = [str(headers.get(name) or "") for name in _KEY_HEADERS]
            found += [value.partition(" ")[2] or value for value in values]  # without "Bearer"
    return tuple(found)


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Where `error` came from, without ipytalk's own frames and Python's."""
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((_HERE, "<frozen"))
        and (frame.filename.startswith(_LIBRARIES) or not frame.filename.startswith(_PYTHON))
    ]


def _in_own_code(error: BaseException) -> bool:
    """Whether the person's code raised `error`, and no library did."""
    frames = _frames(error)
    return not frames or not frames[-1].filename.startswith(_LIBRARIES)


def _place(error: BaseException) -> str:
    """The last place in the person's own code, by line and function: a cell's file has a name made of numbers."""
    for frame in reversed(_frames(error)):
        if not frame.filename.startswith(_LIBRARIES):
            return f" (line {frame.lineno}, in {frame.name})"
    return ""


def _a(error: BaseException) -> str:
    name = type(error).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
