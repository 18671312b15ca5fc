"""Grade submissions: the service behind `check`, `grade`, `verify` and `demo`.

Submissions with a current result in the store are not graded again; the rest goes to the workers.
Each result is on disk before it is yielded, so a killed run continues where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder import generate
from autograder.course.load import course_sha256, exercise_sha256s
from autograder.course.models import Course
from autograder.errors import UnreadableSubmission
from autograder.ingest import Submission
from autograder.ingest.parse import file_bytes, file_encoding, normalised
from autograder.run.jobs import Executor, Graded, Setup
from autograder.run.pool import grade_all
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget, Limits

if TYPE_CHECKING:
    from autograder.run.store import Store


@dataclass(frozen=True)
class Step:
    """One submission's result; ``kept`` if a stored result was current."""

    graded: Graded
    kept: bool = False


def locked_cells(course: Course, exercises: Collection[str]) -> dict[str, frozenset[str]]:
    """The exercises' locked checks and demos in every language, normalised for comparison."""
    return {
        exercise.id: frozenset(
            normalised(source) for source in generate.locked_sources(exercise, course.languages)
        )
        for exercise in course.exercises
        if exercise.id in exercises
    }


def setup_for(
    course: Course,
    level: Level,
    exercises: Collection[str],
    *,
    budget: Budget | None = None,
    locked: Mapping[str, Collection[str]] | None = None,
) -> Setup:
    """The setup for workers that grade ``exercises`` of ``course`` at ``level``."""
    return Setup(
        course.root,
        tuple(sorted(exercises)),
        course_sha256(course),
        exercise_sha256s(course),
        locked_cells(course, exercises) if locked is None else locked,
        level,
        Limits(),
        budget or Budget(),
    )


def grade_submissions(
    course: Course,
    setup: Setup,
    submissions: Sequence[Submission],
    *,
    store: Store | None = None,
    jobs: int = 1,
    force: bool = False,
    executor: Executor | None = None,
) -> Iterator[Step]:
    """Grade ``submissions`` and yield each result as soon as it is known.

    Args:
        course: the course.
        setup: from `setup_for`.
        submissions: what to grade.
        store: where results are stored, and reused if they are current; None stores nothing.
        jobs: the number of worker processes.
        force: whether to grade again what has a current result.
        executor: grades elsewhere, as `autograder.cluster` does; None for worker processes here.

    Raises:
        OSError: a result cannot be written.
        WorkersFailed: grading cannot start.
    """
    to_grade = []
    for submission in submissions:
        kept = None
        if store is not None and not force:
            kept = _current(store, submission, setup)
        if kept is None:
            to_grade.append(submission)
        else:
            yield Step(kept, kept=True)

    def lost(submission: Submission) -> Graded:
        return _lost(course, setup, submission)

    if executor is None:
        results = grade_all(setup, to_grade, jobs, lost)
    else:
        results = executor(setup, to_grade, lost)
    for graded in results:
        if store is not None:
            store.write(graded.result)
        yield Step(graded)


def _lost(course: Course, setup: Setup, submission: Submission) -> Graded:
    """The result of a submission on which the worker died twice."""
    from autograder.run.decisions import grader_error_result  # usually needed in workers only

    exercise = course.exercise(submission.exercise)
    record = grader_error_result(course, exercise, submission, setup)
    return Graded(record, ("the grading process died twice on this submission",))


def _current(store: Store, submission: Submission, setup: Setup) -> Graded | None:
    if not store.path(submission.student, submission.exercise).exists():
        return None
    raw: bytes | None = None
    sha256: str | None
    try:
        raw = file_bytes(submission.path, submission.root)
        sha256 = hashlib.sha256(raw).hexdigest()
    except UnreadableSubmission as problem:
        sha256 = problem.sha256  # known if the file is only too large
    except (OSError, MemoryError):
        return None  # a worker finds out why
    kept = store.current(
        submission.student,
        submission.exercise,
        sha256,
        setup.exercise_sha256s[submission.exercise],
        setup.level,
    )
    if kept is None:
        return None
    return Graded(kept) if raw is None else Graded(kept, encoding=file_encoding(raw))
