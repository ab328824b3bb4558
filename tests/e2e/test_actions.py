"""What a chat does with its notebook: export, freeze, code to cells, pictures in the composer."""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import Notebook
from playwright.sync_api import Locator, expect
from test_saved_notebook import VIEW, data_of, markdown_of

Open = Callable[..., Notebook]

CHAT = """
import asyncio, time
from ipytalk import Chat
async def source(messages):
    yield "The **mean**:\\n\\n```python\\nx = 6 * 7\\nprint(x)\\n```\\n"
    if "slow" in messages[-1].text:
        await asyncio.sleep(3600)
chat = Chat(source)
chat
"""

PLACE = """[
    window.jupyterapp.shell.currentWidget.content.activeCell.model.id,
    document.querySelector('.jp-WindowedPanel-outer').scrollTop,
]"""


def picture(width: int = 64, height: int = 48) -> bytes:
    """Give a PNG of one colour."""
    rows = b"".join(b"\x00" + bytes((200, 60, 30)) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def button(notebook: Notebook, name: str) -> Locator:
    return notebook.chat().root.get_by_role("button", name=name, exact=True)


def give(notebook: Notebook, kind: str, *files: tuple[str, str, bytes]) -> None:
    """Paste or drop files into the composer."""
    notebook.chat().box.evaluate(
        """(box, [kind, files]) => {
            const data = new DataTransfer();
            for (const [name, type, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const event = kind === 'paste'
                ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            box.dispatchEvent(event);
        }""",
        [kind, [[name, type_, list(content)] for name, type_, content in files]],
    )


def test_export_copies_and_saves_what_to_markdown_gives_while_a_cell_runs(
    open_notebook: Open, kernel: str, tmp_path: Path
) -> None:
    notebook = open_notebook(CHAT, "time.sleep(3600)", kernel=kernel, permissions=["clipboard-read", "clipboard-write"])
    notebook.run(0)
    notebook.chat().send("What is the mean?")
    notebook.chat().expect_status("complete")
    markdown = json.loads(notebook.evaluate("import json; print(json.dumps(chat.to_markdown()))"))
    notebook.run(1, wait=False)
    button(notebook, "Export").click()
    button(notebook, "Copy as Markdown").click()
    expect(notebook.chat().root.get_by_text("Copied")).to_be_visible()
    assert notebook.page.evaluate("navigator.clipboard.readText()") == markdown
    expect(button(notebook, "Copy as Markdown")).to_be_hidden()
    button(notebook, "Export").click()
    with notebook.page.expect_download() as download:
        button(notebook, "Save as Markdown").click()
    assert download.value.suggested_filename == f"{Path(notebook.path).stem}.md"
    download.value.save_as(tmp_path / "saved.md")
    assert (tmp_path / "saved.md").read_text() == markdown
    assert notebook.kernel_status == "busy"


@pytest.mark.parametrize("reloaded", [False, True], ids=["on its own page", "after a reload"])
def test_freeze_leaves_only_markdown_while_an_answer_and_a_cell_run(
    open_notebook: Open, kernel: str, *, reloaded: bool
) -> None:
    notebook = open_notebook(CHAT, "time.sleep(3600)", kernel=kernel)
    notebook.run(0)
    notebook.chat().send("What, slow one?")
    expect(notebook.chat().answer).to_contain_text("print")
    if reloaded:
        notebook.save()
        notebook.reload()
        expect(notebook.chat().answer).to_contain_text("print")
    notebook.run(1, wait=False)
    notebook.page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'")
    button(notebook, "Export").click()
    button(notebook, "Freeze").click()
    expect(notebook.chat().root).to_contain_text("can't be undone")
    button(notebook, "Freeze for good?").click()
    expect(notebook.page.locator(".ipytalk-chat")).to_have_count(0)
    expect(notebook.cell(0).locator(".jp-OutputArea-output strong:visible")).to_have_text(["mean"])
    notebook.expect_saved(lambda content: "*Stopped.*" in markdown_of(content))
    saved = notebook.save()
    assert not any(VIEW in data for data in data_of(saved))
    assert "ipytalk-twin" not in json.dumps(saved)
    assert markdown_of(saved).strip().startswith("> What, slow one?")
    assert markdown_of(saved).count("slow one") == 1


def test_code_becomes_cells_below_the_chat_in_order(open_notebook: Open) -> None:
    notebook = open_notebook("1", CHAT, "'after'")
    notebook.run(1)
    chat = notebook.chat()
    chat.send("one")
    chat.expect_status("complete")
    chat.send("two")
    chat.expect_status("complete")
    expect(button(notebook, "To cell")).to_have_count(2)
    chat.box.fill("a draft")
    chat.box.focus()
    before = notebook.page.evaluate(PLACE)
    for number in range(2):
        button(notebook, "To cell").nth(number).evaluate("button => button.click()")
        expect(button(notebook, "Added").first).to_be_visible()
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("a draft")
    assert before == notebook.page.evaluate(PLACE)
    sources = ["".join(cell["source"]) for cell in notebook.content()["cells"]]
    assert [source.strip() for source in sources[2:]] == ["x = 6 * 7\nprint(x)"] * 2 + ["'after'"]
    notebook.run(2)
    expect(notebook.cell(2)).to_contain_text("42")


def test_a_pasted_picture_goes_with_the_message_and_is_seen_by_the_source(open_notebook: Open, kernel: str) -> None:
    notebook = open_notebook(CHAT, "time.sleep(3600)", kernel=kernel)
    notebook.run(0)
    notebook.run(1, wait=False)
    chat = notebook.chat()
    expect(button(notebook, "Attach")).to_be_visible()
    large = picture() + bytes(1_900_000)  # three pieces; what follows a PNG's end is passed over
    give(notebook, "paste", ("plot.png", "image/png", large))
    give(notebook, "drop", ("plot.png", "image/png", picture()), ("other.png", "image/png", picture()))
    expect(chat.root.get_by_role("button", name="Remove plot-2.png")).to_be_visible()
    button(notebook, "Remove other.png").click()
    chat.box.fill("Why the peak?")
    expect(chat.send_button).to_be_enabled()
    chat.send_button.click()
    said = chat.articles.first
    expect(said.get_by_role("img", name="plot.png")).to_have_js_property("naturalWidth", 64)
    expect(said.get_by_role("img")).to_have_count(2)
    expect(chat.root.get_by_role("button", name="Remove plot.png")).to_have_count(0)
    chat.expect_status("complete")
    notebook.command("notebook:interrupt-kernel")
    notebook.idle()
    code = "print([(p.name, p.media_type, len(p.data)) for p in chat.messages[0].parts[:-1]], chat.messages[0].text)"
    small = len(picture())
    assert notebook.evaluate(code) == (
        f"[('plot.png', 'image/png', {4 * -(-len(large) // 3)}), "
        f"('plot-2.png', 'image/png', {4 * -(-small // 3)})] Why the peak?"
    )
    assert len(json.dumps(notebook.save())) < 20_000


def test_a_draft_keeps_its_pictures_over_a_reload_and_what_cannot_be_sent_says_why(open_notebook: Open) -> None:
    notebook = open_notebook(CHAT)
    notebook.run(0)
    notebook.save()
    chat = notebook.chat()
    expect(button(notebook, "Attach")).to_be_visible()
    give(notebook, "paste", ("plot.png", "image/png", picture()))
    expect(chat.send_button).to_be_enabled()
    chat.box.fill("half a thought")
    give(notebook, "paste", ("notes.pdf", "application/pdf", b"%PDF-1.7"))
    expect(chat.root.get_by_role("alert")).to_contain_text("notes.pdf can't be attached")
    give(notebook, "paste", ("huge.png", "image/png", picture() + bytes(4_000_000)))
    expect(chat.root.get_by_role("alert")).to_contain_text("Make it smaller")
    expect(button(notebook, "Remove plot.png")).to_be_visible()
    expect(button(notebook, "Remove huge.png")).to_have_count(0)
    expect(chat.box).to_have_value("half a thought")
    notebook.reload()
    expect(button(notebook, "Remove plot.png")).to_be_visible()
    expect(chat.box).to_have_value("half a thought")
    chat.send_button.click()
    expect(chat.articles.first.get_by_role("img", name="plot.png")).to_have_js_property("naturalWidth", 64)


def test_large_pictures_reach_the_page_and_a_reloaded_one(open_notebook: Open) -> None:
    send = """
from ipytalk.messages import AttachmentPart
import base64
data = base64.b64encode(base64.b64decode(PNG) + bytes(3_900_000)).decode()
for number in range(4):
    chat.send([AttachmentPart(f"plot{number}", "image/png", data), "Look"]).result()
"""
    notebook = open_notebook(CHAT, f"PNG = {b64encode(picture()).decode()!r}\n{send}")
    notebook.run(0)
    notebook.run(1)
    for _ in range(2):
        pictures = notebook.chat().root.get_by_role("img")
        expect(pictures).to_have_count(4)
        for number in range(4):
            expect(pictures.nth(number)).to_have_js_property("naturalWidth", 64)
        notebook.save()
        notebook.reload()


def test_a_chat_that_was_saved_with_its_state_has_no_button_that_needs_a_kernel(open_notebook: Open) -> None:
    notebook = open_notebook(CHAT)
    notebook.run(0)
    notebook.chat().send("one")
    notebook.chat().expect_status("complete")
    expect(button(notebook, "Attach")).to_be_visible()
    notebook.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    expect(button(notebook, "Attach")).to_have_count(0)
    expect(button(notebook, "Export")).to_have_count(0)
