"""The command is ended from outside, gently or not: nothing that it started outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.handed_in import book
from tests.paths import ROOT

ENDLESS = "while True:\n    pass\n"


def _descendants(pid: int) -> set[int]:
    found = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child, *_descendants(child)}
    return found


def _alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def _state(pid: int) -> str:
    """What a process is and does, for whoever has to find out why it is still there."""
    process = Path(f"/proc/{pid}")
    try:
        command = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ")[:200].decode()
        return f"{process.joinpath('stat').read_text()[:60]} {command}"
    except OSError:
        return f"{pid} ended just now"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no parent-death signal")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_and_sessions_end_with_the_command(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "02_im2col.ipynb").write_bytes(book(ENDLESS))
    command = [sys.executable, "-m", "autograder", "grade", str(tmp_path / "02_im2col.ipynb"),
               "--out", str(tmp_path / "out"), "--course", str(ROOT), "--jobs", "1"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    family: set[int] = set()
    deadline = time.monotonic() + 60
    while len(family) < 4 and time.monotonic() < deadline:  # worker, zygote, session, …
        time.sleep(0.2)
        family = _descendants(process.pid)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=30)
    for _ in range(100):  # counted: time passes for nobody while a machine is paused
        if not any(map(_alive, family)):
            break
        time.sleep(0.1)
    assert [_state(pid) for pid in family if _alive(pid)] == []
    if number == signal.SIGTERM:
        assert process.returncode == 128 + signal.SIGTERM
        assert b"run it again to continue" in said
        assert b"Traceback" not in said
