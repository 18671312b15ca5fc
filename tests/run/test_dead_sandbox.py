"""The sandbox is killed while a student's code runs: that costs the student nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from autograder.course.load import load_course
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget
from autograder.suite.plugin import Suites, with_suites
from tests.handed_in import IM2COL, book
from tests.paths import ROOT

SLOW = IM2COL.replace("    N, C", "    time.sleep(0.05)\n    N, C", 1)


def _children(pid: int) -> list[int]:
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _interpreter(pid: int) -> int:
    """The zygote, below whatever holds its namespaces."""
    below = _children(pid)
    return (
        _interpreter(below[0])
        if below and b"bwrap" in Path(f"/proc/{pid}/comm").read_bytes()
        else pid
    )


def test_the_server_killed_in_the_middle_changes_no_verdict(tmp_path: Path, wall: Level) -> None:
    course = load_course(ROOT)
    path = tmp_path / "a.ipynb"
    path.write_bytes(book("import time\nimport numpy as np", SLOW))
    submission = Submission("a", "02_im2col", path, tmp_path)
    graded = []
    over = threading.Event()
    kills = []
    with Server(wall, Limits()) as server:
        grader = Grader(course, "c0" * 32, {}, server, wall, Budget())

        def kill() -> None:
            while not over.wait(0.8) and not kills:
                if server.pid is not None:
                    kills.append(_interpreter(server.pid))
                    os.kill(kills[-1], signal.SIGKILL)

        def each(suites: Suites) -> None:
            graded.append(grader.grade(suites, submission))
            threading.Thread(target=kill, daemon=True).start()
            time.sleep(0.1)
            graded.append(grader.grade(suites, submission))
            over.set()

        with_suites(course, [course.exercise("02_im2col")], each)
    undisturbed, disturbed = [
        {entry.id: entry.status for entry in one.result.criteria} for one in graded
    ]
    assert kills
    assert disturbed == undisturbed, graded[1].notes
