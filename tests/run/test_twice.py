"""A notebook that uses a source of chance which cannot be fixed: graded twice, the worse counts."""

from __future__ import annotations

import pytest

from autograder.run.twice import worse
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import CameOutDifferently
from tests.conftest import GradeBooks, Marked
from tests.learners.conftest import BOOK

QUICK = Budget(cell_s=0.5, cells_s=1.5, call_cpu_s=1.0)
RIGHT = "import numpy as np\n" + BOOK["im2col"] + BOOK["col2im"] + "right = im2col\n"
SOMETIMES = "def im2col(*args):\n    return right(*args) if luck() else None"

TOSS = """
import ctypes
def luck():
    now = (ctypes.c_long * 2)()
    ctypes.CDLL(None).clock_gettime(0, now)
    return now[1] // 1000 % 2
tossed = {}
def im2col(*args):
    x = args[0]
    key = x.shape, float(x.flat[0])
    if key not in tossed: tossed[key] = luck()
    return right(*args) if tossed[key] else None
"""

# How far the loop comes in its time is chance.
STOPPED = "n = 0\nwhile True: n += 1"
THREADS = """
import threading
def im2col(*args):
    found = []
    worker = threading.Thread(target=lambda: found.append(right(*args)))
    worker.start()
    worker.join()
    if not found: raise ValueError
    return found[0]
"""

DRAWS = 6
"""One criterion in four is right at first and wrong then; they have some fifty together."""

BOOKS = {
    **{f"toss {number}": ("02_im2col", [RIGHT, TOSS]) for number in range(DRAWS)},
    "stopped": ("02_im2col", [RIGHT, STOPPED, "def luck(): return n > 0", SOMETIMES]),
    "threads": ("02_im2col", [RIGHT, THREADS]),
    "slow, but right": ("02_im2col", [RIGHT, STOPPED]),
}


@pytest.fixture(scope="module")
def graded(grade_books: GradeBooks) -> dict[str, Marked]:
    return grade_books(BOOKS, QUICK)


def test_what_is_right_once_and_wrong_once_earns_nothing_and_says_so(
    graded: dict[str, Marked],
) -> None:
    said = [text for name in BOOKS if "toss" in name for text in graded[name].messages]
    ours = [text for text in said if "Graded twice" in text]
    assert ours
    assert all("C code (`ctypes`)" in text for text in ours)


def test_what_depends_on_how_far_a_stopped_loop_came_earns_nothing(
    graded: dict[str, Marked],
) -> None:
    im2col = [c for c in graded["stopped"].result.criteria if c.part == "im2col"]
    assert [c.points for c in im2col] == [0] * len(im2col)
    assert all("code that a time limit stops" in c.message["en"] for c in im2col)


def test_right_code_keeps_its_points_without_a_word(graded: dict[str, Marked]) -> None:
    slow = graded["slow, but right"]
    assert slow.lost == set()
    assert set(graded["threads"].lost) <= {"im2col.vectorised"}
    assert not any("Graded twice" in c.message["en"] for c in slow.result.criteria)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (Status.PASSED, Status.PASSED, Status.PASSED),
        (Status.PASSED, Status.FAILED, Status.FAILED),
        (Status.PASSED, Status.TIMEOUT, Status.TIMEOUT),
        (Status.PASSED, Status.CARRIED, Status.CARRIED),
        (Status.CARRIED, Status.PASSED, Status.CARRIED),
        (Status.CARRIED, Status.MISSING, Status.MISSING),
        (Status.PASSED, Status.GRADER_ERROR, Status.GRADER_ERROR),
    ],
)
def test_the_worse_counts(first: Status, second: Status, counts: Status) -> None:
    found = worse(Outcome(first), Outcome(second), (Unfixable.THREADS,))
    assert found.status is counts
    assert (CameOutDifferently((Unfixable.THREADS,)) in found.remarks) is (counts is not first)
