"""The servers that fail, and the printed table."""

from __future__ import annotations

import importlib
import socket
import ssl
from collections.abc import Iterator

import pytest
import trustme

from ipytalk import Reply
from servers.messages import MessagesServer

RESULTS = pytest.StashKey[dict[str, Reply]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fault-table", action="store_true", help="print what a person reads after each fault")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--fault-table"):
        return
    terminalreporter.section("faults")
    write = terminalreporter.write_line
    write("| fault | status | kind | retryable | message, or stop reason |")
    write("|---|---|---|---|---|")
    for name, reply in config.stash[RESULTS].items():
        kind, message, again = (
            (reply.error.kind, reply.error.message, "yes" if reply.error.retryable else "no")
            if reply.error
            else ("", reply.stop_reason, "")
        )
        write(f"| {name} | {reply.status} | {kind} | {again} | {message} |")


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> dict[str, Reply]:
    """Answers for the printed table, by the fault's name."""
    return pytestconfig.stash[RESULTS]


@pytest.fixture(scope="session", autouse=True)
def the_sdk() -> None:
    """Its first import takes seconds on a busy machine, and would pass for silence."""
    importlib.import_module("anthropic")


@pytest.fixture(autouse=True)
def a_plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, and no proxy between the SDK and the local servers."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    with MessagesServer() as server:
        yield server


@pytest.fixture
def tls_server() -> Iterator[MessagesServer]:
    """One whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with MessagesServer(tls=context) as server:
        yield server


@pytest.fixture
def gone_url() -> str:
    """The address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"
