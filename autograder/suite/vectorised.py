"""Vectorised or not: by counting the work done in Python, never by a clock.

Loops over images, or over the places within a filter, are as good as none: what counts is whether a
larger image, or more filters, takes more Python.
"""

from __future__ import annotations

from autograder.suite.facts import NotCounted, TooMuchWork, WorkGrows, WrongAnswer
from autograder.suite.proxy import Answer, label, work

LINES = 1.2
"""Lines may grow by this factor, and a few more: a check of the size that runs another branch."""
SLACK = 8
AT_ONCE = 10_000
"""Lines that may run, and objects that may be alive, whatever the smaller input takes: code that
wastes as much on that as its loops take on the larger one shows no growth. Inputs that the suites
count on have more results than this. A loop over the 3x3 places within a filter runs some 600
lines, most of them NumPy's own, and 2,600 where ``einsum`` plans its order at each place."""


def no_more_work(small: Answer, large: Answer, more: int) -> None:
    """The second of two counted calls does no more work in Python than the first.

    Args:
        small: the answer of a ``counted`` call.
        large: that of a call with a larger input.
        more: how many more results the larger input has than the smaller. Half as many more
            objects alive at once mean an object for each of them. To be told from a loop whatever
            the smaller input takes, more than `AT_ONCE`.

    Raises:
        WrongAnswer: it does, or works so much that growth does not matter, or the code interfered
            with counting.
        TypeError: a call was not counted.
    """
    before, after = work(small), work(large)
    if before is None or after is None:
        raise TypeError("no_more_work(...) compares answers of student.f.counted(...)")
    if not (before.intact and after.intact):
        raise WrongAnswer(NotCounted(label(large), after.at or before.at))
    calls = label(large), label(small)
    if after.lines > LINES * before.lines + SLACK:
        raise WrongAnswer(WorkGrows(*calls, "lines", before.lines, after.lines))
    if after.lines > AT_ONCE:
        raise WrongAnswer(TooMuchWork(label(large), after.lines))
    if after.objects > min(before.objects + more / 2, AT_ONCE):
        raise WrongAnswer(WorkGrows(*calls, "objects", before.objects, after.objects))
