"""Points from outcomes. Pure, and short on purpose: this is where grades are made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograder.course.models import Criterion
from autograder.status import Status

EARNS = frozenset({Status.PASSED, Status.CARRIED})
"""Statuses that earn a criterion's points."""

NOT_THE_STUDENTS = EARNS | {Status.GRADER_ERROR}
"""Statuses in which there is nothing for the student to fix."""


def points(
    criterion: Criterion, status: Status, shown_ours: bool = False, carried: float = 1.0
) -> float:
    """What a criterion earns with that status.

    Args:
        criterion: what is graded.
        status: what became of it.
        shown_ours: of a `Status.GRADER_ERROR`, whether the fault shows without the student's data.
            Then it costs nothing. Otherwise the student's data may have caused it, and nobody may
            earn points by that: it earns nothing until the instructor has looked at it.
        carried: the share of its points, from 0 to 1, that a criterion earns when it is carried.
    """
    if status is Status.GRADER_ERROR:
        return criterion.points if shown_ours else 0.0
    if status is Status.CARRIED:
        return criterion.points * carried
    return criterion.points if status in EARNS else 0.0


def score(earned: Iterable[float]) -> float:
    """The sum, exactly rounded, so that the order of criteria cannot matter."""
    return math.fsum(earned)
