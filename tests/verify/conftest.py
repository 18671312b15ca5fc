"""What `verify` finds in a course."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.course.models import Course
from autograder.verify.claims import claims
from autograder.verify.judge import Problem, judge
from autograder.verify.matrix import Task, decide

Look = Callable[..., list[Problem]]


@pytest.fixture(scope="session")
def problems() -> Look:
    """What the kill matrix of a course has wrong, decided in this process; all kinds, or one."""

    def look(course: Course, kind: str | None = None) -> list[Problem]:
        found: list[Problem] = []
        for exercise in course.exercises:
            made = [
                claim for claim in claims(course, exercise) if kind is None or claim.kind == kind
            ]
            decided = decide(Task(course.root, exercise.id, tuple(made), True))
            found.extend(decided.problems)
            for claim, seen in zip(decided.claims, decided.seen, strict=True):
                found.extend(judge(claim, exercise, seen))
        return found

    return look
