"""Points from outcomes. Pure, and short on purpose: this is where grades are made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

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


def full_score(result: Mapping[str, Any]) -> float:
    """The score that is everything: ``max_score``, or all of the points where all are bonus.

    Such an exercise has a ``max_score`` of 0: it adds to a student's total and nobody has to do it.
    """
    return result["max_score"] or score(c["max_points"] for c in result["criteria"])
