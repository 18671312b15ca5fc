"""A change of points needs no grading."""

import pytest

from autograder.verdict.reweigh import reweighed
from tests.report.conftest import im2col_criteria, make_course
from tests.results import make_criterion, make_result, typed

COURSE = make_course()
EXERCISE = COURSE.exercise("02_im2col")


def stored(points, status="passed", earned=None, **fields):
    """A result in which im2col.stride, now worth 1, has these points."""
    stride = {"status": status, "max_points": points}
    criteria = im2col_criteria()
    criteria[1] = make_criterion("im2col.stride", **stride)
    if earned is not None:
        criteria[1]["points"] = earned
    return typed(make_result("aiko", "02_im2col", criteria, **fields))


def test_the_same_points_give_the_same_result():
    result = stored(1)
    assert reweighed(result, EXERCISE, 1.0) is result


@pytest.mark.parametrize(
    ("result", "score"),
    [
        (stored(3), 6),
        (stored(3, "failed"), 5),
        (stored(3, "carried", earned=1.5), 5.5),
        (stored(3, "grader_error", earned=3), 6),
        (stored(3, "grader_error", earned=0), 5),
    ],
)
def test_what_was_decided_counts_with_the_new_points(result, score):
    now = reweighed(result, EXERCISE, 0.5)
    assert now is not None
    assert (now.score, now.max_score) == (score, 6)
    assert [c.status for c in now.criteria] == [c.status for c in result.criteria]


def test_a_file_that_was_not_read_earns_nothing():
    criteria = [{**c, "status": "missing", "own_status": "missing", "points": 0, "max_points": 2}
                for c in im2col_criteria()]  # fmt: skip
    result = typed(make_result("aiko", "02_im2col", criteria, status="unreadable"))
    now = reweighed(result, EXERCISE, 1.0)
    assert now is not None
    assert (now.score, now.max_score) == (0, 6)


def test_other_criteria_have_to_be_graded():
    assert reweighed(typed(make_result("aiko")), EXERCISE, 1.0) is None
