"""The result of one submission for one exercise: what everything after grading reads.

`autograder.verdict.codec` encodes it as result.json and decodes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.course.models import Exercise
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, ResultStatus, Status
from autograder.text import NOTHING, Text
from autograder.verdict import points


@dataclass(frozen=True, slots=True)
class File:
    """The submitted file.

    Attributes:
        path: where it was found. It may change while the submission stays the same.
        sha256: hash of its bytes; None if there are none, e.g. for a folder.
    """

    path: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A call of the student's code, what it returned, and the right answer, one line each."""

    call: str
    got: str
    expected: str


class _PickledByFields:
    """Pickled as a call with its fields: what dataclasses with slots do takes three times as long.

    A result has dozens of these, and each goes from a worker to the main process.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """See `copyreg`."""
        return type(self), tuple([getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class CriterionResult(_PickledByFields):
    """The result of one criterion.

    Attributes:
        id: the criterion's id.
        part: the id of the part that it tests.
        points: points earned.
        max_points: points available.
        status: the status that counts.
        own_status: the status without errors carried forward.
        message: for the student; empty (false) if there is nothing to say.
        diagnosis: ids of known mistakes that behave like the student's code.
        counterexample: a call that shows what is wrong.
    """

    id: str
    part: str
    points: float
    max_points: float
    status: Status
    own_status: Status
    message: Text
    diagnosis: tuple[str, ...]
    counterexample: Counterexample | None


@dataclass(frozen=True, slots=True)
class CellResult(_PickledByFields):
    """How one of the student's cells ran; ``index`` is its position in the notebook, from 0."""

    index: int
    status: CellStatus
    error: str | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds spent on grading, including the student's code."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one submission for one exercise.

    Attributes:
        exercise: the exercise's id.
        student: the student's key, which is a valid folder name.
        submission: the file that was graded.
        course_sha256: fingerprint of the course that it was graded with, as far as grades of this
            exercise depend on it (`autograder.course.fingerprint`).
        isolation: the sandbox's isolation level.
        status: whether it could be graded.
        score: the sum of the criteria's points.
        max_score: points available, without bonus points, so a score may exceed it.
        criteria: all criteria of the exercise, in its order.
        cells: the student's cells, in the order in which they ran.
        timing: how long grading took.
    """

    exercise: str
    student: str
    submission: File
    course_sha256: str
    isolation: Level
    status: ResultStatus
    score: float
    max_score: float
    criteria: tuple[CriterionResult, ...]
    cells: tuple[CellResult, ...]
    timing: Timing

    @property
    def full_score(self) -> float:
        """The score that counts as 100 %: ``max_score``, or all points if all of them are bonus.

        An exercise with nothing but bonus points is optional: its ``max_score`` is 0.
        """
        return self.max_score or points.score(c.max_points for c in self.criteria)

    @property
    def open_criteria(self) -> tuple[CriterionResult, ...]:
        """The criteria whose points are withheld until the instructor has looked."""
        return tuple(
            c for c in self.criteria if c.status is Status.GRADER_ERROR and c.points < c.max_points
        )

    @property
    def needs_review(self) -> bool:
        """Whether points are withheld until the instructor has looked at a grader error."""
        return bool(self.open_criteria)

    @property
    def stable(self) -> Result:
        """The part that is the same whenever a submission is graded: no timing, no file path."""
        return replace(self, submission=replace(self.submission, path=""), timing=Timing(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one criterion, before points.

    ``own_status`` is the status without errors carried forward, if it differs; ``diagnosis`` are
    the ids of known mistakes that behave like the student's code.
    """

    status: Status
    message: Text = NOTHING
    counterexample: Counterexample | None = None
    fails_without_student: bool = False
    """For a `Status.GRADER_ERROR`: see `autograder.verdict.points.points`."""
    own_status: Status | None = None
    diagnosis: tuple[str, ...] = ()


def criterion_results(
    exercise: Exercise, decisions: Mapping[str, Decision], carried: float = 1.0
) -> tuple[CriterionResult, ...]:
    """Every criterion of the exercise with its points.

    Args:
        exercise: the exercise.
        decisions: the decisions by criterion id.
        carried: the share of its points that a carried criterion earns.

    Raises:
        KeyError: there is no decision on a criterion.
    """
    return tuple(
        CriterionResult(
            id=criterion.id,
            part=criterion.part,
            points=points.points(
                criterion,
                decisions[criterion.id].status,
                decisions[criterion.id].fails_without_student,
                carried,
            ),
            max_points=criterion.points,
            status=decisions[criterion.id].status,
            own_status=decisions[criterion.id].own_status or decisions[criterion.id].status,
            message=decisions[criterion.id].message,
            diagnosis=decisions[criterion.id].diagnosis,
            counterexample=decisions[criterion.id].counterexample,
        )
        for criterion in exercise.criteria
    )


def result(
    exercise: Exercise,
    *,
    student: str,
    file: File,
    course_sha256: str,
    isolation: Level,
    decisions: Mapping[str, Decision],
    carried: float = 1.0,
    cells: Iterable[CellResult] = (),
    unreadable: bool = False,
    wall_s: float = 0.0,
    cpu_s: float = 0.0,
) -> Result:
    """Assemble a result.

    Args:
        exercise: the exercise.
        student: see `Result`.
        file: the file that was graded.
        course_sha256: see `Result`.
        isolation: see `Result`.
        decisions: the decisions by criterion id, one for every criterion of the exercise.
        carried: the share of its points that a carried criterion earns.
        cells: how the notebook's cells ran.
        unreadable: whether the file could not be read.
        wall_s: wall-clock seconds from reading the file to this result.
        cpu_s: CPU seconds of the grader and the student's code.
    """
    criteria = criterion_results(exercise, decisions, carried)
    status = ResultStatus.UNREADABLE if unreadable else ResultStatus.GRADED
    if any(criterion.status is Status.GRADER_ERROR for criterion in criteria):
        status = ResultStatus.GRADER_ERROR
    return Result(
        exercise=exercise.id,
        student=student,
        submission=file,
        course_sha256=course_sha256,
        isolation=isolation,
        status=status,
        score=points.score(criterion.points for criterion in criteria),
        max_score=exercise.max_score,
        criteria=criteria,
        cells=tuple(cells),
        timing=Timing(round(wall_s, 3), round(cpu_s, 3)),
    )
