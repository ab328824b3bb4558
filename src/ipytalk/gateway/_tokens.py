"""Who may ask: bearer tokens, each with the name of whom it was given to."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterable
from pathlib import Path

from ._refusals import Refused

log = logging.getLogger(__name__)


class TokensError(ValueError):
    """A list of tokens that can't be read; the message says what to do, and repeats no token."""


class Tokens:
    """The tokens that are known. Only their hashes are kept.

    Parameters
    ----------
    given
        ``NAME=TOKEN`` pairs, separated by commas.
    file
        Lines of ``NAME TOKEN``; empty ones and those that begin with # are passed over. It is read again when it
        changes; a change that can't be read leaves things as they were.
    """

    def __init__(self, given: str | None = None, file: Path | None = None) -> None:
        self._given = _read((each.partition("=") for each in (given or "").split(",") if each.strip()), "the tokens")
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._filed: list[tuple[bytes, str]] = []
        if file is not None:
            self._stamp = self._stamp_of(file)
            self._filed = _read_file(file)
        self.required = bool(given) or file is not None

    def name_of(self, authorization: str | None) -> str | None:
        """Give whose token a request carries; None if none is asked for. Raises `Refused`."""
        if not self.required:
            return None
        self._look()
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(
                401,
                "auth",
                "This gateway wants a token: SSE(url, token=...), or the header Authorization: Bearer. Ask whoever "
                "runs it for yours.",
            )
        hashed = _hash(token.strip())
        found = None
        for known, name in (*self._given, *self._filed):  # all of them: the time tells nothing
            if hmac.compare_digest(known, hashed):
                found = name
        if found is None:
            raise Refused(
                401, "auth", "The token isn't one that the gateway knows. Check that it is whole, or ask for a new one."
            )
        return found

    def _look(self) -> None:
        """Read the file again if it has changed."""
        if self._file is None or (stamp := self._stamp_of(self._file)) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._filed = _read_file(self._file)
        except TokensError as error:
            log.warning("%s The tokens stay as they were.", error)

    @staticmethod
    def _stamp_of(file: Path) -> tuple[int, int] | None:
        try:
            stat = file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size


def _read_file(file: Path) -> list[tuple[bytes, str]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise TokensError(f"The file of tokens {file} can't be read ({type(error).__name__}).") from error
    wanted = (line.strip() for line in lines)
    return _read((line.partition(" ") for line in wanted if line and not line.startswith("#")), str(file))


def _read(pairs: Iterable[tuple[str, str, str]], where: str) -> list[tuple[bytes, str]]:
    known: list[tuple[bytes, str]] = []
    for number, (name, _, token) in enumerate(pairs, 1):
        if not name.strip() or not token.strip():
            raise TokensError(f"Entry {number} of {where} isn't a name and a token.")
        known.append((_hash(token.strip()), name.strip()))
    return known


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
