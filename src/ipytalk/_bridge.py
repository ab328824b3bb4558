"""The browser's commands, by whichever route they came, each run once.

A handler may run on the main thread, a subshell or the control thread, so it only takes the conversation's lock for
a moment; what takes time is the engine's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ._assets import read_asset
from ._outbox import Outbox
from ._protocol import CALLS, Ack, Asset, Attached, Command, CommandError, Export, Hello, Transcript, read_command
from .messages import JSON

Question: TypeAlias = Transcript | Attached | Export
REMEMBERED = 512  # ids of commands that were run: far more than can be under way twice


class Bridge:
    """Between one widget's browsers and its chat.

    Parameters
    ----------
    outbox
        Hears of hellos and acks.
    run
        Runs any other command, given its id; what it gives joins the reply. Raises `CommandError` with a sentence if it
        can't.
    read
        Answers a question, which changes nothing, in the same way.
    snapshot
        Gives the whole state, with the number of the last change in it.
    send
        Puts a message on the widget's own comm.
    lock
        The conversation's.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        run: Callable[[Command, str], JSON | None],
        read: Callable[[Question], JSON],
        snapshot: Callable[[], JSON],
        send: Callable[[JSON], None],
        lock: Any,
    ) -> None:
        self._outbox = outbox
        self._run = run
        self._read = read
        self._snapshot = snapshot
        self._send = send
        self._lock = lock
        self._replies: OrderedDict[str, JSON] = OrderedDict()

    def handle(self, data: Mapping[str, Any]) -> JSON:
        """Run a command and give the reply: ``{"status": "ok"}``, perhaps with a snapshot, or an error's sentence."""
        try:
            envelope = read_command(data)
        except CommandError as error:
            return {"status": "error", "message": str(error)}
        with self._lock:
            match envelope.command:
                case Ack(seq):
                    self._outbox.ack(envelope.client, seq)
                    return self._and_seq({"status": "ok"})
                case Hello(seq):
                    behind = self._outbox.hello(envelope.client, seq)
                    return {"status": "ok", "snapshot": self._snapshot()} if behind else {"status": "ok"}
                case Asset(name):
                    code = read_asset(name)
                    return {"status": "ok", "text": code} if code else {"status": "error", "message": f"no {name}"}
                case Transcript() | Attached() | Export() as question:
                    return _reply(lambda: self._read(question))
                case command:
                    return self._once(envelope.id, command)

    def handle_comm(self, data: Mapping[str, Any]) -> None:
        """Run a command that came over the widget's comm, which has no replies of its own."""
        reply = self.handle(data)
        if data.get("type") in CALLS:
            self._send({"type": "reply", "id": str(data.get("id")), "reply": reply})
        elif reply["status"] == "error":
            self._send({"type": "refused", "id": str(data.get("id")), "message": reply["message"]})
        elif "snapshot" in reply:
            self._send({"type": "snapshot", "snapshot": reply["snapshot"]})

    def _once(self, id_: str, command: Command) -> JSON:
        if id_ not in self._replies:
            self._replies[id_] = self._and_seq(_reply(lambda: self._run(command, id_)))
            if len(self._replies) > REMEMBERED:
                self._replies.popitem(last=False)
        return self._replies[id_]

    def _and_seq(self, reply: JSON) -> JSON:
        """Say how far the changes are: a page at rest, to which no further one comes, hears that it missed some."""
        return {**reply, "seq": self._outbox.seq} if reply["status"] == "ok" else reply


def _reply(run: Callable[[], JSON | None]) -> JSON:
    try:
        return {"status": "ok", **(run() or {})}
    except CommandError as error:
        return {"status": "error", "message": str(error)}
