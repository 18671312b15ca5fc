"""Vectorised or not: by counting the work done in Python, never by a clock.

Loops over images, or over the places within a filter, are as good as none: what counts is whether a
larger image, or more filters, takes more Python.
"""

from __future__ import annotations

from autograder.suite.facts import NotCounted, WorkGrows, WrongAnswer
from autograder.suite.proxy import Answer, label, work

LINES = 1.2
"""Lines may grow by this factor, and a few more: a check of the size that runs another branch."""
SLACK = 8


def no_more_work(small: Answer, large: Answer, more: int) -> None:
    """The second of two counted calls does no more work in Python than the first.

    Args:
        small: the answer of a ``counted`` call.
        large: that of a call with a larger input.
        more: how many more results the larger input has than the smaller. Half as many more
            objects alive at once mean an object for each of them.

    Raises:
        WrongAnswer: it does, or the code interfered with counting.
        TypeError: a call was not counted.
    """
    before, after = work(small), work(large)
    if before is None or after is None:
        raise TypeError("no_more_work(...) compares answers of student.f.counted(...)")
    if not (before.intact and after.intact):
        raise WrongAnswer(NotCounted(label(large)))
    calls = label(large), label(small)
    if after.lines > LINES * before.lines + SLACK:
        raise WrongAnswer(WorkGrows(*calls, "lines", before.lines, after.lines))
    if after.objects - before.objects > more / 2:
        raise WrongAnswer(WorkGrows(*calls, "objects", before.objects, after.objects))
