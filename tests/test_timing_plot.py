"""An answer's times as a picture."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pytest

from ipytalk import Chat, Timing, compare
from ipytalk._timing_plot import gaps
from ipytalk.events import Place
from ipytalk.messages import ToolPart

CHUNKS = tuple((0.3 + 0.02 * number + (1.0 if number > 20 else 0.0), 4) for number in range(40))
TIMING = Timing(ttft=0.3, total=2.1, chunks=CHUNKS)


@pytest.fixture(autouse=True)
def pyplot() -> Iterator[Any]:
    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  # after the choice

    yield plt
    plt.close("all")


def labels(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_picture_tells_the_wait_the_growth_and_the_gap() -> None:
    axes = TIMING.plot()
    assert labels(axes) == ["wait for the first token", "characters", "gap"]
    assert axes.get_title() == "first token after 0.30 s, 2.10 s in all, 89 characters/s"
    (line,) = axes.get_lines()
    assert line.get_ydata()[-1] == 160
    assert axes.get_xlim() == (0.0, 2.1)


def test_a_gap_is_what_a_reader_would_notice() -> None:
    ((start, end),) = gaps(TIMING)
    assert (round(start, 2), round(end, 2)) == (0.7, 1.72)
    assert gaps(Timing(0.1, 0.14, chunks=((0.1, 4),))) == []


def test_silence_before_the_end_is_a_gap() -> None:
    assert gaps(Timing(0.1, 3.0, chunks=((0.1, 4),))) == [(0.1, 3.0)]


def test_the_time_of_a_tool_is_drawn_with_its_name_and_is_no_gap() -> None:
    tools = (("mean", 0.8, 1.2), ("median", 0.7, 1.5))
    timing = Timing(0.3, 2.1, chunks=CHUNKS, tools=tools)
    axes = timing.plot()
    assert labels(axes) == ["wait for the first token", "characters", "gap", "tool"]
    assert [text.get_text() for text in axes.texts] == [" mean", " median"]
    ((start, end),) = gaps(timing)
    assert (round(start, 2), round(end, 2)) == (1.5, 1.72)
    assert compare([timing]) is not None


def test_an_answer_knows_when_its_tools_ran() -> None:
    async def source(messages: Any) -> Any:
        call = ToolPart("t1", "mean", status="asking")
        yield "Let me see. "
        yield Place(call)
        yield Place(replace(call, status="running"))
        yield Place(ToolPart("t2", "median", status="running"))
        yield Place(replace(call, status="done", output="6"))

    timing = Chat(source).send("?").result(10).timing
    assert timing is not None
    assert [name for name, _, _ in timing.tools] == ["mean", "median"]
    for _, start, end in timing.tools:
        assert 0 <= start <= end <= (timing.total or 0)


def test_it_draws_on_given_axes(pyplot: Any) -> None:
    _, axes = pyplot.subplots()
    assert TIMING.plot(axes) is axes
    assert compare([TIMING], ax=axes) is axes


def test_an_answer_without_a_word_can_be_drawn() -> None:
    assert labels(Timing(total=0.5).plot()) == ["wait for the first token"]
    assert Timing(prepare=0.1).plot() is not None


def test_several_are_compared_by_name() -> None:
    def one(messages: Any) -> list[str]:
        return ["one"]

    chat = Chat(one)
    reply = chat.send("?").result(10)
    axes = compare({"reply": reply, "message": chat.messages[-1], "timing": TIMING})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["reply", "message", "timing"]
    assert axes.get_xlim() == (0.0, 2.1)
    with pytest.raises(TypeError, match="'1' has no times"):
        compare([object()])
    with pytest.raises(ValueError, match="at least one"):
        compare([])


def test_without_matplotlib_a_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; from ipytalk import Timing; Timing(total=1.0).plot()"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.stderr.endswith('ImportError: Drawing needs matplotlib: pip install "ipytalk[plot]"\n')
