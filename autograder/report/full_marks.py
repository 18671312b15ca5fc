"""When an exercise has full marks: all its points, and nothing left to fix."""

from autograder.corrections.apply import Corrected
from autograder.course.models import Exercise
from autograder.status import NOTHING_TO_FIX, ResultStatus


def has_full_marks(one: Corrected, exercise: Exercise | None) -> bool:
    """Whether a result has all points without help from bonus points.

    Points of a bonus criterion may make up for another one, which still fails: then the score is
    the maximum or more, and there is something to fix. Where a bonus criterion itself fails,
    nothing is missing. What the instructor has decided counts as it is.

    Args:
        one: the result with its corrections.
        exercise: says which criteria are bonus; without it, none is.
    """
    result = one.result
    if result.status is not ResultStatus.GRADED or result.score < result.full_score:
        return False
    if one.whole is not None and one.whole.points is not None:
        return True
    bonus = {c.id for c in exercise.criteria if c.bonus} if exercise and result.max_score else ()
    return all(
        c.id in bonus or c.status in NOTHING_TO_FIX or c.points >= c.max_points
        for c in result.criteria
    )
