"""A notebook that uses a source of chance which cannot be fixed: graded again, the worst counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from types import MappingProxyType, SimpleNamespace

import pytest

from autograder.ingest.hand_ins import Gradings
from autograder.run import repeated_grading
from autograder.run.repeated_grading import worse, worst_of_several
from autograder.sandbox.host.limits import Budget
from autograder.sandbox.protocol.unfixable import Unfixable
from autograder.status import CellStatus, Status
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
    ours = [text for text in said if "Graded several times" in text]
    assert ours
    assert all("C code (`ctypes`)" in text for text in ours)
    criteria = [c for name in BOOKS if "toss" in name for c in graded[name].result.criteria]
    assert all(c.points == 0 for c in criteria if "Graded several times" in c.message["en"])


def test_what_depends_on_how_far_a_stopped_loop_came_earns_nothing(
    graded: dict[str, Marked],
) -> None:
    im2col = [c for c in graded["stopped"].result.criteria if c.part == "im2col"]
    assert [c.points for c in im2col] == [0] * len(im2col)
    assert all("code that a time limit stops" in c.message["en"] for c in im2col)


def test_it_is_recorded_how_often_a_notebook_was_graded_and_why(
    graded: dict[str, Marked],
) -> None:
    assert graded["slow, but right"].gradings == Gradings()
    found = graded["threads"].gradings
    assert found is not None
    assert (found.times > 1, found.sources) == (True, ("threads",))


def test_right_code_keeps_its_points_without_a_word(graded: dict[str, Marked]) -> None:
    slow = graded["slow, but right"]
    assert slow.lost == set()
    assert set(graded["threads"].lost) <= {"im2col.vectorised"}
    assert not any("Graded several times" in c.message["en"] for c in slow.result.criteria)


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


class _Loaded:
    """A session in which nothing runs."""

    cpu_s, host_cpu_s, budget = 0.0, 0.0, Budget()
    unfixable = frozenset({Unfixable.THREADS})
    left_out: Mapping[tuple[int, int], CellStatus] = MappingProxyType({})
    timed_out: frozenset[tuple[int, int]] = frozenset()

    def __init__(self, seconds_ago: float = 0.0) -> None:
        self.loaded_at = time.monotonic() - seconds_ago

    def __enter__(self) -> _Loaded:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def loaded_again(self, *, left_out: Mapping[tuple[int, int], CellStatus]) -> _Loaded:
        assert not left_out
        return _Loaded()


@pytest.fixture
def gradings(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Status, int]]:
    """The status in the end, and how often it was graded, if these are the results in turn."""

    def run(results: list[Status], seconds_ago: float = 0.0) -> tuple[Status, int]:
        first, *more = [Outcome(status) for status in results]
        later = iter(more)
        suites = SimpleNamespace(run=lambda *_: {"c": next(later)})
        carrier = SimpleNamespace(
            course=None,
            suites=suites,
            carry=lambda _exercise, _session, own: nullcontext(SimpleNamespace(best=own)),
        )
        monkeypatch.setattr(repeated_grading, "_sources", lambda *_: _Loaded.unfixable)
        found = worst_of_several(carrier, None, _Loaded(seconds_ago), {"c": first})
        times = len(results) - len(list(later))
        assert found.gradings == (Gradings(times, ("threads",)) if times > 1 else Gradings())
        return found.outcomes["c"].status, times

    return run


P, F = Status.PASSED, Status.FAILED


@pytest.mark.parametrize(
    ("results", "counts", "times"),
    [([P, F], F, 2), ([P, P, P, F], F, 4), ([P, P, P, P, F], P, 4), ([F], F, 1)],
)
def test_a_coin_has_to_fall_well_several_times(gradings, results, counts, times):
    """And what has failed once is not tried again."""
    assert gradings(results) == (counts, times)


def test_what_takes_long_is_graded_twice_at_least(gradings):
    """A third time might be short of time, which right code must not pay for."""
    assert gradings([P, P, F], seconds_ago=Budget().generous_wall_s) == (P, 2)
