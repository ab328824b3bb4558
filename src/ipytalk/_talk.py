"""What a program can do with a conversation."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from typing import Any

from ._approvals import decide
from ._attachments import message_parts
from ._conversation import Conversation
from ._reply import Reply
from ._saved import save_conversation
from ._transcript import to_markdown
from ._turns import Turns
from .messages import Message, Role


class Talk:
    """The part of a chat that needs no widget. A chat gives it the conversation and whose turn it is."""

    _conversation: Conversation
    _turns: Turns
    _loop_of_stream: asyncio.AbstractEventLoop | None = None  # the person's own, where a stream of theirs is read

    def send(self, text: str | Sequence[Any]) -> Reply:
        """Say something; the answer starts at once, or after those that run.

        Parameters
        ----------
        text
            The message, as Markdown. Or a list of texts and values, such as ``[df, "What stands out?"]``: a DataFrame
            goes as its shape, schema and first rows, a figure or an image as a picture, a ``pathlib.Path`` as the
            text, picture or PDF that it leads to, and anything else as JSON.

        Returns
        -------
        Reply
            Await it, or call its ``result()``.
        """
        if not isinstance(text, str | list | tuple) or not (text.strip() if isinstance(text, str) else text):
            raise ValueError("chat.send needs a text that isn't empty, or a list of texts and values.")
        parts = message_parts(text)
        with self._conversation.lock:
            return self._reply(self._conversation.ask(parts))

    def decide(self, tool: str, *, allow: bool) -> None:
        """Let a call of a tool that asks first run, or not.

        Parameters
        ----------
        tool
            The id of the call: of a `ToolPart` whose status is ``"asking"``.
        allow
            Whether it may run.
        """
        if not decide(tool, allow=allow):
            raise ValueError("No tool waits for that decision any more.")

    def stop(self) -> None:
        """End the running answer, and those that wait for it. What was said so far stays."""
        self._turns.stop_all()

    def retry(self, message: int | str = -1) -> Reply:
        """Have an answer made anew, as another version of it. What stood below stays with the former version.

        Parameters
        ----------
        message
            Which answer: its place among the answers (0 is the first, -1 the last), or its id.
        """
        with self._conversation.lock:
            id_ = self._find(message, "assistant")
            self.stop()
            return self._reply(self._conversation.retry(id_))

    def edit(self, message: int | str, text: str) -> Reply:
        """Say something else in the place of what you said, and go on from there. The former version stays beside it.

        Parameters
        ----------
        message
            Which of your messages: its place among them (0 is the first, -1 the last), or its id.
        text
            What it should have been. Attachments stay with it.
        """
        with self._conversation.lock:
            id_ = self._find(message, "user")
            self.stop()
            return self._reply(self._conversation.edit(id_, text))

    def versions(self, message: int | str) -> tuple[Message, ...]:
        """Give a message in all its versions, in the order they were made.

        Parameters
        ----------
        message
            Its place in `messages`, or its id.
        """
        with self._conversation.lock:
            return self._conversation.versions(self._find(message))

    def switch(self, message: int | str, version: int) -> None:
        """Bring another version of a message in view, and what stood below it. The model is told what is in view.

        Parameters
        ----------
        message
            Its place in `messages`, or its id.
        version
            Which one, counted from 1, as the page shows it.

        Raises
        ------
        ValueError
            If there is no such version, or an answer is being made.

        Examples
        --------
        >>> from ipytalk import Chat
        >>> chat = Chat(lambda messages: [messages[-1].text.upper()])
        >>> _ = chat.send("bees").result()
        >>> _ = chat.edit(0, "wasps").result()
        >>> chat.switch(0, 1)
        >>> [message.text for message in chat.messages]
        ['bees', 'BEES']
        """
        with self._conversation.lock:
            self._conversation.switch(self._find(message), version)

    def clear(self) -> None:
        """Stop what runs and empty the conversation. `undo` brings it back, until the next message."""
        with self._conversation.lock:
            self.stop()
            self._conversation.clear()

    def undo(self) -> None:
        """Bring back what `clear` removed, in all its versions.

        Raises
        ------
        ValueError
            If nothing was cleared, or something was said since.
        """
        self._conversation.undo()

    def to_markdown(self) -> str:
        """Give the finished messages in view as Markdown: yours quoted, the answers as they are."""
        return to_markdown(self._conversation.messages)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the conversation to a JSON file, which `Chat.load` reads.

        Parameters
        ----------
        path
            The file; what is there is replaced. It holds the messages in all versions, their tokens and times, and
            nothing of the source: no key, no address.
        """
        save_conversation(path, self._conversation.to_json())

    # --- inside ---

    def _reply(self, answer: str) -> Reply:
        """Start a pending answer, or let it wait its turn. Under the lock."""
        read, stop = partial(self._conversation.message, answer), partial(self._turns.stop, answer)
        reply = Reply(read, self._turns.future(answer), stop, self._tell, self._loop_of_stream)
        self._turns.start_next()
        return reply

    def _tell(self) -> None:
        """Tell observers what changed."""

    def _find(self, message: int | str, role: Role | None = None) -> str:
        """Give the id of the message in view at a place among those of `role`, or check the id that is given."""
        if isinstance(message, str):
            return self._conversation.replaceable(message, role).id if role else message
        ids = [each.id for each in self._conversation.messages if role in (None, each.role)]
        try:
            return ids[message]
        except IndexError:
            if role == "assistant" and not ids:
                raise ValueError("There is no answer yet that could be retried.") from None
            whose = {"user": " of yours", "assistant": " that are answers", None: ""}[role]
            raise IndexError(f"There are {len(ids)} messages{whose}, and none at {message}.") from None
