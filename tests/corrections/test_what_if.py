"""Who gains or loses what if criteria count differently."""

import pytest

from autograder.corrections.apply import Correction, Corrections
from autograder.corrections.what_if import Change, differences
from tests.report.conftest import im2col_criteria, make_course
from tests.results import make_result, typed

EXERCISE = "02_im2col"


def of(student, *failed):
    criteria = im2col_criteria(**{id.replace(".", "__"): {"status": "failed"} for id in failed})
    for criterion in criteria:
        criterion["points"] *= criterion["status"] == "passed"
    return typed(make_result(student, EXERCISE, criteria, max_score=6))


CLASS = [of("aiko"), of("ben", "im2col.stride"), of("chiyo", "col2im.overlap", "im2col.stride")]


def change(corrections=(), **how):
    found = differences(
        CLASS, make_course().exercise(EXERCISE), 1.0, Corrections(corrections), Change(**how)
    )
    return {
        one.student: (one.before, one.before_of, one.after, one.after_of)
        for one in found
        if one.changes
    }


def test_a_dropped_criterion_leaves_points_and_maximum():
    assert change(drop=frozenset({"im2col.stride"})) == {
        "aiko": (6, 6, 5, 5),
        "ben": (5, 6, 5, 5),
        "chiyo": (3.5, 6, 3.5, 5),
    }


def test_a_criterion_given_to_all_helps_those_who_missed_it():
    assert change(give=frozenset({"im2col.stride"})) == {
        "ben": (5, 6, 6, 6),
        "chiyo": (3.5, 6, 4.5, 6),
    }


def test_a_criterion_worth_more_changes_the_maximum():
    assert change(points={"col2im.overlap": 3.5})["chiyo"] == (3.5, 6, 3.5, 8)
    assert change(points={"col2im.overlap": 3.5})["ben"] == (5, 6, 7, 8)


def test_corrections_of_single_students_hold_in_both():
    own = (Correction("ben", EXERCISE, "im2col.stride", 0.5),)
    assert "ben" not in change(own, give=frozenset({"im2col.stride"}))


def test_the_most_affected_come_first_and_the_excused_are_left_out():
    excused = Corrections((Correction("aiko", EXERCISE, "*", None, True),))
    found = differences(
        CLASS,
        make_course().exercise(EXERCISE),
        1.0,
        excused,
        Change(drop=frozenset({"im2col.stride", "col2im.overlap"})),
    )
    assert [one.student for one in found] == ["chiyo", "ben"]
    assert found[0].gain == pytest.approx(100 - 100 * 3.5 / 6)


def test_a_grade_given_without_a_hand_in_is_among_them():
    """It used to be left out, so a class had fewer students here than in `--policy`."""
    given = (
        Correction("dai", EXERCISE, "*", 4.0),
        Correction("eri", EXERCISE, "*", None, excused=True),
        Correction("fumi", "03_convolution", "*", 4.0),
    )
    found = change(given, drop=frozenset({"im2col.stride"}))
    assert found.keys() == {"aiko", "ben", "chiyo", "dai"}
    assert found["dai"] == (4, 6, 4, 5)
