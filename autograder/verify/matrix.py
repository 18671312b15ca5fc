"""The kill matrix: which criteria each claim's notebook loses, found by running it.

The notebooks are the course's own code, so they run in the grader's own processes (`in_process`).
If one of them ends its process, all claims of the same task are returned without an outcome; they
can still be graded in the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from autograder.course.load import load_course
from autograder.course.models import Course, Exercise
from autograder.in_process.notebook import OwnNotebook, failing_check
from autograder.sandbox.host.limits import Limits
from autograder.sandbox.host.overload import bounded
from autograder.status import Status
from autograder.suite.outcome import Outcome, grader_error
from autograder.suite.plugin import Suites, with_suites
from autograder.verify.claims import Claim
from autograder.verify.entered import Entered, entered
from autograder.verify.judge import Problem, Seen, check_ids
from autograder.verify.mutants import Mutant
from autograder.verify.processes import course_processes
from autograder.verify.tables import OTHERS, recorded

LEAST_CLAIMS_PER_TASK = 8
"""Many enough to share the cost of collecting the suite and of its expected results."""

TASKS_PER_WORKER = 3
"""The most tasks of one exercise per worker: enough to keep all workers busy."""

CPU_S = 30.0
"""CPU seconds for one criterion, including the notebook's and the suite's code."""


@dataclass(frozen=True)
class Task:
    """Claims about one exercise, for one worker."""

    root: Path
    exercise: str
    claims: tuple[Claim, ...]
    first: bool


@dataclass(frozen=True)
class TaskResult:
    """The result of a task.

    Attributes:
        claims: the task's claims; guesses with their tables.
        seen: what happened to each of them; empty if one of them ended the process.
        problems: problems of the suite itself.
    """

    claims: tuple[Claim, ...]
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...] = ()


def kill_matrix(course: Course, claims: Sequence[Claim], jobs: int) -> Iterator[TaskResult]:
    """Run claims on ``jobs`` processes; results come in any order."""
    tasks = []
    for exercise, group in groupby(claims, lambda claim: claim.exercise):
        about = tuple(group)
        size = max(LEAST_CLAIMS_PER_TASK, -(-len(about) // (TASKS_PER_WORKER * jobs)))
        tasks += [
            Task(course.root, exercise, about[start : start + size], start == 0)
            for start in range(0, len(about), size)
        ]
    with course_processes(jobs, len(tasks)) as pool:
        futures: dict[Future[TaskResult], Task] = {
            pool.submit(decide, task): task for task in tasks
        }
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield TaskResult(futures[future].claims, ())


def decide(task: Task) -> TaskResult:
    """Run a task's claims in this process."""
    course = load_course(task.root)
    exercise = course.exercise(task.exercise)
    if not exercise.suite.is_file():
        nothing = tuple(Seen({}, {}) for _ in task.claims)
        return TaskResult(task.claims, nothing, tuple(check_ids(exercise, [], None)))
    claims: list[Claim] = []
    seen: list[Seen] = []
    problems: list[Problem] = []

    def run(suites: Suites) -> None:
        suites.bounded = partial(bounded, CPU_S, Limits().memory_mb)
        if task.first:
            broken = suites.problems.get(exercise.suite)
            problems.extend(check_ids(exercise, suites.criteria(exercise), broken))
        changed = {claim.variant.part for claim in task.claims if claim.variant}
        solution = entered(suites, exercise, changed) if changed else None
        for claim in task.claims:
            if claim.variant:
                assert solution is not None
                decided, outcomes = claim, _changed(suites, claim, solution)
            else:
                run_one = _table if claim.is_table else _plain
                decided, outcomes = run_one(suites, exercise, claim)
            claims.append(decided)
            complaint = None
            if claim.kind in ("solution", "mistake", "equivalent"):
                complaint = failing_check(course, claim.code(course))
            seen.append(replace(Seen.of_outcomes(outcomes), complaint=complaint))

    with_suites(course, [exercise], run)
    return TaskResult(tuple(claims), tuple(seen), tuple(problems))


def _plain(suites: Suites, exercise: Exercise, claim: Claim) -> tuple[Claim, dict[str, Outcome]]:
    notebook = OwnNotebook(suites.course, claim.code(suites.course))
    return claim, suites.run(exercise, notebook, claim.asked)


def _table(suites: Suites, exercise: Exercise, claim: Claim) -> tuple[Claim, dict[str, Outcome]]:
    """Decide a table; if it earns its criterion, once more with the tables of other salts.

    It counts as earned if another table earns it as well, so that a coincidence does not.
    """
    assert claim.guess is not None
    first = None
    for other in range(OTHERS):
        guess = recorded(suites, exercise, claim.guess, other)
        if not guess.table:
            why = f"the suite of {exercise.id} runs without calling {', '.join(guess.parts)}"
            return claim, {name: grader_error(why) for name in guess.criteria}
        found = _plain(suites, exercise, replace(claim, guess=guess))
        if _passed(found[1]) is (first is not None):
            return found
        first = first or found
    return found


def _passed(outcomes: dict[str, Outcome]) -> bool:
    return all(outcome.status is Status.PASSED for outcome in outcomes.values())


def _changed(suites: Suites, claim: Claim, solution: Entered) -> dict[str, Outcome]:
    """Decide what a change of the solution may affect, in the exercise's order.

    The criteria of its own part and those that it is to lose are always decided, and first those of
    a mutant's own part: if it loses any of them, no others.
    """
    assert claim.variant is not None
    exercise = solution.exercise
    notebook = OwnNotebook(suites.course, claim.code(suites.course))
    if isinstance(claim.variant, Mutant):
        own = set(claim.variant.tested_by(exercise))
        outcomes = suites.run(exercise, notebook, own)
        if not _passed(outcomes):
            return outcomes
    else:
        own = {each.id for each in exercise.criteria if each.part == claim.variant.part}
        own |= claim.loses(exercise)
        outcomes = {}
    unaffected = solution.unaffected(claim.variant, notebook)
    ids = [each.id for each in exercise.criteria]
    rest = [id for id in ids if id not in outcomes and (id in own or id not in unaffected)]
    outcomes |= suites.run(exercise, notebook, rest)
    return {id: outcomes.get(id) or unaffected[id] for id in ids}
