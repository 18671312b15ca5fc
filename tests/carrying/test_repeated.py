"""A part's first criterion says why something was replaced; the others do not repeat it."""

from __future__ import annotations

from dataclasses import replace

from autograder.carrying.repeated import give_reasons_once
from autograder.course.load import load_course
from autograder.status import Status
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import GradedWith, Replaced
from tests.paths import ROOT


def test_reasons_are_given_once_for_each_part_and_replacement():
    exercise = load_course(ROOT).exercise("03_convolution")
    forward, backward = (exercise.part(f"Convolution.{name}") for name in ("forward", "backward"))
    first, *others, last = (criterion.id for criterion in forward.criteria)
    long = GradedWith((Replaced("im2col"),), passed=True)
    carried = Outcome(Status.CARRIED, remarks=(long,))
    with_others = Outcome(Status.CARRIED, remarks=(GradedWith((Replaced("col2im"),), passed=True),))
    outcomes = dict.fromkeys((criterion.id for criterion in exercise.criteria), carried)
    outcomes[last] = with_others

    told = give_reasons_once(exercise, outcomes)

    assert told[first] == told[backward.criteria[0].id] == carried
    assert told[last] == with_others
    short = replace(carried, remarks=(replace(long, reasons=False),))
    assert {told[name] for name in others} == {short}
