"""Points from outcomes. Pure, and short on purpose: this is where grades are made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograder.course.records import Criterion

EARNS = frozenset({"passed", "carried", "grader_error"})
"""Statuses that cost nothing; the grader's own failure must never take points from a student."""


def points(criterion: Criterion, status: str) -> float:
    """What a criterion earns with that status: all of its points or none."""
    return criterion.points if status in EARNS else 0.0


def score(earned: Iterable[float]) -> float:
    """The sum, exactly rounded, so that the order of criteria cannot matter."""
    return math.fsum(earned)
