"""A connection that failed, in any HTTP library, recognised by the names and shapes of the exceptions in its chain."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ._error_responses import HOST, host_of, request_of
from ._quoting import quote
from .messages import Failure

# Classes of the SDKs, httpx, httpcore, h11, aiohttp, requests and urllib3 whose whole meaning is in the name.
_TIMEOUTS = frozenset((
    "APITimeoutError", "ConnectTimeout", "ConnectTimeoutError", "PoolTimeout", "ReadTimeout", "ReadTimeoutError",
    "ServerTimeoutError", "Timeout", "TimeoutError", "TimeoutException", "WriteTimeout", "DeadlineExceeded",
))  # fmt: skip
_CUT = frozenset(("ChunkedEncodingError", "ClientPayloadError", "IncompleteRead", "IncompleteReadError"))
_BROKEN = frozenset((
    "APIConnectionError", "BrokenResourceError", "ClientConnectionError", "ClientConnectorError", "ClientOSError",
    "CloseError", "ConnectError", "MaxRetryError", "NetworkError", "NewConnectionError", "ProtocolError", "ProxyError",
    "ReadError", "RemoteProtocolError", "ServerDisconnectedError", "URLError", "WriteError",
))  # fmt: skip
_NAMES = frozenset(("NameResolutionError", "ClientConnectorDNSError"))
_ADDRESSES = frozenset(("InvalidURL", "InvalidSchema", "MissingSchema", "UnsupportedProtocol"))


def chain(error: BaseException) -> Iterator[BaseException]:
    """Give `error` and what caused it, outermost first."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        # What a person's own exception was raised amid may be another story. A library's is the cause, even if it was
        # suppressed: httpcore does so.
        own = type(link).__module__ in ("builtins", "__main__") and not isinstance(link, OSError)
        link = link.__cause__ or (None if own else link.__context__)


@dataclass(frozen=True)
class _Seen:
    """What a chain of exceptions shows."""

    links: tuple[BaseException, ...]
    names: frozenset[str]
    words: str

    def has(self, kind: type[BaseException]) -> bool:
        return any(isinstance(link, kind) for link in self.links)

    @property
    def distrust(self) -> str:
        """Why a certificate isn't trusted."""
        untrusted = (link for link in self.links if isinstance(link, ssl.SSLCertVerificationError))
        return next((str(getattr(link, "verify_message", link)).rstrip(".") for link in untrusted), "")


# The first rule that holds counts. A failure's sentence may name the {host}, the {words} of the innermost exception
# that has any, and the reason for {distrust}.
_RULES: tuple[tuple[Callable[[_Seen], object], Failure], ...] = (
    (
        lambda seen: seen.distrust,
        Failure(
            "tls",
            "The certificate of {host} can't be trusted: {distrust}. If the server is your own, set SSL_CERT_FILE to "
            "the file of its certificate authority before the kernel starts.",
        ),
    ),
    (
        # An interrupted handshake leaves a "want read", which isn't what went wrong.
        lambda seen: seen.has(ssl.SSLError) and not seen.has(ssl.SSLWantReadError),
        Failure("tls", "{host} offers no secure connection. Check base_url: perhaps it begins with http:// only."),
    ),
    (
        lambda seen: seen.names & _NAMES or seen.has(socket.gaierror),
        Failure(
            "dns", "There is no way to {host}: its name isn't known. Check base_url and your network.", retryable=True
        ),
    ),
    (
        lambda seen: seen.has(ConnectionRefusedError),
        Failure("connection", "Nothing answers at {host}. Check base_url, and that the server runs.", retryable=True),
    ),
    (
        lambda seen: seen.names & _ADDRESSES,
        Failure("connection", "The base_url is no web address: {words} Write it like https://host/path."),
    ),
    (
        lambda seen: "LocalProtocolError" in seen.names,
        Failure(
            "auth",
            "The key or another header has a character that no header may have, such as a line's end. Copy the key "
            "again, without spaces and line ends.",
        ),
    ),
    (
        lambda seen: seen.names & _TIMEOUTS,
        Failure("timeout", "{host} didn't answer in time. Try again, or allow more time.", retryable=True),
    ),
    (
        lambda seen: seen.names & _CUT or "without sending complete" in seen.words,
        Failure(
            "truncated",
            "{host} closed the connection before the answer was complete. What came stays; try again for the rest.",
            retryable=True,
        ),
    ),
    (
        lambda seen: "RemoteProtocolError" in seen.names and "illegal" in seen.words,
        Failure("protocol", "What {host} sent isn't HTTP. Check base_url, and any proxy on the way.", retryable=True),
    ),
    (
        lambda seen: seen.names & _BROKEN or seen.has(ConnectionError),
        Failure("connection", "The connection to {host} broke. Try again.", retryable=True),
    ),
)


def explain_connection(error: BaseException, secrets: tuple[str, ...]) -> Failure | None:
    """Say what a broken connection means; None if `error` is none."""
    links = tuple(chain(error))
    names = frozenset(type(link).__name__ for link in links)
    words = next((said for link in reversed(links) if (said := str(link))), "")
    seen = _Seen(links, names, quote(words, secrets))
    host = next((host_of(request) for link in links if (request := request_of(link)) is not None), HOST)
    for holds, failure in _RULES:
        if holds(seen):
            message = failure.message.format(host=host, words=seen.words, distrust=seen.distrust)
            return replace(failure, message=message)
    return None
