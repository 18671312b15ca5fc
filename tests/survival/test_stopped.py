"""Processes of the grader's own that were stopped (SIGSTOP): nobody waits for them without end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from autograder.sandbox.doctor.targets import Targets
from autograder.sandbox.host.json_lines import JsonLines
from autograder.sandbox.host.trusted_process import environment
from autograder.sandbox.host.visible_paths import visible_paths
from tests.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes end with their parents")


def test_a_supervisor_that_reads_nothing_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    lines = JsonLines(ours)
    with ours, theirs, pytest.raises(BlockingIOError):
        _ask_again_and_again(lines)


def _ask_again_and_again(lines: JsonLines) -> None:
    for _ in range(100_000):
        lines.send(b"?")


def test_an_attack_that_stops_its_target_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.doctor.targets._VICTIM_S", 0.5)
    with Targets(visible_paths()) as targets:
        assert targets.harm() == []
        os.kill(targets._victim.pid, signal.SIGSTOP)
        assert targets.harm() == ["it was killed"]


BESIDE_THE_WORKER = {
    "a worker": (
        "from autograder.run.worker_process import WorkerProcess\n"
        "worker = WorkerProcess.start()\n"
        "worker.line.recv()\n"
        "pid = worker.process.pid\n"
    ),
    "the reference": (
        "from pathlib import Path\n"
        "from autograder.carrying.reference import ReferenceProcess\n"
        "process = ReferenceProcess(Path.cwd())\n"
        "process.start()\n"
        "process.request({'notebook': 1, 'open': []})\n"
        "pid = process._process.pid\n"
    ),
}


@pytest.mark.parametrize("which", BESIDE_THE_WORKER)
def test_one_that_was_stopped_ends_with_the_process_that_started_it(
    which: str, nothing_outlives: Callable[[], None]
) -> None:
    then = "import os\nos.kill(pid, 19)\nprint(pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BESIDE_THE_WORKER[which] + then],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert int(done.stdout) > 0
    nothing_outlives()
    assert time.monotonic() - began < 30
