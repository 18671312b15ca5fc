"""Points are kept for a grader's fault only if the teaching solution meets the same one."""

from __future__ import annotations

import pytest

from autograder.ingest import Submission
from autograder.own_faults.own_faults import OwnFaults, same_fault
from autograder.run.submission import Grader
from autograder.sandbox.host.isolation import Level
from autograder.sandbox.host.limits import Budget
from autograder.status import Status
from autograder.suite.plugin import with_suites
from autograder.verdict.codec import encode
from tests.handed_in import book

FLAT = "same(student.frame_area(0.0, 4.0, 0), 0.0)"
RIGHT = """
def frame_area(height, width, border=1):
    return height * width - max(height - 2 * border, 0) * max(width - 2 * border, 0)
"""
WRONG = "def frame_area(height, width, border=1):\n    return -1.0\n"


@pytest.fixture
def grade(mini, server, tmp_path):
    """Grade notebooks of 01_area in this order; gives results and the faults that were found."""

    def run(*sources):
        course = mini.load()
        faults = OwnFaults(course.root)
        budget = Budget(cell_s=1, cells_s=2, call_cpu_s=0.5, call_wall_s=1.5, total_wall_s=20)
        grader = Grader(course, "c0" * 32, {}, server, Level.LIMITS, budget, own_faults=faults)
        found = []

        def each(suites):
            for source in sources:
                path = tmp_path / "x.ipynb"
                path.write_bytes(book(source))
                submission = Submission("x", "01_area", path, tmp_path)
                found.append(grader.grade(suites, submission).result)

        with_suites(course, [course.exercise("01_area")], each)
        for result in found:
            encode(result)
        return found

    return run


def flat(result):
    return next(c for c in result.criteria if c.id == "frame_area.flat")


def test_a_fault_that_the_teaching_solution_meets_too_costs_nobody(grade, mini):
    mini.replace(mini.area.suite, FLAT, f"{FLAT.replace('same(', '(')}; 1 / 0")
    right, wrong = grade(RIGHT, WRONG)
    for result in (right, wrong):
        assert (flat(result).status, flat(result).points) == (Status.GRADER_ERROR, 1.0)
        assert not result.needs_review
        assert "lose no points" in flat(result).message["en"]
    assert (right.score, wrong.score) == (2.5 + 1, 1.0)


def falling_over(wrong, right="pass"):
    """What the criterion does with a wrong answer, and then with a right one."""
    return f"try:\n        {FLAT}\n    except Exception:\n        {wrong}\n    {right}"


def test_a_fault_that_only_the_students_answer_brings_about_earns_nothing(grade, mini):
    mini.replace(mini.area.suite, FLAT, falling_over("raise KeyError('theirs') from None"))
    right, wrong = grade(RIGHT, WRONG)
    assert flat(right).status is Status.PASSED
    assert (flat(wrong).status, flat(wrong).points) == (Status.GRADER_ERROR, 0.0)
    assert wrong.needs_review


def test_a_fault_that_differs_from_the_teaching_solutions_stays_open(grade, mini):
    broken = falling_over("raise KeyError('theirs') from None", "raise ZeroDivisionError('ours')")
    mini.replace(mini.area.suite, FLAT, broken)
    right, wrong = grade(RIGHT, WRONG)
    assert flat(right).points == 1.0
    assert flat(wrong).points == 0.0


def test_where_nothing_can_be_tried_points_stay_open(grade, mini, monkeypatch):
    monkeypatch.setattr("autograder.own_faults.own_faults.WALL_S", 0.01)
    mini.replace(mini.area.suite, FLAT, "1 / 0")
    (right,) = grade(RIGHT)
    assert (flat(right).points, right.needs_review) == (0.0, True)


def test_a_criterion_is_tried_once_for_a_whole_class(grade, mini, monkeypatch):
    calls = []
    from autograder.own_faults import own_faults

    real = own_faults._notes_of
    monkeypatch.setattr(own_faults, "_notes_of", lambda *a: calls.append(a) or real(*a))
    mini.replace(mini.area.suite, FLAT, "1 / 0")
    grade(RIGHT, RIGHT, WRONG)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("note", "own", "same"),
    [
        ("Traceback\nZeroDivisionError: x", "Traceback\nZeroDivisionError: y", True),
        ("suite.py:3: in f\nE   KeyError: 'a'\nmore", "KeyError", True),
        ("numpy.linalg.LinAlgError: singular", "E   numpy.linalg.LinAlgError: x", True),
        ("KeyError: 'a'", "ValueError: 'a'", False),
        ("KeyError: 'a'", "", False),
        (None, "", False),
        ("MemoryError", "MemoryError", False),
        ("numpy._core._exceptions._ArrayMemoryError: Unable", "_ArrayMemoryError: Unable", False),
        ("OSError: [Errno 28] No space left on device", "OSError: [Errno 28]", False),
        ("autograder.sandbox.host.overload.HostOverload: more than 3 s", "HostOverload: 3", False),
    ],
)
def test_faults_are_the_same_if_the_exception_is_and_no_resource_was_short(note, own, same):
    assert same_fault(note, own) is same
