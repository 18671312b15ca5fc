"""Give stored results the points that exercise.toml has now. Pure.

Whether a criterion is passed does not depend on its points, so a change of points needs no grading.
"""

from __future__ import annotations

from dataclasses import replace

from autograder.course.models import Exercise
from autograder.status import ResultStatus, Status
from autograder.verdict import points
from autograder.verdict.result import Result


def reweighed(result: Result, exercise: Exercise, carried: float) -> Result | None:
    """The result with the exercise's current points; the same object if they are unchanged.

    Args:
        result: a stored result.
        exercise: the exercise as it is now.
        carried: the share of its points that a carried criterion earns.

    Returns:
        None if the exercise has other criteria than the result: then it has to be graded again.
    """
    now = {criterion.id: criterion for criterion in exercise.criteria}
    if now.keys() != {criterion.id for criterion in result.criteria}:
        return None
    criteria = tuple(
        replace(
            c,
            max_points=now[c.id].points,
            points=points.points(now[c.id], c.status, _kept(c.status, c.points), carried),
        )
        for c in result.criteria
    )
    if result.status is ResultStatus.UNREADABLE:  # nothing was decided
        criteria = tuple(replace(c, points=0.0) for c in criteria)
    if criteria == result.criteria and result.max_score == exercise.max_score:
        return result
    return replace(
        result,
        criteria=criteria,
        score=points.score(c.points for c in criteria),
        max_score=exercise.max_score,
    )


def _kept(status: Status, earned: float) -> bool:
    """Whether a grader error kept its points, being ours without the student's data."""
    return status is Status.GRADER_ERROR and earned > 0
