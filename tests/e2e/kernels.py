"""Both generations of ipykernel: ``python3``, the newest, and ``ipykernel6``, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock
from lab import CACHE, SRC

PATH = f"{SRC}{os.pathsep}{Path(__file__).parent}"  # the latter for `seeded`
OLD = "6.31.0"


def install_old(data: Path) -> None:
    """Tell those who look for kernels in `data` of ``ipykernel6``."""
    spec = {
        "argv": [str(old_python()), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "ipykernel6",
        "language": "python",
        "env": {"PYTHONPATH": PATH},
    }
    folder = data / "kernels" / "ipykernel6"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))


def old_python() -> Path:
    """Give the Python of an environment with the last ipykernel that has no subshells; made once."""
    folder = CACHE / f"ipykernel-{OLD}"
    python = folder / "bin" / "python"
    CACHE.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):  # two processes run the tests
        if not (folder / "ready").exists():
            uv = os.environ.get("UV", "uv")
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
            packages = [f"ipykernel=={OLD}", "ipywidgets", "anywidget", "anthropic"]
            subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True)
            (folder / "ready").touch()
    return python
