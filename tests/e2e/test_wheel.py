"""The wheel, on a machine without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from lab import Notebook, serve
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]


def test_the_wheel_streams_in_jupyterlab_on_a_machine_without_node(tmp_path: Path, browser: Browser) -> None:
    uv = os.environ.get("UV", "uv")
    subprocess.run([uv, "build", "--quiet", "--out-dir", tmp_path / "dist"], cwd=ROOT, check=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {"ipytalk/static/widget.js", "ipytalk/static/widget.css", "ipytalk/py.typed"} <= set(names)
    assert not [name for name in names if name.endswith((".ts", ".map")) or "node_modules" in name]

    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    without_node = {**os.environ, "PATH": f"{venv / 'bin'}:{tmp_path}", "VIRTUAL_ENV": str(venv)}
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, wheel, "jupyterlab"], check=True)
    assert shutil.which("node", path=without_node["PATH"]) is None
    with serve(tmp_path / "lab", python=python, environment={"PATH": without_node["PATH"]}) as lab:
        lab.write("wheel.ipynb", ["from ipytalk import Chat\nchat = Chat()\nchat"])
        notebook = Notebook.open(lab, browser, "wheel.ipynb")
        notebook.run(0)
        notebook.chat().send("Hello")
        expect(notebook.chat().answer).to_contain_text("recording")
        notebook.close()
