"""A virtual environment for each grader, made by pip once and kept in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

READY = "ready.json"
"""Written when everything is installed: the arguments of pip."""


def python_of(folder: Path, name: str, packages: Sequence[str]) -> Path | None:
    """The interpreter of an environment that is there already."""
    ready = folder / name / READY
    if not ready.exists() or json.loads(ready.read_text(encoding="utf-8")) != list(packages):
        return None
    return folder / name / "bin" / "python"


def make(folder: Path, name: str, packages: Sequence[str]) -> Path:
    """Install the packages' current releases into an environment, and return its interpreter.

    Raises:
        subprocess.CalledProcessError: pip failed; its output is in ``stderr``.
    """
    home = folder / name
    venv.create(home, with_pip=True, clear=True)
    python = home / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], check=True, capture_output=True, text=True)
    (home / READY).write_text(json.dumps(list(packages)), encoding="utf-8")
    return python


def variables(python: Path, home: Path) -> dict[str, str]:
    """Environment variables: the environment's programs first, and nothing kept in the user's home.

    Every grader computes on one thread, as OpenBLAS would otherwise start several in each process.
    """
    return {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(home),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def version(python: Path, package: str) -> str:
    """The installed release."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return ran.stdout.strip() or "not installed"


def this() -> Path:
    """The interpreter that runs the benchmark."""
    return Path(sys.executable)
