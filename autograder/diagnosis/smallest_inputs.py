"""The smallest inputs on which known mistakes go wrong, found with the course's own code.

Code that is explained by a known mistake goes wrong where the mistake does. So the search up the
ladders is made once for the mistake, in this process, and each student's code is asked on what it
found only. That is cheaper than a search in the sandbox, and what is shown is the mistake's result,
which cannot disclose a hidden input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograder.course.models import Course, Exercise
from autograder.diagnosis import observation
from autograder.diagnosis.behaviour import BUDGET
from autograder.diagnosis.diagnose import Candidate
from autograder.in_process.notebook import OwnNotebook
from autograder.in_process.own_code import OwnCode
from autograder.sandbox.host.session import CallResult, Conversation, ExceptionInfo
from autograder.status import Status
from autograder.suite.plugin import Suites
from autograder.suite.smallest import Finding, Search


@dataclass(frozen=True)
class _Asked:
    conversation: Conversation
    student: Callable[[Any], Any]


@dataclass
class KnownInputs:
    """The smallest inputs of known mistakes; each is searched for once.

    Args:
        course: the course.
        suites: its collected suites.
    """

    course: Course
    suites: Suites
    _found: dict[tuple[str, tuple[str, ...]], dict[str, Finding | None]] = field(
        default_factory=dict
    )

    def finding(self, exercise: Exercise, candidate: Candidate, criterion: str) -> Finding | None:
        """Where a known mistake, or two, fail a criterion; None if that is not on its ladders.

        Raises:
            CourseError: there is something wrong with the ladders.
        """
        key = exercise.id, tuple(mistake.id for mistake in candidate.mistakes)
        if key not in self._found:
            self._found[key] = self._searched(exercise, candidate)
        return self._found[key].get(criterion)

    def _searched(self, exercise: Exercise, candidate: Candidate) -> dict[str, Finding | None]:
        """The findings of all criteria that the mistakes lose."""
        ladders = self.suites.ladders(exercise)
        lost = frozenset().union(*(mistake.loses for mistake in candidate.mistakes))
        notebook = OwnNotebook(self.course, OwnCode(exercise.id, candidate.variants), BUDGET)

        @contextmanager
        def process() -> Iterator[_Asked]:
            with notebook.criterion() as conversation:
                yield _Asked(conversation, self.suites.student_in(exercise, notebook))

        found: dict[str, Finding | None] = {}
        with Search(process) as search:
            for criterion in [c.id for c in exercise.criteria if c.id in lost & ladders.keys()]:
                search.start()
                one = search.smallest(ladders[criterion], exercise.part_of(criterion))
                timeout = one is not None and one.outcome.status is Status.TIMEOUT
                found[criterion] = None if timeout else one
        return found


def same(one: Finding, other: Finding) -> bool:
    """Whether the same calls gave the same, within rounding."""
    if one.calls != other.calls or type(one.outcome.fact) is not type(other.outcome.fact):
        return False
    if isinstance(one.got, ExceptionInfo) and isinstance(other.got, ExceptionInfo):
        return (one.got.type, one.got.message) == (other.got.type, other.got.message)
    seen = observation.of_result(CallResult(one.got)), observation.of_result(CallResult(other.got))
    return seen[0].agrees(seen[1]) and seen[1].agrees(seen[0])
