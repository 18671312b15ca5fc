"""What would become of the scores if some criteria counted differently. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from autograder.corrections.apply import EVERY, Correction, Corrections
from autograder.course.models import Exercise
from autograder.verdict.result import Result
from autograder.verdict.reweigh import reweighed


@dataclass(frozen=True)
class Change:
    """How criteria of one exercise would count.

    Attributes:
        drop: ids of criteria that would not count for anybody.
        give: ids of criteria whose points everybody would get.
        points: new points by criterion id.
    """

    drop: frozenset[str] = frozenset()
    give: frozenset[str] = frozenset()
    points: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One student's score and maximum in the exercise, or total, before and after."""

    student: str
    before: float
    before_of: float
    after: float
    after_of: float

    @property
    def gain(self) -> float:
        """The change of the share of points, in per cent of the full score."""
        return _share(self.after, self.after_of) - _share(self.before, self.before_of)

    @property
    def changes(self) -> bool:
        """Whether anything changes for the student."""
        return (self.before, self.before_of) != (self.after, self.after_of)


def changed(exercise: Exercise, change: Change) -> Exercise:
    """The exercise with the new points."""
    parts = tuple(
        replace(
            part,
            criteria=tuple(
                replace(c, points=change.points.get(c.id, c.points)) for c in part.criteria
            ),
        )
        for part in exercise.parts
    )
    criteria = [criterion for part in parts for criterion in part.criteria]
    total = math.fsum(criterion.points for criterion in criteria if not criterion.bonus)
    return replace(exercise, parts=parts, points=total)


def differences(
    results: Iterable[Result],
    exercise: Exercise,
    carried: float,
    corrections: Corrections,
    change: Change,
) -> list[Difference]:
    """Every student's score in an exercise, before and after a change: most affected first.

    Corrections that the instructor has made already hold in both, and those of single students
    count more than what changes for everybody. Excused students are left out. Points that somebody
    has been given without a hand-in stay as they are, out of the class's maximum.

    Args:
        results: results with the exercise's current points, of any exercise.
        exercise: the exercise.
        carried: the share of its points that a carried criterion earns.
        corrections: the instructor's corrections.
        change: what would change.
    """
    then = changed(exercise, change)
    most = {criterion.id: criterion.points for criterion in then.criteria}
    new = [Correction(EVERY, exercise.id, id, excused=True) for id in sorted(change.drop)]
    new += [Correction(EVERY, exercise.id, id, most[id]) for id in sorted(change.give)]
    with_change = replace(corrections, entries=(*corrections.entries, *new))
    found = []
    results = [*results]
    for result in results:
        weighed = reweighed(result, then, carried) if result.exercise == exercise.id else None
        if weighed is None:
            continue
        before, after = corrections.apply(result), with_change.apply(weighed)
        if not before.excused:
            found.append(
                Difference(
                    result.student,
                    before.result.score,
                    before.result.full_score,
                    after.result.score,
                    after.result.full_score,
                )
            )
    if found:
        of = max(one.before_of for one in found), max(one.after_of for one in found)
        known = {(one.student, one.exercise) for one in results}
        for one in corrections.without_result(known):
            if one.exercise == exercise.id and one.points is not None and not one.excused:
                found.append(Difference(one.student, one.points, of[0], one.points, of[1]))
    return most_affected_first(found)


def most_affected_first(found: Iterable[Difference]) -> list[Difference]:
    """The differences in the order in which they are shown."""
    return sorted(found, key=lambda one: (-abs(one.gain), one.student))


def _share(score: float, most: float) -> float:
    return 100 * score / most if most else 100.0
