"""A worker process: starts one zygote, collects the suites once, then grades submissions.

It is trusted: it has the reference and the suites in memory, and never runs student code. It is a
new process, not a fork, and protected from being traced by other processes of the same user.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import warnings
from itertools import islice
from pathlib import Path
from typing import Protocol

from autograder.carrying.reference import ReferenceProcess
from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.errors import CourseError, SandboxUnavailable
from autograder.ingest import Submission
from autograder.own_faults.own_faults import OwnFaults
from autograder.run.jobs import READY, Brought, CannotStart, Setup
from autograder.run.submission import Grader
from autograder.sandbox.doctor.confirm import confirm
from autograder.sandbox.host.garbage import collector
from autograder.sandbox.host.protect import die_with, protect_host
from autograder.sandbox.host.server import Server
from autograder.sandbox.host.visible_paths import visible_paths
from autograder.suite.plugin import Suites, with_suites

GARBAGE = 20_000
"""Objects made since the last collection that lead to the next: a submission makes about as many,
few of them in cycles. With Python's 700, a tenth of the worker's time is collecting."""


class Line(Protocol):
    """Carries messages between a worker and whoever has started it."""

    def recv(self) -> object:
        """The next message; raises EOFError if the other side has closed the line."""

    def send(self, message: object) -> None:
        """Send a message; raises OSError if the other side has closed the line."""


def work(setup: Setup, jobs: Line) -> None:
    """Send `READY`, then receive submissions on ``jobs`` and send `Graded` back, until None.

    The entry point of a worker process. If it cannot start, it sends `CannotStart`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
    protect_host()
    die_with(None)
    try:
        _work(setup, jobs)
    except (EOFError, BrokenPipeError):
        pass  # the main process has ended
    except (CourseError, SandboxUnavailable) as error:
        _cannot_start(jobs, str(error))
    except MemoryError:
        _cannot_start(jobs, "There is not enough memory to grade. See `ulimit -v`")
    except OSError as error:  # no temporary folder, a full disk, no more file descriptors
        where = f"{error.filename}: " if error.filename else ""
        _cannot_start(jobs, f"{where}{error.strerror or error}. Fix this and run it again")
    except Exception as error:
        if os.environ.get("AUTOGRADER_TRACEBACK"):
            raise
        _cannot_start(
            jobs,
            f"the grading process cannot start ({type(error).__name__}: {error}). Run "
            "`autograder verify` to find out whether the course or the machine is the reason",
        )


def _cannot_start(jobs: Line, reason: str) -> None:
    with contextlib.suppress(OSError):
        jobs.send(CannotStart(reason))


def _work(setup: Setup, jobs: Line) -> None:
    course = load_course(setup.root)
    exercises = [course.exercise(name) for name in setup.exercises]
    server = Server(setup.level, setup.limits, visible_paths(course.packages))
    process = ReferenceProcess(course.root)
    grader = Grader(
        course,
        setup.course_sha256,
        setup.locked,
        server,
        setup.level,
        setup.budget,
        process,
        OwnFaults(course.root),
        setup.exercise_sha256s,
    )

    def serve(suites: Suites) -> None:
        gc.collect()
        gc.freeze()  # what is loaded by now stays: collections need not look through it again
        gc.set_threshold(GARBAGE)
        warnings.simplefilter("ignore")  # what NumPy says of students' data is for nobody's eyes
        jobs.send(READY)
        while True:
            collector.collect_if_grown()
            match jobs.recv():
                case Submission() as submission:
                    jobs.send(grader.grade(suites, submission))
                case Brought(submission, content):
                    jobs.send(grader.grade(suites, submission, content))
                case _:
                    return

    try:
        server.start()
        confirm(server, _hidden(course))
        with_suites(course, exercises, serve)
    finally:
        process.close()
        server.close()


def _hidden(course: Course) -> list[Path]:
    """Some files of each kind that students must not be able to read."""
    root = course.root
    kinds = ("tests/hidden/*.py", "solutions/*/*", "source_lib/*.py")
    return [path for kind in kinds for path in islice(sorted(root.glob(kind)), 2)]
