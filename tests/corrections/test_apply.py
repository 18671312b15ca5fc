"""What corrections make of a result, which itself stays as the grader wrote it."""

from autograder.corrections.apply import Correction, Corrections
from tests.results import make_criterion, make_result, typed

EXERCISE = "02_im2col"


def result(*statuses, **fields):
    criteria = [make_criterion(f"f.{n}", status) for n, status in enumerate(statuses)]
    return typed(make_result("aiko", EXERCISE, criteria, **fields))


def broken(points=0):
    criteria = [make_criterion("f.0"), make_criterion("f.1", "grader_error", points=points)]
    return typed(make_result("aiko", EXERCISE, criteria, status="grader_error"))


def corrected(of, *entries, bonus=()):
    full = [Correction(who, EXERCISE, what, *rest) for who, what, *rest in entries]
    return Corrections(tuple(full), bonus={EXERCISE: bonus}).apply(of)


def scores(one):
    return one.result.score, one.result.max_score


def test_without_a_correction_it_is_the_same_result():
    before = result("passed", "failed")
    one = corrected(before, ("ben", "*", 0.0))
    assert one.result is before
    assert (one.decided, one.excused, one.open) == (False, False, ())


def test_points_of_a_criterion_change_the_score():
    one = corrected(result("passed", "failed"), ("aiko", "f.1", 1.5))
    assert scores(one) == (3.5, 4)
    assert one.graded.score == 2
    assert one.by_criterion.keys() == {"f.1"}


def test_a_comment_changes_nothing():
    one = corrected(result("failed"), ("aiko", "f.0", None, False, "See me."))
    assert scores(one) == (0, 2)
    assert not one.decided


def test_a_score_replaces_the_sum():
    assert scores(corrected(result("passed", "failed"), ("aiko", "*", 0.5))) == (0.5, 4)


def test_an_excused_criterion_counts_neither_for_nor_against():
    assert scores(corrected(result("passed", "failed"), ("aiko", "f.1", None, True))) == (2, 2)
    assert scores(corrected(result("passed", "failed"), ("aiko", "f.0", None, True))) == (0, 2)


def test_an_excused_bonus_criterion_leaves_the_maximum():
    before = result("passed", "failed", max_score=2)
    assert scores(corrected(before, ("aiko", "f.1", None, True), bonus={"f.1"})) == (2, 2)


def test_a_students_own_correction_counts_more_than_everybodys():
    before = result("failed", "failed")
    one = corrected(before, ("aiko", "f.0", 1.0), ("*", "f.0", 2.0), ("*", "f.1", 2.0))
    assert scores(one) == (3, 4)


def test_open_points_stay_open_until_they_are_decided():
    assert corrected(broken()).open == ("f.1",)
    commented = corrected(broken(), ("aiko", "f.1", None, False, "I am looking into it."))
    assert (commented.open, commented.result.status) == (("f.1",), "grader_error")
    for decision in (("aiko", "f.1", 2.0), ("aiko", "f.1", 0.0), ("aiko", "*", 3.0)):
        decided = corrected(broken(), decision)
        assert (decided.open, decided.result.status) == ((), "graded")
        assert decided.graded.status == "grader_error"


def test_another_criterion_decides_nothing_about_open_points():
    assert corrected(broken(), ("aiko", "f.0", 0.0)).open == ("f.1",)


def test_a_correction_of_a_criterion_that_the_result_lacks_is_left_out():
    assert corrected(result("passed"), ("aiko", "f.9", 0.0)).by_criterion == {}


def test_decisions_about_what_nobody_graded():
    absent = Correction("ben", EXERCISE, "*", None, True)
    present = Correction("aiko", EXERCISE, "*", 1.0)
    commented = Correction("chiyo", EXERCISE, "*", None, False, "?")
    corrections = Corrections((absent, present, commented, Correction("*", EXERCISE, "*", 0.0)))
    assert corrections.without_result({("aiko", EXERCISE)}) == [absent]
