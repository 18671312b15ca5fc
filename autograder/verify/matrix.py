"""The kill matrix: which criteria each claim about a course loses, found by running it.

The claims are the course's own code, so they run in this program's own processes (`in_process`).
A process that one of them ends takes its other claims with it: they are returned undecided, and
can still be graded in the sandbox.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course
from autograder.run.pool import MAX_WORKERS, single_thread_each
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.overload import bounded
from autograder.suite.plugin import Suites, with_suites
from autograder.verify.claims import Claim
from autograder.verify.in_process import OwnNotebook
from autograder.verify.judge import Problem, Seen, ids_agree

AT_ONCE = 8
"""Claims in a task: collecting a suite takes as long as a claim, and tasks should end together."""

CPU_S = 30.0
"""CPU seconds for one criterion, the notebook's code and the suite's together."""


@dataclass(frozen=True)
class Task:
    """Claims about one exercise, for one worker."""

    root: Path
    exercise: str
    claims: tuple[Claim, ...]
    first: bool


@dataclass(frozen=True)
class Decided:
    """What came of a task.

    Attributes:
        seen: for each of the claims; none if a claim ended the process.
        problems: with the suite itself.
    """

    claims: tuple[Claim, ...]
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...] = ()


def kill_matrix(course: Course, claims: Sequence[Claim], jobs: int) -> Iterator[Decided]:
    """Decide claims on ``jobs`` processes, in any order."""
    tasks = []
    for exercise, group in groupby(claims, lambda claim: claim.exercise):
        about = tuple(group)
        tasks += [
            Task(course.root, exercise, about[start : start + AT_ONCE], start == 0)
            for start in range(0, len(about), AT_ONCE)
        ]
    single_thread_each()
    workers = min(jobs, MAX_WORKERS, max(len(tasks), 1))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _ignore_interrupts) as pool:
        futures: dict[Future[Decided], Task] = {pool.submit(decide, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                try:
                    yield future.result()
                except BrokenProcessPool:
                    yield Decided(futures[future].claims, ())
        finally:
            pool.shutdown(cancel_futures=True)


def decide(task: Task) -> Decided:
    """Decide a task's claims in this process."""
    course = load_course(task.root)
    exercise = course.exercise(task.exercise)
    if not exercise.suite.is_file():
        nothing = tuple(Seen({}, {}) for _ in task.claims)
        return Decided(task.claims, nothing, tuple(ids_agree(exercise, [], None)))
    seen: list[Seen] = []
    problems: list[Problem] = []

    def run(suites: Suites) -> None:
        suites.bounded = partial(bounded, CPU_S, Limits().memory_mb)
        if task.first:
            broken = suites.problems.get(exercise.suite)
            problems.extend(ids_agree(exercise, suites.criteria(exercise), broken))
        for claim in task.claims:
            outcomes = suites.run(exercise, OwnNotebook(course, claim))
            seen.append(Seen.of_outcomes(outcomes))

    with_suites(course, [exercise], run)
    return Decided(task.claims, tuple(seen), tuple(problems))


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides when to stop
