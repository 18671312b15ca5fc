"""What the pages of a run show: results with current points, corrections, and what is damaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.corrections.apply import NO_CORRECTIONS, Corrections
from autograder.verdict.result import Result


@dataclass(frozen=True)
class Shown:
    """What the pages of a run show.

    Attributes:
        results: all valid results, with the points that the course gives now.
        corrections: the instructor's corrections.
        damaged: a line about every other file in ``results/``.
        notices: what else the instructor should know, one line each.
        newest: when the newest result was written; None without results.
    """

    results: Sequence[Result] = ()
    corrections: Corrections = NO_CORRECTIONS
    damaged: Sequence[str] = ()
    notices: Sequence[str] = ()
    newest: datetime | None = None
