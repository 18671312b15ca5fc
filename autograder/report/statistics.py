"""Statistics of a class's results for the class page. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import fmean, median

from autograder.course.models import Exercise
from autograder.status import ResultStatus, Status
from autograder.verdict.result import Result

BINS = 10
"""Bars of a histogram, one per tenth of the full score; the last includes 100 % and above."""

ENOUGH = 10
"""Results from which a discrimination is computed; with fewer, it is mostly chance."""


@dataclass(frozen=True, slots=True)
class CriterionCount:
    """How a class did on one criterion; ``tried`` excludes grader errors.

    ``discrimination`` is the item-rest correlation, from -1 to 1: of passing the criterion with
    the points in the other criteria of the exercise. None if it is not defined, or means nothing
    with so few results.
    """

    id: str
    tried: int
    by_status: Mapping[str, int]
    discrimination: float | None = None

    @property
    def share(self) -> float:
        """Share of ``tried`` that passed on their own; 1 if nobody tried, so it sorts as easy."""
        return self.by_status.get(Status.PASSED, 0) / self.tried if self.tried else 1.0


@dataclass(frozen=True, slots=True)
class ExerciseCount:
    """How a class did on one exercise.

    Unreadable files count in ``submissions`` only. If the grader failed on a submission, the
    criteria that it could grade count, but the score, which the failure may raise, does not.
    """

    id: str
    submissions: int
    graded: int
    max_score: float
    full_score: float
    mean: float
    median: float
    full: int
    histogram: tuple[int, ...]
    criteria: tuple[CriterionCount, ...]
    mistakes: tuple[tuple[str, tuple[str, ...]], ...]
    """Ids of known mistakes, with the students who made them."""


def count_exercise(exercise: str, results: Sequence[Result], *, full: int) -> ExerciseCount:
    """Count the results of one exercise.

    Criteria are sorted hardest first, ties in the exercise's order; mistakes most frequent first,
    ties by id.

    Args:
        exercise: its id.
        results: at least one, all for it.
        full: how many of them have full marks, which the instructor's corrections decide as well
            (`full_marks`).
    """
    readable = [result for result in results if result.status != ResultStatus.UNREADABLE]
    graded = [result for result in results if result.status == ResultStatus.GRADED]
    scores = [result.score for result in graded]
    mistakes: dict[str, list[str]] = {}
    for result in readable:
        for id in {id for criterion in result.criteria for id in criterion.diagnosis}:
            mistakes.setdefault(id, []).append(result.student)
    return ExerciseCount(
        id=exercise,
        submissions=len(results),
        graded=len(graded),
        max_score=max(result.max_score for result in results),
        full_score=max(result.full_score for result in results),
        mean=fmean(scores) if scores else 0.0,
        median=median(scores) if scores else 0.0,
        full=full,
        histogram=histogram((result.score, result.full_score) for result in graded),
        criteria=_criteria(readable),
        mistakes=tuple(
            (id, tuple(students))
            for id, students in sorted(mistakes.items(), key=lambda item: (-len(item[1]), item[0]))
        ),
    )


def count_nobody(exercise: Exercise) -> ExerciseCount:
    """An exercise without results, but with the instructor's decisions."""
    full, most = exercise.full_score + exercise.asked, exercise.max_score + exercise.asked
    return ExerciseCount(exercise.id, 0, 0, most, full, 0.0, 0.0, 0, histogram([]), (), ())


def histogram(scores: Iterable[tuple[float, float]]) -> tuple[int, ...]:
    """How many (score, full score) pairs fall into each tenth of the full score."""
    bins = [0] * BINS
    for score, full in scores:
        share = score / full if full else 1.0
        bins[min(int(share * BINS + 1e-9), BINS - 1)] += 1
    return tuple(bins)


def percent(part: float, whole: float) -> int:
    """A share in per cent, in which 0 means none and 100 means all."""
    if part in (0, whole):
        return 100 if part else 0
    return min(max(round(100 * part / whole), 1), 99)


def _criteria(readable: Sequence[Result]) -> tuple[CriterionCount, ...]:
    counts: dict[str, Counter[str]] = {}
    with_rest: dict[str, tuple[list[float], list[float]]] = {}
    for result in readable:
        for criterion in result.criteria:
            counts.setdefault(criterion.id, Counter())[criterion.status] += 1
            if criterion.status is not Status.GRADER_ERROR:
                passed, rest = with_rest.setdefault(criterion.id, ([], []))
                passed.append(float(criterion.status is Status.PASSED))
                rest.append(result.score - criterion.points)
    counted = [
        CriterionCount(
            id,
            by_status.total() - by_status[Status.GRADER_ERROR],
            dict(by_status),
            correlation(*with_rest.get(id, ((), ()))),
        )
        for id, by_status in counts.items()
    ]
    return tuple(sorted(counted, key=lambda c: c.share))


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's correlation; None with fewer than `ENOUGH` pairs, or if one side is constant."""
    if len(xs) < ENOUGH:
        return None
    x_mean, y_mean = fmean(xs), fmean(ys)
    dx, dy = [x - x_mean for x in xs], [y - y_mean for y in ys]
    # A sum of squares of rounding errors is not a variance.
    spread = sqrt(fsum(x * x for x in dx) * fsum(y * y for y in dy))
    if spread < 1e-9 * len(xs):
        return None
    return fsum(x * y for x, y in zip(dx, dy, strict=True)) / spread
