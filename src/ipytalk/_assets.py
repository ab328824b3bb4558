"""The front end's files: what every widget brings, and what a page asks for when it needs it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ON_DEMAND = frozenset(("highlight", "math"))


@cache
def read_asset(name: str) -> str | None:
    """Give the JavaScript of an on-demand part, or None if there is none of that name."""
    path = STATIC / f"{name}.js"
    return path.read_text(encoding="utf-8") if name in ON_DEMAND and path.exists() else None
