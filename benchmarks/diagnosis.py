"""What it costs to name a mistake: matching what is known against what was seen, per failing part.

    python benchmarks/diagnosis.py [EXERCISE...] [--each N]

Puts known mistakes into the teaching solution, runs the suite in process, and diagnoses each again
and again: what mistakes give on the course's inputs is computed the first time and kept, as in a
class. Of the other times, what the student's own code is asked is taken off: that is the time of
running code, not of matching. Prints CPU milliseconds per failing part.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.course.load import course_sha256, load_course, load_mistakes
from autograder.course.models import Course, Exercise
from autograder.diagnosis import diagnose
from autograder.diagnosis.answers import StudentAnswers
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.status import WRONG
from autograder.suite.plugin import Suites, with_suites

ROOT = Path(__file__).resolve().parent.parent
TARGET_MS = 5.0
REPEATS = 10
"""Some systems count CPU time in steps of 4 ms."""


class Asking:
    """Seconds spent in asking the student's code."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose time counts as asking; calls within calls count once."""

        def asked(*args: Any) -> Any:
            if self._inside:
                return function(*args)
            began, self._inside = time.process_time(), True
            try:
                return function(*args)
            finally:
                self._inside = False
                self.seconds += time.process_time() - began

        return asked


def main() -> None:
    """Measure, and print a line for each exercise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--each", type=int, default=12, help="mistakes of each exercise")
    options = parser.parse_args()
    course = load_course(ROOT)
    asking = Asking()
    StudentAnswers._ask = asking.timed(StudentAnswers._ask)  # type: ignore[method-assign]
    every: list[float] = []
    for exercise in course.exercises:
        if options.exercises and exercise.id not in options.exercises:
            continue
        found: list[float] = []

        def run(suites: Suites, of: Exercise = exercise, into: list[float] = found) -> None:
            into += matching(course, of, suites, options.each, asking)

        with_suites(course, [exercise], run)
        every += found
        print(f"{exercise.id:22} {summary(found)}", flush=True)
    print(f"{'all':22} {summary(every)}   target: {TARGET_MS:g}")


def matching(
    course: Course, exercise: Exercise, suites: Suites, each: int, asking: Asking
) -> list[float]:
    """Milliseconds per failing part, of some mistakes."""
    mistakes = load_mistakes(exercise)[0]
    diagnostician = diagnose.Diagnostician(course, course_sha256(course), suites)
    found = []
    for mistake in mistakes[:: max(1, len(mistakes) // each)]:
        notebook = OwnNotebook(course, OwnCode(exercise.id, (mistake,)))
        outcomes = suites.run(exercise, notebook)
        failing = [
            p for p in exercise.parts if any(outcomes[c.id].status in WRONG for c in p.criteria)
        ]
        if not failing:
            continue
        diagnostician.diagnose(exercise, outcomes, notebook, {})
        asking.seconds = 0.0
        began = time.process_time()
        for _ in range(REPEATS):
            diagnostician.diagnose(exercise, outcomes, notebook, {})
        spent = time.process_time() - began - asking.seconds
        found.append(1000 * spent / REPEATS / len(failing))
    return found


def summary(found: list[float]) -> str:
    """Median and maximum."""
    if not found:
        return "nothing fails"
    median, most = statistics.median(found), max(found)
    return f"{len(found):3} mistakes: median {median:5.2f} ms, most {most:5.2f} ms"


if __name__ == "__main__":
    main()
