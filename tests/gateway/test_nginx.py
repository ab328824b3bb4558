"""What Debian's nginx does to a stream, and that the gateway's streams survive it. The faults are shown first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import Upstream
from programs import GatewayServer, Nginx
from through_nginx import COMMON, DEAF, TEXT, arrivals, until_cancelled

SECONDS = len(TEXT) / 4 / 20  # that the answer takes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def gateway(folder: Path) -> Iterator[GatewayServer]:
    server = GatewayServer(folder, http="h11", text=TEXT, rate=20)
    yield server
    server.stop()


def behind(folder: Path, server: GatewayServer, *location: str) -> Iterator[Nginx]:
    nginx = Nginx(folder / f"nginx-{len(list(folder.iterdir()))}", server.port, "\n".join(location))
    yield nginx
    nginx.stop()


@pytest.fixture(scope="module")
def nginx(folder: Path, gateway: GatewayServer) -> Iterator[Nginx]:
    yield from behind(folder, gateway, COMMON)


@pytest.fixture(scope="module")
def deaf(folder: Path, gateway: GatewayServer) -> Iterator[Nginx]:
    yield from behind(folder, gateway, COMMON, DEAF)


def test_nginx_that_buffers_holds_the_whole_answer_back(deaf: Nginx) -> None:
    came, whole = arrivals(deaf.port)
    assert came[0] > SECONDS * 0.9
    assert "[DONE]" in whole


@pytest.mark.parametrize("gzip", [True, False], ids=["gzip", "plain"])
def test_the_gateways_header_lets_each_token_through(gateway: GatewayServer, nginx: Nginx, gzip: bool) -> None:
    direct, straight = arrivals(gateway.port, gzip=gzip)
    came, whole = arrivals(nginx.port, gzip=gzip)
    assert came[0] < SECONDS / 3
    assert came[-1] - came[0] > SECONDS / 2  # one by one
    assert len(came) == len(direct)
    assert whole.count("data:") == straight.count("data:")


def test_a_long_silence_is_cut_by_nginx_and_heartbeats_prevent_it(folder: Path) -> None:
    for heartbeat, survives in ((60, False), (1, True)):
        server = GatewayServer(folder, source="pausing", pause=3.5, http="h11", settings={"heartbeat": heartbeat})
        for nginx in behind(folder, server, COMMON, "proxy_read_timeout 2s;"):
            came, whole = arrivals(nginx.port)
            assert ("[DONE]" in whole) is survives
            assert len(came) == 1 + survives
        server.stop()


def test_a_client_that_leaves_cancels_the_upstream_through_nginx(folder: Path) -> None:
    with Upstream(1000, 0.05) as upstream:
        server = GatewayServer(folder, source="sse", upstream=upstream.urls[0], http="h11")
        for nginx in behind(folder, server, COMMON):
            until_cancelled(nginx.port, upstream)
            assert upstream.served == 1
        server.stop()
