"""What one submission earned in one exercise: the record that everything after grading reads.

`autograder.verdict.codec` turns it into the text of result.json and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from autograder.course.models import Exercise
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, ResultStatus, Status
from autograder.text import NOTHING, Text
from autograder.verdict import points


@dataclass(frozen=True, slots=True)
class File:
    """The file that was handed in.

    Attributes:
        path: where it was found. It may change without the submission changing.
        sha256: of its bytes; None for a folder, say, which has none.
    """

    path: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A call of the student's code, what came back, and what is right, as one line each."""

    call: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What became of one criterion.

    Attributes:
        id: the criterion's.
        part: the part that it is about.
        points: earned.
        max_points: what it is worth.
        status: the one that counts.
        own_status: without anything carried forward.
        message: for the student; false where there is nothing to say.
        diagnosis: ids of known mistakes that give the same results as the student's code.
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
class CellResult:
    """What became of one cell of the student's; ``index`` is that in the notebook, from 0."""

    index: int
    status: CellStatus
    error: str | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds that grading took, the student's code and the grader together."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one submission earned in one exercise.

    Attributes:
        exercise: the exercise's id.
        student: the student's name, fit for a folder's.
        submission: what was handed in.
        course_sha256: fingerprint of the course that it was graded by.
        isolation: the sandbox's level.
        status: whether it was graded.
        score: the sum of the criteria's points.
        max_score: without bonus: a score may be above it.
        criteria: all of the exercise, in its order.
        cells: in the order in which they ran.
        timing: how long it took.
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
        """The score that is everything: ``max_score``, or all points where all are bonus.

        Such an exercise has a ``max_score`` of 0: nobody has to do it.
        """
        return self.max_score or points.score(c.max_points for c in self.criteria)

    @property
    def needs_review(self) -> bool:
        """Whether points are open until the instructor has looked at a fault of the grader."""
        return any(
            c.status is Status.GRADER_ERROR and c.points < c.max_points for c in self.criteria
        )

    @property
    def stable(self) -> Result:
        """What is equal whenever the same submission is graded: without timing and file's path."""
        return replace(self, submission=replace(self.submission, path=""), timing=Timing(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Decided:
    """What has been decided about one criterion, before points.

    ``own_status`` is the status without anything carried forward, if it is another one.
    """

    status: Status
    message: Text = NOTHING
    counterexample: Counterexample | None = None
    shown_ours: bool = False
    """Of a `Status.GRADER_ERROR`: see `autograder.verdict.points.points`."""
    own_status: Status | None = None


def criterion_results(
    exercise: Exercise, decided: Mapping[str, Decided], carried: float = 1.0
) -> tuple[CriterionResult, ...]:
    """Every criterion of the exercise with its points.

    Args:
        exercise: the exercise.
        decided: by criterion id.
        carried: the share of its points that a carried criterion earns.

    Raises:
        KeyError: one has not been decided.
    """
    return tuple(
        CriterionResult(
            id=criterion.id,
            part=criterion.part,
            points=points.points(
                criterion,
                decided[criterion.id].status,
                decided[criterion.id].shown_ours,
                carried,
            ),
            max_points=criterion.points,
            status=decided[criterion.id].status,
            own_status=decided[criterion.id].own_status or decided[criterion.id].status,
            message=decided[criterion.id].message,
            diagnosis=(),
            counterexample=decided[criterion.id].counterexample,
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
    decided: Mapping[str, Decided],
    carried: float = 1.0,
    cells: Iterable[CellResult] = (),
    unreadable: bool = False,
    wall_s: float = 0.0,
    cpu_s: float = 0.0,
) -> Result:
    """Put one result together.

    Args:
        exercise: the exercise graded.
        student: see `Result`.
        file: what was handed in.
        course_sha256: see `Result`.
        isolation: see `Result`.
        decided: by criterion id; every criterion of the exercise has one.
        carried: the share of its points that a carried criterion earns.
        cells: what became of the notebook's cells.
        unreadable: whether no cell could be read.
        wall_s: seconds from reading the file to this record.
        cpu_s: CPU seconds, the grader's and the student's code's.
    """
    criteria = criterion_results(exercise, decided, carried)
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
