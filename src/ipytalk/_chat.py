"""The chat widget: glue between the person, the conversation and the source."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import anywidget
import traitlets

from . import _control
from ._answering import Answering, Patience
from ._assets import front_end
from ._bridge import Bridge, Question
from ._conversation import Conversation
from ._engine import Timer, get_engine, is_ending
from ._live import Live
from ._observers import Observers
from ._outbox import Outbox
from ._protocol import (
    Attached,
    Branch,
    Change,
    Clear,
    Command,
    CommandError,
    Decide,
    Delta,
    Edit,
    Export,
    Freeze,
    Remove,
    Retry,
    Send,
    Stop,
    Switch,
    Transcript,
    Undo,
    Update,
    Upload,
)
from ._protocol import snapshot as make_snapshot
from ._refresh import Refresh
from ._saved import load_conversation
from ._source import expect_source
from ._talk import Talk
from ._turns import Job, Turns
from ._twin import Twin
from ._uploads import Uploads
from .messages import JSON, Message, TextPart

# Seconds that the widget lives on after Markdown took its place. A page that was reloaded meanwhile no longer knows the
# display id: it asks the widget what to write, and writes it itself.
LINGER = 30.0


class Chat(Talk, anywidget.AnyWidget):  # type: ignore[misc]  # ipywidgets itself uses _send, not send
    """A conversation with a language model, in a notebook cell.

    Parameters
    ----------
    source
        Where answers come from: one of `ipytalk.sources`, or anything that can be called with the messages so far and
        gives an iterator, plain or async, of strings. By default Claude if the environment has a key, else a
        recording that plays offline and says so.
    retries
        Automatic tries after a failure that may pass, before the first text.
    idle_timeout
        Seconds without content after which an answer fails; None for no limit. Pings are no content.
    history
        Messages that the conversation begins with. Answers that were cut off in the middle are closed as failed.
    height
        The most that the transcript takes before it scrolls, as CSS, such as ``"480px"``.
    **traits
        What any widget takes, such as ``layout``.

    Attributes
    ----------
    messages
        The messages of the branch in view, as a tuple. May be observed: it changes when a message comes, goes, or
        changes its status.
    busy
        Whether an answer is being made. May be observed. Observers run on the kernel's main loop.

    Examples
    --------
    >>> from ipytalk import Chat
    >>> async def parrot(messages):
    ...     for word in messages[-1].text.split():
    ...         yield word + " "
    >>> chat = Chat(parrot)
    >>> chat.send("hello there").result().text
    'hello there '

    Notes
    -----
    Displaying a chat also leaves its transcript as Markdown in the cell, hidden while the widget lives, so that the
    saved notebook can be read with no kernel. Inside a ``VBox`` or ``Tab`` it can't; call `twin` where it may stand.
    """

    _esm = front_end("widget.js")
    _css = front_end("widget.css")

    snapshot = traitlets.Dict(help="The whole state, made anew each time it is read.").tag(sync=True)
    composer = traitlets.Bool(default_value=True, help="Whether the person can write.").tag(sync=True)
    height = traitlets.Unicode("", help="CSS for the most that the transcript takes.").tag(sync=True)
    title = traitlets.Unicode("", help="What an empty chat is headed with.").tag(sync=True)
    placeholder = traitlets.Unicode("", help="What stands in an empty composer.").tag(sync=True)
    suggestions = traitlets.List(traitlets.Unicode(), help="Prompts to start with, by a click.").tag(sync=True)

    messages: Live[tuple[Message, ...]] = Live(lambda chat: chat._conversation.messages, "Every message.")  # noqa: SLF001
    busy: Live[bool] = Live(lambda chat: bool(chat._conversation.unfinished), "Whether an answer is made.")  # noqa: SLF001

    def __init__(
        self,
        source: Callable[..., Any] | None = None,
        *,
        retries: int = 2,
        idle_timeout: float | None = 60.0,
        history: Sequence[Message] = (),
        **traits: Any,
    ) -> None:
        self._source = expect_source(source)
        self._patience = Patience(retries, idle_timeout)
        self._outbox = Outbox(self._post, self._call_later)
        self._conversation = Conversation(self._emit, history)
        self._turns = Turns(self._conversation, self._answering, self._spawn)
        self._refresh = Refresh(
            self._keep,
            watched=lambda: self._outbox.watched,
            call_later=self._call_later,
            locked=self._locked,
        )
        self._uploads = Uploads()
        self._observers = Observers(self, lambda: {"messages": self.messages, "busy": self.busy})
        self._bridge = Bridge(
            self._outbox,
            run=self._run_command,
            read=self._answer_question,
            snapshot=self._snapshot,
            send=self._post,
            lock=self._conversation.lock,
        )
        super().__init__(**traits)
        self._twin = Twin(self.model_id)
        self.on_msg(self._hear)
        _control.register(self.model_id, self._bridge)

    # --- what the author calls, besides what a Talk has ---

    @classmethod
    def load(cls, path: str | os.PathLike[str], source: Callable[..., Any] | None = None, **options: Any) -> Chat:
        """Go on with a conversation that `save` wrote.

        Parameters
        ----------
        path
            The file.
        source, **options
            As for the class.

        Raises
        ------
        ValueError
            If the file holds no conversation.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from ipytalk import Chat
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "talk.json"
        >>> chat = Chat(lambda messages: ["Bees ", "*dance*."])
        >>> _ = chat.send("How do bees talk?").result()
        >>> chat.save(path)
        >>> Chat.load(path, source=lambda messages: ["More."]).messages[-1].text
        'Bees *dance*.'
        """
        return cls(source, history=load_conversation(path), **options)

    def freeze(self) -> None:
        """Stop what runs, and leave plain Markdown in the place of the widget, in every cell that shows the chat.

        The cell then needs no kernel and no extension. The conversation itself goes on: what you `send` later joins
        the text, until the page is reloaded.
        """
        self._freeze()

    def _freeze(self) -> None:
        """Freeze, and live on for a moment if there are pages that may have to write it themselves."""
        with self._conversation.lock:
            self.stop()
            # In an empty context, as what runs on the engine's thread: see Engine.call.
            contextvars.Context().run(self._twin.freeze, self.to_markdown())
            self._refresh.done()
            watched = self._outbox.watched
            self._outbox.rest()
        if watched and self.comm is not None:
            self._post({"type": "frozen"})
            get_engine().call_later(LINGER, super().close)
        else:
            super().close()

    def close(self) -> None:
        """Stop what runs and take the widget off the page. The transcript stays in the cell."""
        if hasattr(self, "_refresh"):  # else `__init__` refused it, and Python closes what it throws away
            with self._conversation.lock:
                self.stop()
                contextvars.Context().run(self._refresh.finish)
                self._outbox.rest()
        super().close()

    # --- running answers ---

    def _answering(self, id_: str) -> Answering:
        return Answering(self._conversation, id_, self._source, self._patience)

    def _spawn(self, main: Callable[[], Coroutine[Any, Any, None]]) -> Job:
        return get_engine().spawn(main)

    # --- what the browser asks ---

    def _run_command(self, command: Command, id_: str) -> JSON | None:
        """Run a command of the page, on whichever thread it came. Under the lock."""
        try:
            return self._run(command, id_)
        except KeyError as error:
            raise CommandError(
                "That message is not there any more: the conversation changed meanwhile. Look again, and retry."
            ) from error
        except ValueError as error:  # a CommandError among them
            raise CommandError(str(error)) from error

    def _run(self, command: Command, id_: str) -> JSON | None:  # noqa: C901  # one for each command
        match command:
            case Send(text, attached) if text.strip() or attached:
                said = (TextPart(text),) if text.strip() else ()
                self._conversation.ask((*self._uploads.parts(attached), *said), id_)
                self._uploads.drop(attached)
                self._turns.start_next()
            case Stop():
                self.stop()
            case Retry(message):
                if not self._turns.skip_wait(message):
                    self.retry(message)
            case Edit(message, text) if text.strip():
                self.edit(message, text)
            case Switch(message, version):
                self.switch(message, version)
            case Clear():
                self.clear()
            case Undo():
                self.undo()
            case Decide(tool, allow):
                self.decide(tool, allow=allow)
            case Upload():
                self._uploads.add(command)
            case Freeze():
                return self._freeze_by_page()
            case _:
                raise CommandError("There is nothing to send: write a message first.")
        return None

    def _answer_question(self, question: Question) -> JSON:
        """Give what a page asks for. Under the lock."""
        match question:
            case Transcript():
                self._refresh.done()  # the page keeps it from here on
                return {"transcript": self._saved_output()}
            case Export():
                return {"text": self.to_markdown()}
            case Attached(ref):
                try:
                    return {"text": self._conversation.attachment(ref).data}
                except LookupError:
                    raise CommandError("It isn't in the conversation any more.") from None

    def _freeze_by_page(self) -> JSON:
        """Freeze, and give what the page is to write itself if JupyterLab lost the display id. It takes a moment."""
        if not self._twin.shown:
            raise CommandError("Only a chat that a cell shows by itself can be frozen: this one stands in a widget.")
        if not self._twin.frozen:
            self._freeze()
        return {"transcript": self._saved_output()}

    def _hear(self, _: Any, content: JSON, __: list[bytes]) -> None:
        """Take a command that came over the widget's comm."""
        self._bridge.handle_comm(content)

    # --- what the browser hears ---

    def _emit(self, change: Change) -> None:
        """Pass a change on, in order. Under the lock."""
        if isinstance(change, Delta):
            self._outbox.put(change)
            return
        try:
            self._outbox.put(change)
        finally:  # whatever becomes of the page, the kernel's own follow
            self._follow(change)

    def _follow(self, change: Change) -> None:
        """Have those in the kernel follow a change that isn't text. Under the lock."""
        match change:
            case Update(id_, changes) if changes.get("status") in ("complete", "error"):
                # In an empty context, as what runs on the engine's thread: see Engine.call.
                contextvars.Context().run(self._finish, id_)
            case Remove() | Branch():
                self._refresh.soon()
            case _:
                pass
        self._observers.tell_soon()

    def _finish(self, id_: str) -> None:
        """Leave the finished answer where it lasts, then wake who waits for it. Under the lock."""
        self._outbox.rest()
        answer = self._conversation.message(id_)
        try:
            self._settle(answer)
        finally:
            self._turns.settle(answer)

    def _settle(self, answer: Message) -> None:  # noqa: ARG002
        """Leave a finished answer where it outlives the kernel."""
        if is_ending():
            self._refresh.now()
        else:
            self._refresh.soon()

    def _keep(self) -> int:
        """Leave the conversation where it outlives the kernel. Gives its length."""
        if not self._outbox.watched:
            self.send_state("snapshot")  # nbclient and papermill save what they were sent
        self._twin.refresh(self.to_markdown)
        return sum(len(message.text) for message in self._conversation.messages)

    def _post(self, content: JSON) -> None:
        """Put a message on the widget's comm."""
        self._send({"method": "custom", "content": content})

    def _snapshot(self) -> JSON:
        """Everything, up to the last change that was sent."""
        with self._conversation.lock:
            self._outbox.flush()
            notice, undo = getattr(self._source, "notice", None), self._conversation.can_undo
            return make_snapshot(self._outbox.seq, self._conversation.messages, notice, undo=undo)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> JSON:  # noqa: FBT001, FBT002
        """Give the widget's state, with a snapshot of this moment."""
        state: JSON = super().get_state(key, drop_defaults)
        if "snapshot" in state:
            state["snapshot"] = self._snapshot()
        return state

    # --- what the notebook hears ---

    def twin(self) -> None:
        """Leave the transcript as Markdown in this cell, for the time when no kernel runs.

        Displaying the chat does so by itself; a chat inside a ``VBox`` or ``Tab`` can't.
        """
        self._twin.show(self.to_markdown())

    def _saved_output(self) -> JSON | None:
        """Give the output that a reloaded page writes itself."""
        return self._twin.bundle(self.to_markdown())

    def _ipython_display_(self) -> None:
        lives = self.comm and not self._twin.frozen
        self._twin.show_beside(self._repr_mimebundle_()[0] if lives else None, self.to_markdown())

    def _repr_mimebundle_(self, **_: Any) -> tuple[JSON, JSON]:
        # No address and no id beside the widget's mimetype: tests of notebooks compare the plain text.
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": view}, {}

    def __repr__(self) -> str:
        return f"Chat({self._source!r})" if type(self._source).__module__.startswith("ipytalk.") else "Chat()"

    def _tell(self) -> None:
        self._observers.tell()

    def _call_later(self, delay: float, function: Callable[[], None]) -> Timer:
        return get_engine().call_later(delay, self._locked(function))

    def _locked(self, function: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            with self._conversation.lock:
                function()

        return run
