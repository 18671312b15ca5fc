"""Points from outcomes. Pure, and deliberately short: this is where grades are made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograder.course.models import Criterion
from autograder.status import RIGHT, Status


def points(
    criterion: Criterion, status: Status, fails_without_student: bool = False, carried: float = 1.0
) -> float:
    """The points that a criterion earns with a status.

    Args:
        criterion: the criterion.
        status: its outcome.
        fails_without_student: for a `Status.GRADER_ERROR`, whether the grader also fails without
            the student's data. If so, the student loses nothing. Otherwise the student's data may
            have caused it, and nobody may earn points that way: the criterion earns nothing until
            the instructor has looked at it.
        carried: the share of its points, from 0 to 1, that a carried criterion earns.
    """
    if status is Status.GRADER_ERROR:
        return criterion.points if fails_without_student else 0.0
    if status is Status.CARRIED:
        return criterion.points * carried
    return criterion.points if status in RIGHT else 0.0


def score(earned: Iterable[float]) -> float:
    """The sum, correctly rounded, so the order of the criteria does not matter."""
    return math.fsum(earned)
