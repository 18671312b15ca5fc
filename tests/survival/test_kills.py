"""Runs that are killed at random moments, and processes killed below them.

The next run gives what an undisturbed one gives, and nothing is left behind: no half-written file,
no temporary folder, no process.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.verdict.result import Result
from tests.survival.conftest import GradedClass, Outcome, descendants, outcome

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc"),
]

ROUNDS, KILLS = 2, 6
BUBBLEWRAP = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is missing")


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_command_killed_again_and_again(
    seed: int,
    graded_class: GradedClass,
    undisturbed: Outcome,
    tmp_path: Path,
    nothing_outlives: Callable[[], None],
) -> None:
    chance = random.Random(seed)
    out = tmp_path / "out"
    for _ in range(KILLS):
        process = graded_class.start(out)
        time.sleep(chance.uniform(0.2, 3.0))
        process.kill()
        process.communicate()
    nothing_outlives()
    said = graded_class.grade(out)
    assert outcome(out) == undisturbed, said
    nothing_outlives()
    assert graded_class.left_in_temporary() == []


KILLED_WHILE_STARTING = """
import os, sys
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
Server._wait_until_ready = lambda self: os.kill(os.getpid(), 9)
Server(Level[sys.argv[1]], Limits()).start()
"""


@pytest.mark.parametrize("level", [pytest.param(Level.FULL, marks=BUBBLEWRAP), Level.NAMESPACES])
def test_a_host_killed_while_its_sandbox_starts(
    level: Level, nothing_outlives: Callable[[], None]
) -> None:
    for _ in range(5):
        host = subprocess.run(
            [sys.executable, "-c", KILLED_WHILE_STARTING, level.name], check=False
        )
        assert host.returncode == -signal.SIGKILL
    nothing_outlives()


@BUBBLEWRAP
def test_bubblewrap_killed_while_it_starts(nothing_outlives: Callable[[], None]) -> None:
    ended = [_start_and_kill_bubblewrap() for _ in range(8)]
    # Killed late, bubblewrap is not needed any more: its child gets ready all the same.
    failed = [str(error) for error in ended if error is not None]
    assert failed
    assert all("ended without a message" in error for error in failed)
    nothing_outlives()


def _start_and_kill_bubblewrap() -> SandboxUnavailable | None:
    server = Server(Level.FULL, Limits())
    wait = server._wait_until_ready

    def killed() -> None:
        assert server._process is not None
        os.kill(server._process.pid, signal.SIGKILL)
        wait()

    server._wait_until_ready = killed  # type: ignore[method-assign]  # the moment of the kill
    before = time.monotonic()
    try:
        server.start()
    except SandboxUnavailable as error:
        return error
    finally:
        assert time.monotonic() - before < 15  # not until nobody could still be starting
        server.close()
    return None


def _role(pid: int) -> str:
    """Which of the grader's processes it is."""
    command = Path(f"/proc/{pid}/cmdline").read_text()
    if "worker_process" in command:
        return "worker"
    return "keeper of namespaces" if "bwrap" in command else "sandbox's server"


def _filters(pid: int) -> int:
    """The number of system call filters on a process; a student's has one more than the others."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next((line.split()[1] for line in lines if "Seccomp_filters" in line), "0"))


def _ours(pid: int) -> bool:
    try:
        return _filters(pid) == _filters(os.getpid())
    except OSError:
        return False


@pytest.mark.parametrize("seed", range(4))
def test_any_process_below_the_command_killed_at_random(
    seed: int,
    graded_class: GradedClass,
    undisturbed: Outcome,
    tmp_path: Path,
    nothing_outlives: Callable[[], None],
) -> None:
    """Workers, the sandbox's server, the process that holds its namespaces."""
    chance = random.Random(100 + seed)
    out = tmp_path / "out"
    process = graded_class.start(out)
    killed = []
    while process.poll() is None and len(killed) < 3:
        time.sleep(chance.uniform(0.3, 1.0))
        below = sorted(filter(_ours, descendants(process.pid)))
        if below:
            victim = chance.choice(below)
            try:
                killed.append(_role(victim))
                os.kill(victim, signal.SIGKILL)
            except OSError:
                continue
    said, _ = process.communicate(timeout=120)
    assert killed
    assert "Traceback" not in said
    nothing_outlives()
    for name, found in outcome(out).items():
        if isinstance(found, Result) and found != undisturbed[name]:
            statuses = {found.status, *(criterion.status for criterion in found.criteria)}
            assert "grader_error" in statuses, f"{killed}: {name}: {said}"
            assert found.score <= undisturbed[name].score
    # What could not be graded is graded now: it was nobody's fault.
    said += graded_class.grade(out)
    assert outcome(out) == undisturbed, f"{killed}: {said}"
    nothing_outlives()
    assert graded_class.left_in_temporary() == []
