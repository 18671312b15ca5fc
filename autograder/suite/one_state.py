"""Decide a part in one state of its notebook: the better one, taken as a whole.

A part may be tried in several: at the end and when it was defined, with and without other parts
replaced. Code can tell them apart. If each criterion could choose, a notebook that guesses one way
here and another way there would earn what either guess earns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.course.models import Criterion
from autograder.status import RIGHT, Status
from autograder.suite.outcome import Outcome

_WRONG_THERE = (Status.FAILED, Status.ERROR, Status.MISSING)
"""A timeout, or a fault of the grader's, says nothing against the code."""


def lost_there(
    criteria: Iterable[Criterion], here: Mapping[str, Outcome], there: Mapping[str, Outcome]
) -> list[Criterion]:
    """What is right here and wrong there."""
    return [
        each
        for each in criteria
        if each.id in there
        and here[each.id].status in RIGHT
        and there[each.id].status in _WRONG_THERE
    ]


def is_better_there(
    criteria: Iterable[Criterion],
    here: Mapping[str, Outcome],
    there: Mapping[str, Outcome],
    share: float = 1.0,
) -> bool:
    """Whether criteria of one part earn more in another state of the notebook.

    Args:
        criteria: the part's.
        here: their outcomes so far.
        there: the outcomes in the other state.
        share: what of its points a criterion earns that is only right there.
    """
    criteria = list(criteria)
    gained = [
        each
        for each in criteria
        if each.id in there
        and here[each.id].status not in RIGHT
        and there[each.id].status is Status.PASSED
    ]
    lost = lost_there(criteria, here, there)
    if not lost:
        return bool(gained)
    return share * sum(each.points for each in gained) > sum(each.points for each in lost)
