"""Someone else's words, fit for a sentence of ours: one line, short, without markup, and never with a key."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable

LONGEST = 300  # characters of another's words
SHORTEST = 6  # characters of a secret: removing shorter ones would tear holes into ordinary words
REMOVED = "[key removed]"

# How providers' keys look, a header that carries one, one in an address, and a password in an address.
_KEYS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|pplx|r8|nvapi|fw)[-_](?=[\w-]*\d)[\w-]{12,}"
    r"|\b(?:AIza|AKIA|ya29\.)[\w-]{12,}"
    r"|(?i:(?<=bearer )|(?<=basic ))(?=\S*\d)[^\s'\",;]{8,}"
    r"|(?i:(?<=[?&]key=)|(?<=api_key=)|(?<=token=))(?=\S*\d)[^\s&'\"()\[\]]{6,}"
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"
)
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Take out `secrets`, the secrets of the environment, and what looks like a key."""
    in_environment = (value for name, value in os.environ.items() if _SECRET_NAME.search(name))
    for secret in (*secrets, *in_environment):
        if len(secret) >= SHORTEST:
            text = text.replace(secret, REMOVED)
    return _KEYS.sub(REMOVED, text)


def quote(text: str, secrets: Iterable[str] = ()) -> str:
    """Give `text` as one short line without keys; of a web page its title, of a traceback its last line."""
    if re.match(r"\s*<(!doctype|html|\?xml)", text, re.IGNORECASE):
        title = _TITLE.search(text)
        text = html.unescape(re.sub(r"<[^>]*>", " ", title[2] if title else _HIDDEN.sub(" ", text)))
    elif "Traceback (most recent call last)" in text:
        text = text.strip().rpartition("\n")[2]
    line = " ".join(redact(text, secrets).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()}…"
