"""Results that are older than their exercise: whatever reads results says so, grading nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from autograder import report
from autograder.course.fingerprint import exercise_sha256s
from autograder.course.models import Course
from autograder.text import counted


def outdated(shown: report.Shown, course: Course, only: Collection[str] = ()) -> Iterator[str]:
    """A line for each exercise of which results are shown that `grade` would not keep.

    Args:
        shown: the results.
        course: as it is now.
        only: the exercises that matter; all if empty.
    """
    now = exercise_sha256s(course)
    said = {line.partition(":")[0] for line in shown.notices}  # their points or criteria are others
    old = Counter(
        one.exercise
        for one in shown.results
        if one.exercise in now and one.course_sha256 != now[one.exercise]
    )
    for id, n in sorted(old.items()):
        if id not in said and (not only or id in only):
            yield (
                f"{id}: {counted(n, 'result')} of it {'is' if n == 1 else 'are'} from before the "
                "last change of its files, its suite or what it builds on. Run `autograder grade` "
                "to grade again."
            )
