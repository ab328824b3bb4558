"""What `show` leaves in a cell, and in plain Python."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ipytalk import Reply, show

WIDGET = "application/vnd.jupyter.widget-view+json"


def test_a_settled_answer_is_plain_markdown(outputs: list[dict[str, Any]]) -> None:
    show(["Bees ", "*dance*."]).result(10)
    assert outputs[-1]["data"] == {"text/plain": "Bees *dance*.", "text/markdown": "Bees *dance*."}
    assert WIDGET in outputs[0]["data"]
    assert outputs[0]["transient"] == outputs[-1]["transient"]


def test_a_widget_that_is_kept_has_its_text_beside_it(outputs: list[dict[str, Any]]) -> None:
    reply = show(["Bees ", "*dance*."], keep="widget")
    reply.result(10)
    widget, *texts = [output["data"] for output in outputs]
    assert WIDGET in widget
    assert "Bees *dance*." in texts[-1]["text/markdown"]
    assert "ipytalk-twin" in texts[-1]["text/markdown"]


def test_plain_python_prints_nothing() -> None:
    source = (
        "from ipytalk import show; assert show(['Bees ', '*dance*.'], wire=True).result(10).text == 'Bees *dance*.'"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("", "")


async def words() -> AsyncIterator[str]:
    yield "Bees "
    await asyncio.sleep(0)
    yield "*dance*."


def test_a_wait_that_would_block_the_stream_it_waits_for_says_so() -> None:
    async def cell() -> str:
        reply = show(words())
        with pytest.raises(RuntimeError, match="await reply"):
            reply.result()
        await reply
        assert reply.result() is reply
        return reply.text

    assert asyncio.run(cell()) == "Bees *dance*."


def test_a_wait_for_a_stream_whose_loop_does_not_run_says_so() -> None:
    async def cell() -> Reply:
        return show(words())

    async def next_cell(reply: Reply) -> str:
        return (await reply).text

    loop = asyncio.new_event_loop()
    reply = loop.run_until_complete(cell())
    with pytest.raises(RuntimeError, match="await reply"):
        reply.result()
    assert loop.run_until_complete(next_cell(reply)) == "Bees *dance*."
    loop.close()
