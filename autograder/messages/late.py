"""What lateness costs, as one sum: ``17 − 10 % late = 15.3``."""

from __future__ import annotations

from autograder.course.policy import Late
from autograder.messages import pages
from autograder.text import NOTHING, Text


def late_sum(score: float, late: Late) -> Text:
    """The score, what lateness costs, and what is left; nothing where there is nothing to lose."""
    if not round(score, 2):
        return NOTHING
    return pages.text(
        "late_sum",
        score=f"{round(score, 2):g}",
        percent=f"{late.percent:g}",
        final=f"{late.after(score):g}",
    )
