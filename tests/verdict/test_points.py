"""Where grades are made: which statuses earn, and how points add up."""

from __future__ import annotations

import random

import pytest

from autograder.course.models import Criterion
from autograder.status import Status
from autograder.text import Text
from autograder.verdict.points import points, score
from autograder.verdict.schema import SCHEMA_FILE


def criterion(worth: float, bonus: bool = False) -> Criterion:
    return Criterion("f.works", "f", worth, bonus, Text(en="x"), None)


@pytest.mark.parametrize(
    ("status", "earned"),
    [
        ("passed", 2.5),
        ("carried", 2.5),
        ("grader_error", 0.0),  # until the instructor has looked
        ("failed", 0.0),
        ("error", 0.0),
        ("timeout", 0.0),
        ("missing", 0.0),
    ],
)
def test_a_criterion_earns_all_of_its_points_or_none(status, earned):
    status = Status(status)
    assert points(criterion(2.5), status) == earned
    assert points(criterion(2.5, bonus=True), status) == earned


def test_a_fault_that_shows_without_the_students_data_costs_nothing():
    assert points(criterion(2.5), Status.GRADER_ERROR, fails_without_student=True) == 2.5
    assert points(criterion(2.5), Status.FAILED, fails_without_student=True) == 0.0


def test_the_statuses_are_those_of_the_contract():
    import json

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    known = schema["properties"]["criteria"]["items"]["properties"]["status"]["enum"]
    assert known == [*Status]


def test_the_order_of_criteria_cannot_change_a_score():
    earned = [0.1] * 10 + [0.5, 1.5, 1e-9] * 7
    exact = score(earned)
    for seed in range(20):
        shuffled = earned[:]
        random.Random(seed).shuffle(shuffled)
        assert score(shuffled) == exact
    assert score([0.1] * 10) == 1.0  # where adding one by one gives 0.999…


def test_nothing_earned_is_zero():
    assert score([]) == 0.0
