"""What whoever runs a gateway sees and does: the command, its logs and figures, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers.gateway import PATH, Reading, body

COMMAND = [sys.executable, "-c", "from ipytalk.gateway._command import main; main()"]


class Process:
    """``ipytalk-gateway`` with these flags, in a process of its own."""

    def __init__(self, *flags: str, **environment: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("IPYTALK", "ANTHROPIC"))}
        self.process = subprocess.Popen(
            [*COMMAND, "--port", "0", *flags], env={**own, **environment}, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[dict[str, Any]] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        running = self.log("Uvicorn running on")
        self.url = running["event"].split()[3]
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def log(self, event: str, seconds: float = 30) -> dict[str, Any]:
        """Wait for the first line whose event begins so."""
        deadline = time.monotonic() + seconds
        while True:
            for line in list(self.lines):
                if line["event"].startswith(event):
                    return line
            assert time.monotonic() < deadline, f"never logged: {event}; {self.lines}"
            time.sleep(0.02)

    def end(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait(10)
        self._reading.join(10)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture
def start() -> Iterator[Any]:
    started: list[Process] = []

    def start(*flags: str, **environment: str) -> Process:
        started.append(Process(*flags, **environment))
        return started[-1]

    yield start
    for each in started:
        each.end()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("IPYTALK")}
    return subprocess.run(
        [*COMMAND, *arguments], env={**own, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_with_nothing_at_all_it_streams_a_recording(start: Any) -> None:
    process = start("--speed", "50")
    answer = process.client.post(PATH, json=body()).text
    assert '"type":"text"' in answer
    assert answer.endswith("data: [DONE]\n\n")
    assert process.client.get("/healthz").json() == {"status": "ok"}
    assert process.client.get("/readyz").json() == {"status": "ok"}


def test_a_log_line_has_the_requests_id_and_figures_and_no_content(start: Any) -> None:
    process = start("--speed", "50", IPYTALK_GATEWAY_TOKENS="ada=s3cret")
    headers = {"Authorization": "Bearer s3cret", "X-Request-Id": "abc-1"}
    process.client.post(PATH, json=body("My secret is xyzzy."), headers=headers)
    process.client.post(PATH, json=body("My secret is xyzzy."))
    line = process.log("stream")
    assert (line["request"], line["user"], line["outcome"]) == ("abc-1", "ada", "complete")
    assert 0 <= line["ttft_ms"] <= line["total_ms"]
    assert line["output_tokens"] > 100
    assert process.log("refused")["status"] == 401
    told = json.dumps(process.lines)
    for secret in ("xyzzy", "s3cret", "recording**"):
        assert secret not in told


def test_prometheus_reads_what_happened(start: Any) -> None:
    process = start("--speed", "50", "--max-messages", "1")
    process.client.post(PATH, json=body())
    process.client.post(PATH, content=b"{")
    figures = process.client.get("/metrics").text
    assert 'ipytalk_gateway_streams_total{outcome="complete"} 1.0' in figures
    assert 'ipytalk_gateway_refused_total{kind="bad_request",status="400"} 1.0' in figures
    assert "ipytalk_gateway_time_to_first_token_seconds_count 1.0" in figures
    assert 'ipytalk_gateway_tokens_total{direction="output"}' in figures
    assert "ipytalk_gateway_streams_running 0.0" in figures
    assert "ipytalk_gateway_queue_length 0.0" in figures


def test_told_to_stop_it_lets_running_answers_end_and_takes_no_new_ones(start: Any) -> None:
    process = start("--speed", "4", "--drain", "60")
    with process.client.stream("POST", PATH, json=body()) as response:
        reading = Reading(response)
        reading.until('"text"')
        process.process.send_signal(signal.SIGTERM)
        process.log("draining")
        refused = httpx.post(f"{process.url}{PATH}", json=body(), trust_env=False)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["retryable"] is True
        assert httpx.get(f"{process.url}/readyz", trust_env=False).status_code == 503
        assert httpx.get(f"{process.url}/healthz", trust_env=False).status_code == 200
        assert any('"stream_end"' in frame for frame in reading.until("[DONE]"))
    assert process.process.wait(20) == 0


def test_an_answer_that_takes_too_long_is_told_so_before_the_end(start: Any) -> None:
    process = start("--speed", "0.1", "--drain", "0.3")
    with process.client.stream("POST", PATH, json=body()) as response:
        reading = Reading(response)
        reading.until('"text"')
        process.process.send_signal(signal.SIGTERM)
        (error,) = [frame for frame in reading.until("[DONE]") if '"error"' in frame]
        said = json.loads(error.removeprefix("data: "))
        assert "restarted" in said["message"]
        assert said["retryable"] is True
    assert process.process.wait(20) == 0


def test_help_teaches_each_option() -> None:
    told = run("--help").stdout
    for words in ("SSE(", "--upstream", "ANTHROPIC_API_KEY", "IPYTALK_GATEWAY_", "--redis", "nginx", "systemd"):
        assert words in told


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--upstream", "claude"], "Nobody is asked for a token"),
        (["--upstream", "openai"], "needs a model"),
        (["--limit", "0"], "--limit: "),
        (["--tokens-file", "/there/is/no/file"], "can't be read"),
        (["--tokens", "ada"], "isn't a name and a token"),
    ],
)
def test_what_cannot_be_is_said_at_the_start(flags: list[str], words: str) -> None:
    done = run(*flags)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_secret_is_not_repeated() -> None:
    assert "hush-hush" not in run("--tokens", "hush-hush").stderr


def test_an_nginx_site_and_a_unit_fit_the_options(tmp_path: Path) -> None:
    site = run("nginx", "--port", "8123", "--max-body", "5000").stdout
    assert "server 127.0.0.1:8123 " in site
    assert "client_max_body_size 5000;" in site
    assert "proxy_buffering off;" in site
    unit = run(
        "systemd", "--limit", "20", "--models", "a,b", "--drain", "5", IPYTALK_GATEWAY_TOKENS="ada=s3cret"
    ).stdout
    (command,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert "--limit 20" in command
    assert "--models a,b" in command
    assert "s3cret" not in unit
    assert "TimeoutStopSec=15" in unit
