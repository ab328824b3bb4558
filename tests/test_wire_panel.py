"""The wire, as a table below an answer."""

from __future__ import annotations

from typing import Any

from ipytalk import show
from ipytalk.sources import Replay


def panels(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [output["data"] for output in outputs if "text/html" in output["data"]]


def test_each_event_is_a_row_with_its_size_raw_and_decoded(outputs: list[dict[str, Any]]) -> None:
    stream = [{"type": "text", "text": "漢"}, "plain", {"type": "stream_end", "stop_reason": "end_turn"}]
    reply = show(stream, wire=True).result(10)
    assert reply.text == "漢plain"
    last = panels(outputs)[-1]
    assert last["text/plain"] == "The wire: 3 events, 87 bytes"
    html = last["text/html"]
    assert html.count("<tr>") == 4
    assert "{&quot;type&quot;: &quot;text&quot;, &quot;text&quot;: &quot;漢&quot;}" in html
    assert "Text(text=&#x27;plain&#x27;)" in html
    assert "End(stop_reason=" in html


def test_nothing_of_a_stream_becomes_html(outputs: list[dict[str, Any]]) -> None:
    show(["<script>alert(1)</script>", "a\u202eb\x1b[1m"], wire=True).result(10)
    html = panels(outputs)[-1]["text/html"]
    assert "<script" not in html
    assert "\u202e" not in html
    assert "\x1b" not in html
    assert "\\u202e" in html


def test_a_long_stream_is_refreshed_sparsely_and_keeps_both_ends(outputs: list[dict[str, Any]]) -> None:
    show([f"word{number} " for number in range(1000)], wire=True).result(20)
    shown = panels(outputs)
    assert len(shown) < 20
    html = shown[-1]["text/html"]
    assert "800 more" in html
    assert "word0 " in html
    assert "word999 " in html
    assert "word500 " not in html


def test_a_source_is_watched_too_and_a_failure_is_a_row(outputs: list[dict[str, Any]]) -> None:
    assert show(Replay.from_text("Bees *dance*.", speed=None), "How?", wire=True).result(10).text == "Bees *dance*."
    assert "Start(model=" in panels(outputs)[-1]["text/html"]

    def fails() -> Any:
        yield "Some"
        raise RuntimeError("The <b>parrot</b> flew away.")

    assert show(fails(), wire=True).result(10).status == "error"
    html = panels(outputs)[-1]["text/html"]
    assert "RuntimeError" in html
    assert "<b>" not in html


def test_what_has_no_text_form_is_named_without_its_address(outputs: list[dict[str, Any]]) -> None:
    show([object()], wire=True).result(10)
    html = panels(outputs)[-1]["text/html"]
    assert "<code>object</code>" in html
    assert "0x" not in html
