"""Find the Chromium that the end-to-end tests drive; as a script, fetch one if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ADVICE = (
    "No Chromium for the browser tests. Run `apt-get install chromium` or `playwright install chromium`, "
    "or set IPYTALK_CHROMIUM to the path of one."
)
# For a closed network, and for a container's root user.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> Path | None:
    """Give ``IPYTALK_CHROMIUM``, one on the PATH, or Playwright's own."""
    for path in (os.environ.get("IPYTALK_CHROMIUM"), *map(shutil.which, NAMES)):
        if path and Path(path).exists():
            return Path(path)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def main() -> int:
    """Print the path of a Chromium, fetching Playwright's if there is none."""
    if not (found := find_chromium()):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find_chromium()
    print(found or ADVICE)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
