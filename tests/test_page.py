"""What a page asks of a chat: pictures in pieces, what is too large to travel along, Markdown, freezing."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from ipytalk import Chat, Message
from ipytalk._attachments import LARGEST
from ipytalk._protocol import INLINE
from ipytalk.messages import AttachmentPart

PNG = b"\x89PNG\r\n\x1a\n"
asked: list[tuple[Message, ...]] = []


def source(messages: tuple[Message, ...]) -> Iterator[str]:
    asked.append(tuple(messages))
    yield "A *peak*."


class Page:
    """One chat, and a page that is open on it."""

    def __init__(self) -> None:
        self.chat = Chat(source)
        self.count = 0

    def ask(self, type_: str, **fields: Any) -> dict[str, Any]:
        self.count += 1
        data = {"type": type_, "id": f"p{self.count}", "client": "page", **fields}
        reply = self.chat._bridge.handle(json.loads(json.dumps(data)))
        return json.loads(json.dumps(reply))

    def upload(self, id_: str, content: bytes, name: str = "plot.png", piece: int = 700_000) -> dict[str, Any]:
        """Send a file in pieces, and give the last reply."""
        reply = {}
        for offset in range(0, len(content), piece):
            data = b64encode(content[offset : offset + piece]).decode()
            reply = self.ask("upload", upload=id_, name=name, offset=offset, size=len(content), data=data)
            if reply["status"] != "ok":
                break
        return reply

    def snapshot(self) -> dict[str, Any]:
        return self.ask("hello", seq=-1)["snapshot"]


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    yield page
    page.chat.close()


def test_an_uploaded_picture_goes_with_the_message_as_if_it_were_sent_from_code(page: Page) -> None:
    content = PNG + bytes(2_000_000)
    assert page.upload("u1", content)["status"] == "ok"
    assert page.ask("send", text="Why the peak?", attached=["u1"])["status"] == "ok"
    (said, _) = page.chat.messages
    page.chat.send([AttachmentPart("plot.png", "image/png", b64encode(content).decode()), "Why the peak?"]).result()
    assert said.parts == page.chat.messages[2].parts
    assert asked[-2] == (said,)


def test_a_picture_alone_is_a_message(page: Page) -> None:
    page.upload("u1", PNG)
    assert page.ask("send", text=" ", attached=["u1"])["status"] == "ok"
    assert [part.type for part in page.chat.messages[0].parts] == ["attachment"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "attach a PNG, JPEG, GIF or WebP"),
        (b"just text", "attach a PNG, JPEG, GIF or WebP"),
        (b"\x00\x01\xfe\xff", "it must be text, a picture"),
        (PNG + bytes(LARGEST), "Make it smaller"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_with_a_sentence(page: Page, content: bytes, sentence: str) -> None:
    reply = page.upload("u1", content, "thing.bin")
    assert reply["status"] == "error"
    assert reply["message"].startswith("thing.bin")
    assert sentence in reply["message"]


def test_a_message_whose_picture_is_gone_says_what_to_do(page: Page) -> None:
    reply = page.ask("send", text="Look", attached=["never"])
    assert reply["status"] == "error"
    assert "attach them again" in reply["message"]
    assert page.chat.messages == ()


def test_pieces_that_do_not_fit_together_are_refused(page: Page) -> None:
    piece = {"upload": "u1", "name": "a.png", "size": 9}
    assert page.ask("upload", **piece, offset=0, data="AAAA")["status"] == "ok"
    assert "Attach it again" in page.ask("upload", **piece, offset=6, data="AAAA")["message"]
    assert "Attach it again" in page.ask("upload", **piece, offset=0, data="not base64")["message"]


def test_pictures_that_nobody_sends_do_not_pile_up(page: Page) -> None:
    content = PNG + bytes(3_900_000)
    for number in range(12):
        assert page.upload(f"u{number}", content)["status"] == "ok"
    assert page.ask("send", text="first", attached=["u0"])["status"] == "error"
    assert page.ask("send", text="last", attached=["u11"])["status"] == "ok"


def test_a_snapshot_of_many_large_attachments_stays_small_and_gives_each_on_demand(page: Page) -> None:
    content = b64encode(PNG + bytes(3_000_000)).decode()
    for number in range(8):
        page.chat.send([AttachmentPart(f"plot{number}", "image/png", content), f"Question {number}"]).result()
    snapshot = page.snapshot()
    assert len(json.dumps(snapshot)) < 10_000
    state = page.chat.get_state()
    assert isinstance(state, dict)
    assert len(json.dumps(state["snapshot"])) < 10_000
    pictures = [part for message in snapshot["messages"] for part in message["parts"] if part["type"] == "attachment"]
    assert [part["data"] for part in pictures] == [None] * 8
    assert page.ask("attached", ref=pictures[3]["ref"]) == {"status": "ok", "text": content}
    page.chat.clear()
    assert page.ask("attached", ref=pictures[3]["ref"])["status"] == "error"
    assert page.ask("attached", ref="nonsense")["status"] == "error"


def test_a_small_attachment_travels_along(page: Page) -> None:
    page.chat.send([AttachmentPart("df", "text/markdown", "x" * INLINE), "Why?"]).result()
    part = page.snapshot()["messages"][0]["parts"][0]
    assert part == {"type": "attachment", "name": "df", "media_type": "text/markdown", "data": "x" * INLINE}


def test_export_gives_what_to_markdown_gives(page: Page) -> None:
    page.chat.send("Why the *peak*?").result()
    assert page.ask("export") == {"status": "ok", "text": page.chat.to_markdown()}


def test_the_page_freezes_a_chat_as_the_program_does(page: Page, outputs: list[dict[str, Any]]) -> None:
    page.chat._ipython_display_()
    page.chat.send("Why?").result()
    before = len(outputs)
    reply = page.ask("freeze")
    text = page.chat.to_markdown()
    assert reply["status"] == "ok"
    assert reply["transcript"] == {"text/plain": text, "text/markdown": text}
    assert page.ask("freeze") == reply
    assert [output["data"] for output in outputs[-2:]] == [{}, reply["transcript"]]
    page.chat._ipython_display_()
    assert len(outputs) == before + 3
    assert outputs[-1]["data"] == reply["transcript"]


def test_a_chat_that_no_cell_shows_is_not_frozen_but_says_why(page: Page) -> None:
    reply = page.ask("freeze")
    assert reply["status"] == "error"
    assert "stands in a widget" in reply["message"]
