"""A web page's reader, in Node: the seed's loop, written anew."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ipytalk import SourceError
from ipytalk.sources import Replay
from servers.gateway import PATH, Counted, Gateway

TEXT = "Bees *dance*:\n\n| wo | «süß» 蜂 |\n\n```\n🐝 data: [DONE]\n```\n" * 20


async def fails(_: Any) -> AsyncIterator[str]:
    yield "Half an "
    raise SourceError("The library is closed until nine.", kind="closed", retryable=True, retry_after=60)


def read(gateway: Gateway, *arguments: str) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.fail("No node was found. Install Node 20 or newer: the front end needs it, too.")
    reader = Path(__file__).with_name("reader.mjs")
    done = subprocess.run(
        [node, reader, gateway.url + PATH, "Hello", *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("coalesce", ["off", "word"])
def test_a_page_reads_a_whole_answer_with_its_figures(coalesce: str) -> None:
    with Gateway(Replay.from_text(TEXT, ttft=0.01, rate=300), coalesce=coalesce) as gateway:
        seen = read(gateway)
    assert (seen["status"], seen["text"], seen["done"]) == ("complete", TEXT, True)
    assert seen["growths"] > 5
    assert seen["usage"]["output_tokens"] == -(-len(TEXT) // 4)
    assert 0 < seen["metrics"]["ttft_ms"] <= seen["metrics"]["total_ms"]
    assert seen["other"] == ["stream_start"]


def test_a_page_keeps_what_came_before_a_failure_and_is_told_why() -> None:
    with Gateway(fails) as gateway:
        seen = read(gateway)
    assert (seen["status"], seen["text"], seen["done"]) == ("error", "Half an ", True)
    assert seen["error"] == {
        "type": "error",
        "code": "closed",
        "message": "The library is closed until nine.",
        "retryable": True,
        "retry_after_seconds": 60,
    }


def test_a_page_that_stops_keeps_what_came_and_ends_the_upstream() -> None:
    source = Counted(Replay.from_text(TEXT, ttft=0.01, rate=50))
    with Gateway(source) as gateway:
        seen = read(gateway, "40")
        assert source.left.wait(10)
    assert seen["status"] == "complete"
    assert TEXT.startswith(seen["text"])
    assert 40 <= len(seen["text"]) < len(TEXT)


def test_a_page_that_is_refused_reads_why() -> None:
    with Gateway(fails, tokens="ada=s3cret") as gateway:
        seen = read(gateway)
    assert seen["error"]["message"].startswith("HTTP 401: This gateway wants a token")
