"""What importing ipytalk brings with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SDKS = ("anthropic", "openai", "ollama", "langchain_core", "pydantic_ai", "chatlas", "pandas", "matplotlib")


def imported(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


SERVICE = ("starlette", "uvicorn", "pydantic_settings", "prometheus_client", "redis", "ipytalk.gateway")


def test_importing_brings_nothing_of_the_gateway() -> None:
    assert not imported("import ipytalk.sources") & set(SERVICE)


def test_importing_brings_no_sdk() -> None:
    """The anthropic SDK alone takes two seconds; it is imported at first use, off the main thread."""
    assert not imported("import ipytalk.sources") & set(SDKS)


@pytest.mark.parametrize("code", ["import ipytalk_nbval"])
def test_the_pytest_plugin_brings_nothing_of_ipytalk(code: str) -> None:
    """Every run of pytest in the environment imports it."""
    assert not imported(code) & {"ipytalk", "anywidget", "nbformat"}
