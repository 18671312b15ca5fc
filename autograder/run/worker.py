"""A grading process: one warm sandbox, suites collected once, one submission after the other.

Trusted: it holds the reference and the suites, and never runs a student's code. It is started
fresh (not forked), so that what it imports is its own, and it cannot be traced or read by processes
of the same user.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.course.load import load_course
from autograder.errors import CourseError, SandboxUnavailable
from autograder.ingest import Submission
from autograder.run.submission import Grader
from autograder.sandbox.doctor.strongest import Level
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.protect import protect_host
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.session import Budget
from autograder.suite.plugin import Suites, with_suites


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know once."""

    root: Path
    exercises: tuple[str, ...]
    course_sha256: str
    ours: Mapping[str, Collection[str]]
    level: Level
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)


READY = "ready"


@dataclass(frozen=True)
class CannotStart:
    """Why no worker can grade anything: the course or the machine, in words for the instructor."""

    reason: str


def work(setup: Setup, jobs: Connection) -> None:
    """Say `READY`, then take `Submission`s from ``jobs`` and send `Graded` back, until None comes.

    The entry of a process of its own. What keeps it from starting is sent as `CannotStart`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    protect_host()
    try:
        _work(setup, jobs)
    except (EOFError, BrokenPipeError):
        pass  # the main process has gone
    except (CourseError, SandboxUnavailable) as error:
        with contextlib.suppress(OSError):
            jobs.send(CannotStart(str(error)))


def _work(setup: Setup, jobs: Connection) -> None:
    course = load_course(setup.root)
    exercises = [course.exercise(name) for name in setup.exercises]
    server = Server(setup.level, setup.limits)
    grader = Grader(
        course, setup.course_sha256, setup.ours, server, setup.level.name.lower(), setup.budget
    )

    def serve(suites: Suites) -> None:
        jobs.send(READY)
        while True:
            submission = jobs.recv()
            if not isinstance(submission, Submission):
                return
            jobs.send(grader.grade(suites, submission))

    try:
        server.start()
        with_suites(course, exercises, serve)
    finally:
        server.close()
