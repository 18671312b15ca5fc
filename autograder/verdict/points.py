"""Points from outcomes. Pure, and short on purpose: this is where grades are made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograder.course.models import Criterion
from autograder.status import Status

EARNS = frozenset({Status.PASSED, Status.CARRIED, Status.GRADER_ERROR})
"""Statuses that cost nothing; the grader's own failure must never take points from a student."""


def points(criterion: Criterion, status: Status) -> float:
    """What a criterion earns with that status: all of its points or none."""
    return criterion.points if status in EARNS else 0.0


def score(earned: Iterable[float]) -> float:
    """The sum, exactly rounded, so that the order of criteria cannot matter."""
    return math.fsum(earned)
