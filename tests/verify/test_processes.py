"""Processes that run the course's own code end with the command that started them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = """
import os, time
from autograder.verify.processes import course_processes
if __name__ == "__main__":
    with course_processes(1, 1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is asked to kill them")
def test_none_outlives_a_command_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        worker = Path("/proc") / command.stdout.readline().strip()
        assert worker.exists()
        command.kill()
    ends = time.monotonic() + 30
    while worker.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert not worker.exists()
