"""A grading process: one warm sandbox, suites collected once, one submission after the other.

Trusted: it holds the reference and the suites, and never runs a student's code. It is started
fresh (not forked), so that what it imports is its own, and it cannot be traced or read by processes
of the same user.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.course.load import load_course
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.sandbox.levels import Level
from autograder.sandbox.limits import Limits
from autograder.sandbox.host import protect_host
from autograder.sandbox.server import Server
from autograder.sandbox.session import Budget
from autograder.suite.plugin import Suites, with_suites


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know once."""

    root: Path
    exercises: tuple[str, ...]
    course_sha256: str
    ours: Mapping[str, Collection[str]]
    level: Level
    limits: Limits = Limits()
    budget: Budget = Budget()


def work(setup: Setup, jobs: Connection) -> None:
    """Take `Submission`s from ``jobs`` and send `Graded` back, until None comes.

    The entry of a process of its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    protect_host()
    course = load_course(setup.root)
    exercises = [course.exercise(name) for name in setup.exercises]
    server = Server(setup.level, setup.limits)
    grader = Grader(
        course, setup.course_sha256, setup.ours, server, setup.level.name.lower(), setup.budget
    )

    def serve(suites: Suites) -> None:
        jobs.send("ready")
        while True:
            submission = jobs.recv()
            if not isinstance(submission, Submission):
                return
            jobs.send(grader.grade(suites, submission))

    try:
        with_suites(course, exercises, serve)
    except (EOFError, BrokenPipeError):
        pass  # the main process has gone
    finally:
        server.close()
