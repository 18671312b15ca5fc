"""A grading process: one warm sandbox, suites collected once, one submission after the other.

Trusted: it holds the reference and the suites, and never runs a student's code. It is started
fresh (not forked), so that what it imports is its own, and it cannot be traced or read by processes
of the same user.
"""

from __future__ import annotations

import contextlib
import signal
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.errors import CourseError, SandboxUnavailable
from autograder.ingest import Submission
from autograder.run.jobs import READY, CannotStart, Setup
from autograder.run.submission import Grader
from autograder.sandbox.doctor.confirm import confirm
from autograder.sandbox.host.protect import protect_host
from autograder.sandbox.host.server import Server
from autograder.suite.plugin import Suites, with_suites


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
        confirm(server, _hidden(course))
        with_suites(course, exercises, serve)
    finally:
        server.close()


def _hidden(course: Course) -> list[Path]:
    """The first files of each kind that no student may read."""
    root = course.root
    kinds = ("tests/hidden/*.py", "solutions/*/*", "source_lib/*.py")
    return [path for kind in kinds for path in islice(sorted(root.glob(kind)), 2)]
