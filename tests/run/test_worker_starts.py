"""Workers that do not start: the run ends in bounded time and says why, and no grade is lost."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import WorkersFailed
from autograder.run import pool, worker_process
from autograder.run.jobs import Graded, Setup
from autograder.run.worker_process import WorkerProcess, bounded_line
from autograder.sandbox.host import trusted_process
from tests.run.conftest import RIGHT

LONGER_THAN_A_PIPE = {"01_double": frozenset({"x" * 2**20})}


@pytest.fixture
def setup(setup: Setup) -> Setup:
    return replace(setup, locked=LONGER_THAN_A_PIPE)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long waits for a shortage to pass."""
    monkeypatch.setattr(pool, "RETRY_S", 0.05)


@pytest.fixture
def grade(setup, hand_in, result) -> Callable[..., list[str]]:
    def run(*students: str, jobs: int = 1) -> list[str]:
        submissions = [hand_in(student, RIGHT) for student in students or ("aiko",)]
        graded = pool.grade_all(setup, submissions, jobs, lambda _: Graded(result))
        return [one.result.student for one in graded if one.result.status == "graded"]

    return run


def worker_runs(monkeypatch: pytest.MonkeyPatch, program: str) -> list[int]:
    """Let workers run another program; the list grows with each."""
    started: list[int] = []

    def command(_module: str, *arguments: str) -> list[str]:
        started.append(1)
        return [sys.executable, "-c", program, *arguments]

    monkeypatch.setattr(trusted_process, "command", command)
    return started


GREETS = """
import os, sys, time
from multiprocessing.connection import Connection
line = Connection(int(sys.argv[1]))
line.send("here")
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os._exit(3)", "it ended with status 3"),
        ("import os; os.kill(os.getpid(), 9)", "it was killed, as the system does when memory"),
        ("import os; os.kill(os.getpid(), 11)", "it was ended by signal 11"),
        (GREETS + "os._exit(4)", "it ended with status 4"),
        (GREETS + "line.recv(); os._exit(5)", "it ended with status 5"),
        (GREETS + "line.recv(); line.send([1, 2]); os._exit(6)", "it ended with status 6"),
    ],
)
def test_one_that_dies_before_it_is_ready(program, said, grade, monkeypatch):
    started = worker_runs(monkeypatch, program)
    with pytest.raises(WorkersFailed, match=said) as raised:
        grade()
    assert "autograder doctor" in str(raised.value)
    assert len(started) == 3


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(600)",
        GREETS + "time.sleep(600)",
        GREETS + "line.recv(); time.sleep(600)",
        GREETS + "os.write(int(sys.argv[1]), b'\\0\\0\\1\\0 half a message'); time.sleep(600)",
        GREETS + "os.kill(os.getpid(), 19)",
    ],
    ids=["before it greets", "without reading", "before it is ready", "in a message", "stopped"],
)
@pytest.mark.slow
def test_one_that_hangs_before_it_is_ready(program, grade, monkeypatch):
    monkeypatch.setattr(pool, "START_S", 0.5)
    monkeypatch.setattr(bounded_line, "__defaults__", (0.2,))
    started = worker_runs(monkeypatch, program)
    before = time.monotonic()
    with pytest.raises(WorkersFailed, match=r"not ready after 0.5 s|does not respond"):
        grade()
    assert len(started) <= 3
    assert time.monotonic() - before < 30


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BlockingIOError(11, "Resource temporarily unavailable"), "ulimit -u"),
        (OSError(12, "Cannot allocate memory"), "fewer --jobs"),
        (OSError(24, "Too many open files"), "Too many open files"),
    ],
)
def test_a_process_that_cannot_be_made(error, said, grade, monkeypatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(worker_process.subprocess, "Popen", refuse)
    with pytest.raises(WorkersFailed, match=said):
        grade(jobs=2)


def test_an_interpreter_that_is_gone(grade, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(WorkersFailed, match="python: No such file"):
        grade()


def test_where_one_worker_starts_it_does_the_work_of_those_that_do_not(grade, monkeypatch):
    start, calls = WorkerProcess.start, []

    def only_the_first() -> WorkerProcess:
        calls.append(1)
        if len(calls) > 1:
            raise WorkersFailed("no grading process can be started")
        return start()

    monkeypatch.setattr(WorkerProcess, "start", only_the_first)
    assert grade("a", "b", "c", jobs=2) == ["a", "b", "c"]
    assert len(calls) <= 1 + 2 * pool.MAX_FAILED_STARTS, "before and after the first was ready"


def test_a_shortage_that_passes_ends_no_run(grade, monkeypatch):
    start, calls = WorkerProcess.start, []

    def refused_twice() -> WorkerProcess:
        calls.append(1)
        if len(calls) <= 2:
            raise WorkersFailed("no grading process can be started")
        return start()

    monkeypatch.setattr(WorkerProcess, "start", refused_twice)
    assert grade("a", "b") == ["a", "b"]


def test_neither_end_of_a_line_waits_for_one_that_has_stopped():
    ours, theirs = socket.socketpair()
    line = bounded_line(ours, 0.2)
    with theirs:
        with pytest.raises(BlockingIOError):
            line.send("x" * 2**24)
        theirs.sendall(b"\0\0\1\0 the beginning of a message")
        with pytest.raises(BlockingIOError):
            line.recv()
    line.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends it at once")
def test_a_worker_ends_with_the_process_that_started_it():
    # Even if that was killed before the worker had run its first instruction.
    script = (
        "import os\n"
        "from autograder.run.worker_process import WorkerProcess\n"
        "worker = WorkerProcess.start()\n"
        "print(worker.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = worker_process.subprocess.run(
        [sys.executable, "-c", script],
        env=trusted_process.environment(),
        stdout=worker_process.subprocess.PIPE,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text() and os.getpgid(pid) > 0
    except OSError:
        return False
