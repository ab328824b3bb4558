"""What a conversation lets a person and a program do, and in which order."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import ipywidgets
import pytest

from ipytalk import Chat, Message, Reply


class Model:
    """A source that says one word each time it is let; several answers at once would be seen."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.running = 0
        self.most_running = 0
        self._let = threading.Semaphore(0)

    def say(self, words: int) -> None:
        for _ in range(words):
            self._let.release()

    async def __call__(self, messages: Sequence[Message]) -> AsyncIterator[str]:
        self.asked.append(tuple(message.text for message in messages))
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            for word in messages[-1].text.split():
                while not self._let.acquire(blocking=False):  # noqa: ASYNC110  # it is let by another thread
                    await asyncio.sleep(0.001)
                yield f"{word} "
        finally:
            self.running -= 1


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def chat(model: Model) -> Iterator[Chat]:
    chat = Chat(model)
    yield chat
    chat.close()


def wait_for(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def talk(chat: Chat) -> list[tuple[str, str]]:
    return [(message.text, message.stop_reason or message.status) for message in chat.messages]


def click(chat: Chat, type_: str, **fields: Any) -> None:
    """Do as the page does."""
    chat._bridge.handle_comm({"type": type_, "id": f"{time.monotonic()}", "client": "page", **fields})


def test_an_answer_is_awaited_or_its_result_taken(chat: Chat, model: Model) -> None:
    model.say(4)
    assert chat.send("one two").result(10).text == "one two "

    async def wait() -> Reply:
        return await chat.send("three four")

    assert asyncio.run(wait()).text == "three four "
    assert talk(chat)[1::2] == [("one two ", "end_turn"), ("three four ", "end_turn")]


def test_a_second_question_waits_for_the_first_answer_and_knows_it(chat: Chat, model: Model) -> None:
    first, second = chat.send("one"), chat.send("two")
    wait_for(lambda: model.asked)
    assert (first.status, second.status) == ("pending", "pending")
    model.say(2)
    second.result(10)
    assert model.asked == [("one",), ("one", "one ", "two")]
    assert model.most_running == 1


def test_stop_ends_what_runs_and_what_waits_and_keeps_the_text(chat: Chat, model: Model) -> None:
    first, second = chat.send("one two three"), chat.send("four")
    model.say(2)
    wait_for(lambda: first.text == "one two ")
    chat.stop()
    assert (first.result(1).stop_reason, first.text) == ("stopped", "one two ")
    assert (second.result(1).stop_reason, second.text) == ("stopped", "")
    wait_for(lambda: model.running == 0)
    # Nothing that the old answer might still say is heard in the new one, and an empty answer is no history.
    model.say(1)
    assert chat.send("five").result(10).text == "five "
    assert model.asked[-1] == ("one two three", "one two ", "four", "five")


def test_one_reply_is_stopped_alone(chat: Chat, model: Model) -> None:
    first, second = chat.send("one"), chat.send("two")
    first.stop()
    model.say(2)  # the first one may still take a word
    assert second.result(10).text == "two "


def test_a_wait_that_is_cancelled_stops_the_answer(chat: Chat, model: Model) -> None:
    async def wait() -> Reply:
        reply = chat.send("one two")
        waiting = asyncio.ensure_future(asyncio.wait_for(reply, 0.1))
        with pytest.raises(asyncio.TimeoutError):
            await waiting
        return reply

    assert asyncio.run(wait()).stop_reason == "stopped"


def test_a_result_that_is_waited_for_too_long_goes_on(chat: Chat, model: Model) -> None:
    reply = chat.send("one")
    with pytest.raises(TimeoutError):
        reply.result(0.05)
    model.say(1)
    assert reply.result(10).text == "one "


def test_retry_answers_anew_and_drops_what_followed(chat: Chat, model: Model) -> None:
    model.say(3)
    chat.send("one").result(10)
    chat.send("two").result(10)
    assert chat.retry(chat.messages[1].id).result(10).text == "one "
    assert [text for text, _ in talk(chat)] == ["one", "one "]
    assert model.asked[-1] == ("one",)


def test_edit_asks_something_else_in_the_same_place(chat: Chat, model: Model) -> None:
    model.say(3)
    chat.send("one").result(10)
    chat.send("two").result(10)
    assert chat.edit(0, "three").result(10).text == "three "
    assert [text for text, _ in talk(chat)] == ["three", "three "]
    with pytest.raises(IndexError, match="1 messages of yours, and none at 5"):
        chat.edit(5, "nowhere")


def test_a_retry_or_an_edit_in_mid_answer_ends_that_answer(chat: Chat, model: Model) -> None:
    replies = [chat.send("one two")]
    replies.append(chat.retry())
    replies.append(chat.edit(-1, "three"))
    assert [reply.result(1).stop_reason for reply in replies[:2]] == ["stopped", "stopped"]
    model.say(1)
    assert replies[2].result(10).text == "three "
    assert talk(chat) == [("three", "sent"), ("three ", "end_turn")]


def test_a_retry_or_an_edit_that_is_refused_leaves_the_answer_alone(chat: Chat, model: Model) -> None:
    model.say(1)
    chat.send("one").result(10)
    reply = chat.send("two three")
    asked, answer, *_ = (message.id for message in chat.messages)
    with pytest.raises(ValueError, match="Only an answer can be retried"):
        chat.retry(asked)
    with pytest.raises(ValueError, match="Only your own messages can be edited"):
        chat.edit(answer, "four")
    for refused in (lambda: chat.retry("m9"), lambda: chat.edit("m9", "four")):
        with pytest.raises(KeyError):
            refused()
    model.say(2)
    assert (reply.result(10).stop_reason, reply.text) == ("end_turn", "two three ")


def test_clear_ends_the_answer_and_empties_the_chat(chat: Chat, model: Model) -> None:
    reply = chat.send("one two")
    model.say(1)
    wait_for(lambda: reply.text)
    chat.clear()
    assert reply.result(1).stop_reason == "stopped"
    assert chat.messages == ()
    assert not chat.busy
    model.say(1)
    chat.send("three").result(10)
    assert model.asked[-1] == ("three",)


def test_the_page_can_do_what_code_can(chat: Chat, model: Model) -> None:
    model.say(1)
    click(chat, "send", text="one")
    wait_for(lambda: talk(chat)[1:] == [("one ", "end_turn")])
    click(chat, "edit", message=chat.messages[0].id, text="two three")
    click(chat, "stop")
    wait_for(lambda: talk(chat) == [("two three", "sent"), ("", "stopped")])
    model.say(4)  # the one that was stopped may still take its two
    click(chat, "retry", message=chat.messages[1].id)
    wait_for(lambda: talk(chat)[1:] == [("two three ", "end_turn")])
    click(chat, "clear")
    assert chat.messages == ()


def test_what_the_page_asks_too_late_is_refused_in_a_sentence(chat: Chat) -> None:
    envelope = {"id": "1", "client": "page"}
    for command in ({"type": "retry", "message": "m9"}, {"type": "edit", "message": "m9", "text": "new"}):
        reply = chat._bridge.handle({**envelope, **command, "id": command["type"]})
        assert reply["status"] == "error"
        assert "not there any more" in reply["message"]
    assert "write a message" in chat._bridge.handle({**envelope, "type": "send", "text": " \n"})["message"]


@pytest.mark.parametrize(
    ("source", "options"), [(5, {}), (print, {"retries": None}), (print, {"history": [1]}), (print, {"height": 5})]
)
def test_a_chat_that_is_refused_leaves_in_silence(
    source: Any, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(Exception):  # noqa: B017  # which one, other tests say
        Chat(source, **options)
    gc.collect()
    assert complaints == []


def test_closing_ends_the_upstream_work(chat: Chat, model: Model) -> None:
    reply = chat.send("one two")
    wait_for(lambda: model.running)
    chat.close()
    assert reply.result(1).stop_reason == "stopped"
    wait_for(lambda: not model.running)


def test_observers_run_on_the_main_thread_and_see_each_turn(model: Model) -> None:
    async def main() -> None:
        chat = Chat(model)
        seen: list[tuple[str, Any]] = []
        threads: set[int] = set()

        def look(change: Any) -> None:
            threads.add(threading.get_ident())
            seen.append((change.name, change.new))

        chat.observe(look, ["messages", "busy"])
        reply = chat.send("one two")
        await asyncio.sleep(0.05)
        assert seen[-1] == ("busy", True)
        model.say(2)
        await reply
        assert chat.messages[-1].text == "one two "
        assert [new for name, new in seen if name == "busy"] == [True, False]
        assert [new for name, new in seen if name == "messages"][-1] == chat.messages
        assert threads == {threading.main_thread().ident}
        chat.close()

    asyncio.run(main())


def test_a_chat_stands_among_other_widgets(chat: Chat, model: Model) -> None:
    button = ipywidgets.Button(description="Ask")
    button.on_click(lambda _: chat.send("one"))  # pyright: ignore[reportUnknownLambdaType]
    box = ipywidgets.VBox([button, chat])
    assert box.children[1] is chat
    model.say(1)
    button.click()
    wait_for(lambda: talk(chat)[1:] == [("one ", "end_turn")])


def test_state_holds_the_whole_conversation_at_any_moment(chat: Chat, model: Model) -> None:
    reply = chat.send("one two")
    model.say(1)
    wait_for(lambda: reply.text)
    snapshot = chat.get_state("snapshot")["snapshot"]
    assert [message["status"] for message in snapshot["messages"]] == ["sent", "streaming"]
    assert snapshot["messages"][1]["parts"] == [{"type": "text", "text": "one "}]
    assert snapshot["seq"] == chat._outbox.seq
