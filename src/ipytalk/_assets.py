"""The front end's files: what every widget brings, and what a page asks for when it needs it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ON_DEMAND = frozenset(("actions", "highlight", "math"))


def front_end(name: str) -> Path | str:
    """Give a file as anywidget takes it: its text, or with ``ANYWIDGET_HMR`` set its path, which anywidget watches.

    Not always the path: anywidget's watcher holds on to every widget made from one, so a closed chat would never go.
    """
    path = STATIC / name
    return path if os.environ.get("ANYWIDGET_HMR") else path.read_text("utf-8")


@cache
def read_asset(name: str) -> str | None:
    """Give the JavaScript of an on-demand part, or None if there is none of that name."""
    path = STATIC / f"{name}.js"
    return path.read_text(encoding="utf-8") if name in ON_DEMAND and path.exists() else None
