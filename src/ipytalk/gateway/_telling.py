"""What a client may read of a failure: the gateway's own words. Hosts, keys and the upstream's words stay here."""

from __future__ import annotations

from dataclasses import replace

from ..failures import presentable
from ..messages import Failure

_TELL = "Tell whoever runs it; the request's id helps them find it."

# By the kind that `ipytalk.failures` found: the kind that the client is told, and the sentence.
_SENTENCES = {
    "rate_limit": ("rate_limit", "The model takes no more requests for now. Wait a moment, then try again."),
    "overloaded": ("overloaded", "The model has more to do than it can. Wait a moment, then try again."),
    "server": ("server", "The model's service failed on its side. That usually passes: try again in a moment."),
    "connection": ("connection", "The gateway's connection to the model broke. Try again."),
    "dns": ("connection", f"The gateway can't find the model's service. Try again. {_TELL}"),
    "timeout": ("timeout", "The model was silent for too long. Try again."),
    "truncated": ("truncated", "The model's answer broke off. What came stays; try again for the rest."),
    "empty": ("empty", "The model ended without saying anything. Try again."),
    "protocol": ("protocol", "What the model's service sent can't be read. What came stays. Try again."),
    "too_large": ("too_large", "The conversation is too large for the model. Shorten it, or clear the chat."),
    "bad_request": ("bad_request", "The model can't accept this request. Change the message, or begin a new chat."),
    # The rest is the gateway's own affair. It mustn't look as if the client's own token were wrong.
    **dict.fromkeys(
        ("no_key", "auth", "billing", "permission", "not_found", "tls", "not_installed"),
        ("upstream", f"The gateway isn't let in by its model's service. {_TELL}"),
    ),
    **dict.fromkeys(("type", "chunk", "source"), ("upstream", f"The gateway's source of answers failed. {_TELL}")),
}


def for_client(failure: Failure) -> Failure:
    """Give `failure` as a client may read it. A kind of the source's own author is told in the author's words."""
    known = _SENTENCES.get(failure.kind)
    if known is None:
        return presentable(failure)
    kind, message = known
    if failure.retry_after:
        message = message.replace("Wait a moment", f"Wait {failure.retry_after:.0f} s")
    return replace(failure, kind=kind, message=message)


def for_log(failure: Failure) -> str:
    """Give what whoever runs the gateway may read: never the conversation, which an upstream's words may repeat."""
    if failure.kind in ("source", "chunk", "type") or failure.kind not in _SENTENCES:
        return ""
    return failure.message.partition(' It said: "')[0]
