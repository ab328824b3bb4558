"""``%%talk`` in a shell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shell: Any = InteractiveShell.instance()
    monkeypatch.setattr(shell, "display_pub", CapturingDisplayPublisher(shell=shell))
    shell.run_line_magic("load_ext", "ipytalk")
    shell.user_ns["asked"] = asked = []

    def echo(messages: Any) -> list[str]:
        asked.append([message.text for message in messages])
        return [f"*{messages[-1].text}*"]

    shell.user_ns["echo"] = echo
    yield shell
    shell.extension_manager.loaded.discard("ipytalk")


def settled(shell: Any) -> list[str]:
    return [output["data"]["text/markdown"] for output in shell.display_pub.outputs if output.get("update")]


def test_a_cell_is_answered_below_it_and_the_conversation_goes_on(shell: Any) -> None:
    shell.run_line_magic("talk_config", "echo")
    shell.run_cell_magic("talk", "", "one\n")
    shell.run_cell_magic("talk", "reply", "two\nlines\n")
    assert settled(shell) == ["*one*", "*two\nlines*"]
    assert shell.user_ns["asked"] == [["one"], ["one", "*one*", "two\nlines"]]
    assert shell.user_ns["reply"].text == "*two\nlines*"


def test_the_source_is_any_expression_and_a_new_one_begins_anew(shell: Any, capsys: Any) -> None:
    shell.run_line_magic("talk_config", "echo")
    shell.run_cell_magic("talk", "", "one")
    shell.run_line_magic("talk_config", "[echo][0]")
    shell.run_cell_magic("talk", "", "two")
    assert shell.user_ns["asked"] == [["one"], ["two"]]
    shell.run_line_magic("talk_config", "")
    assert capsys.readouterr().out.splitlines() == ["%%talk asks echo."] * 3


def test_with_nothing_set_a_recording_plays_and_says_so(shell: Any, capsys: Any) -> None:
    shell.run_line_magic("talk_config", "")
    assert "Replay(3 answers" in capsys.readouterr().out
    shell.user_ns["quick"] = shell.ev("__import__('ipytalk._source', fromlist=['_']).default_source()")
    shell.user_ns["quick"].speed = None
    shell.run_line_magic("talk_config", "quick")
    shell.run_cell_magic("talk", "", "Hello")
    assert settled(shell)[0].startswith("# ")


def test_a_failed_answer_says_why_and_is_no_part_of_the_conversation(shell: Any) -> None:
    def fails(messages: Any) -> Any:
        yield "Some "
        raise RuntimeError("The parrot flew away.")

    shell.user_ns["fails"] = fails
    shell.run_line_magic("talk_config", "fails")
    shell.run_cell_magic("talk", "reply", "one")
    assert shell.user_ns["reply"].status == "error"
    assert settled(shell)[0].startswith("Some\n\n*The answer ended early: ")


@pytest.mark.parametrize(
    ("magic", "line", "cell", "sentence"),
    [
        ("talk", "", " \n", "nothing to send"),
        ("talk", "two words", "Hello", "at most a name"),
        ("talk_config", "42", None, "that is a int"),
    ],
)
def test_what_makes_no_sense_is_said(shell: Any, magic: str, line: str, cell: str | None, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        shell.run_cell_magic(magic, line, cell) if cell is not None else shell.run_line_magic(magic, line)
