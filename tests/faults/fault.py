"""One row of the table of faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from servers.messages import Script

KEY = "sk-ant-api03-NobodyMaySeeThis-1234567890"
QUICK = 1.0  # seconds: where the wait itself is the fault


@dataclass(frozen=True)
class Fault:
    """One row.

    Attributes
    ----------
    name
        What goes wrong.
    script, options
        What the local server plays, and what `Claude` is given besides its address and a key.
    server
        Which one: "plain", "tls" (its certificate is self-signed) or "gone" (nobody listens there).
    source
        A source of its own, instead of Claude and a server.
    kind, says, retryable, retry_after
        The failure to expect. `says` are words of its message. No kind: it isn't an error.
    text, stop_reason
        What stays of the answer, and why it ended if it is complete.
    idle_timeout
        Seconds of silence that the chat allows.
    """

    name: str
    script: Script | None = None
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    server: str = "plain"
    source: Callable[..., Any] | None = None
    kind: str | None = None
    says: tuple[str, ...] = ()
    retryable: bool = False
    retry_after: float | None = None
    text: str = ""
    stop_reason: str | None = None
    idle_timeout: float = 20.0

    @property
    def status(self) -> str:
        return "error" if self.kind else "complete"
