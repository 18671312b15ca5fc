"""The command as users run it: a process of its own, on a small real course."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.doctor.strongest import strongest
from autograder.synthetic import notebooks

ROOT = Path(__file__).parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def trust() -> tuple[str, ...]:
    """What has to be added to the command where no wall holds (a CI machine without namespaces)."""
    try:
        strongest()
    except SandboxUnavailable:
        return ("--trust-students",)
    return ()


@pytest.fixture(scope="session")
def autograder(trust: tuple[str, ...]) -> Run:
    def run(
        command: str, *arguments: object, cwd: Path = ROOT, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        extra: Sequence[str] = trust if command in ("grade", "check", "verify", "demo") else ()
        return subprocess.run(
            [sys.executable, "-m", "autograder", command, *map(str, arguments), *extra],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


IM2COL = """
def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    oh, ow = (H + 2 * pad - fh) // stride + 1, (W + 2 * pad - fw) // stride + 1
    if oh < 1 or ow < 1:
        raise ValueError("too large")
    img = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows = [
        img[n, :, i * stride : i * stride + fh, j * stride : j * stride + fw].ravel()
        for n in range(N) for i in range(oh) for j in range(ow)
    ]
    return np.array(rows)
"""


def book(*sources: str) -> bytes:
    """A notebook with these code cells."""
    return notebooks.from_sources([("code", source) for source in sources])


def results(out: Path) -> dict[str, Any]:
    """All results below an output folder, by student and exercise."""
    return {
        f"{path.parent.name}/{path.stem}": json.loads(path.read_text("utf-8"))
        for path in sorted((out / "results").glob("*/*.json"))
    }
