"""The process that runs criteria on the teaching solution. No student's data ever enters it."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

from autograder.course.load import load_course
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.protect import die_with, protect_host
from autograder.status import Status
from autograder.suite.plugin import Suites, with_suites


def main() -> None:
    """Print how criteria fail on the teaching solution, as JSON by criterion id.

    The arguments are the process to end with, the course's folder, the exercise, and the criteria's
    ids.
    """
    parent, root, exercise, *ids = sys.argv[1:]
    die_with(int(parent))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides when to stop
    protect_host()
    answer = os.dup(1)
    os.dup2(2, 1)  # what suites print is not an answer
    notes = faults(Path(root), exercise, ids)
    os.write(answer, json.dumps(notes).encode())


def faults(root: Path, exercise_id: str, ids: Collection[str]) -> dict[str, str]:
    """The notes about criteria that end in a grader error on the teaching solution.

    Args:
        root: the course's folder.
        exercise_id: the exercise.
        ids: the criteria.
    """
    course = load_course(root)
    exercise = course.exercise(exercise_id)
    notes: dict[str, str] = {}

    def run(suites: Suites) -> None:
        outcomes = suites.run(exercise, OwnNotebook(course, OwnCode(exercise_id)), ids)
        for id, outcome in outcomes.items():
            if outcome.status is Status.GRADER_ERROR:
                notes[id] = outcome.grader_note or ""

    with_suites(course, [exercise], run)
    return notes
