"""What `verify` finds in a course."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.course.models import Course
from autograder.suite.plugin import Suites, with_suites
from autograder.verify import Problem, claims, ids_agree, judge
from tests.conftest import Grade


@pytest.fixture
def problems(grade: Grade) -> Callable[..., list[Problem]]:
    """What `verify` would find in a course, but for its assignments; all kinds, or one."""

    def look(course: Course, kind: str | None = None) -> list[Problem]:
        found: list[Problem] = []

        def ids(suites: Suites) -> None:
            for exercise in course.exercises:
                broken = suites.problems.get(exercise.suite)
                found.extend(ids_agree(exercise, suites.criteria(exercise), broken))

        with_suites(course, course.exercises, ids)
        for exercise in course.exercises:
            made = {
                claim.student: claim
                for claim in claims(course, exercise)
                if kind is None or claim.kind == kind
            }
            books = {name: claim.notebook for name, claim in made.items()}
            for name, graded in grade(course, exercise.id, books).items():
                found.extend(judge(made[name], exercise, graded.result, graded.notes))
        return found

    return look
