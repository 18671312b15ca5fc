"""One result put together from what was decided."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course.models import Criterion, Exercise, Part
from autograder.sandbox.host.session import CellRecord
from autograder.suite.outcome import PASSED, Outcome
from autograder.text import Text
from autograder.verdict.result import result
from autograder.verdict.schema import stable, validate

X = Text("x", "エックス")


def exercise() -> Exercise:
    """Two parts: 1 + 2 points and a bonus of 0.5, and 1.5 points."""
    one = Part(
        "f",
        X,
        (),
        (
            Criterion("f.a", "f", 1.0, False, X, None),
            Criterion("f.b", "f", 2.0, False, X, None),
            Criterion("f.c", "f", 0.5, True, X, None),
        ),
    )
    two = Part(
        "Net.forward", X, ("f",), (Criterion("Net.forward.a", "Net.forward", 1.5, False, X, None),)
    )
    folder = Path("solutions/01_x")
    return Exercise("01_x", X, X, 4.5, (), "none", (one, two), folder, Path("tests/test_01_x.py"))


IDS = ["f.a", "f.b", "f.c", "Net.forward.a"]


def made(*statuses: str, **fields: Any) -> dict[str, Any]:
    outcomes = {
        name: PASSED if status == "passed" else Outcome(status, Text("why", "理由"))
        for name, status in zip(IDS, statuses, strict=True)
    }
    given = {
        "student": "佐藤 健",
        "file": "submitted/x.ipynb",
        "sha256": "a1" * 32,
        "course_sha256": "c0" * 32,
        "isolation": "full",
    }
    record = result(exercise(), outcomes=outcomes, **(given | fields))
    validate(json.loads(json.dumps(record)))
    return record


def test_everything_right_is_more_than_the_maximum_by_the_bonus():
    record = made(*["passed"] * 4)
    assert (record["score"], record["max_score"], record["status"]) == (5.0, 4.5, "graded")


def test_each_criterion_counts_for_itself():
    record = made("passed", "failed", "timeout", "passed")
    assert record["score"] == 2.5
    assert [c["points"] for c in record["criteria"]] == [1.0, 0.0, 0.0, 1.5]
    assert [c["max_points"] for c in record["criteria"]] == [1.0, 2.0, 0.5, 1.5]
    assert [c["part"] for c in record["criteria"]] == ["f", "f", "f", "Net.forward"]


@pytest.mark.parametrize("status", ["failed", "error", "timeout", "missing"])
def test_nothing_right_earns_nothing(status):
    assert made(*[status] * 4)["score"] == 0.0


def test_one_fault_of_the_grader_marks_the_whole_result_and_costs_nothing():
    record = made("passed", "grader_error", "failed", "failed")
    assert record["status"] == "grader_error"
    assert record["score"] == 3.0


def test_an_unreadable_file_says_so_at_every_criterion():
    record = made(*["missing"] * 4, status="unreadable", sha256=None)
    assert (record["status"], record["score"]) == ("unreadable", 0.0)
    assert {c["message"]["ja"] for c in record["criteria"]} == {"理由"}


def test_criteria_stand_in_the_order_of_the_exercise_whatever_order_they_were_decided_in():
    first = made("passed", "failed", "missing", "error")
    outcomes = {c["id"]: Outcome(c["status"], Text("why", "理由")) for c in first["criteria"]}
    outcomes["f.a"] = PASSED
    again = result(
        exercise(), student="佐藤 健", file="x", sha256="a1" * 32, course_sha256="c0" * 32,
        isolation="full", outcomes=dict(reversed(outcomes.items())),
    )  # fmt: skip
    assert stable(again) == stable(first)


def test_a_criterion_that_was_not_decided_is_no_result():
    with pytest.raises(KeyError):
        result(
            exercise(), student="x", file="x", sha256=None, course_sha256="c0" * 32,
            isolation="full", outcomes={"f.a": PASSED},
        )  # fmt: skip


def test_what_only_the_instructor_may_read_is_not_in_it():
    broken = Outcome("grader_error", Text("our fault", "不具合"), None, "Traceback: secret")
    record = result(
        exercise(), student="x", file="x", sha256=None, course_sha256="c0" * 32,
        isolation="full", outcomes=dict.fromkeys(IDS, broken),
    )  # fmt: skip
    assert "secret" not in json.dumps(record)


def test_cells_and_times_are_told():
    cells = (CellRecord(0, "ok", None), CellRecord(4, "error", "line 2: NameError: x"))
    record = made(*["passed"] * 4, cells=cells, wall_s=1.23456, cpu_s=0.00049)
    assert record["cells"] == [
        {"index": 0, "status": "ok", "error": None},
        {"index": 4, "status": "error", "error": "line 2: NameError: x"},
    ]
    assert record["timing"] == {"wall_s": 1.235, "cpu_s": 0.0}


def test_times_and_places_are_apart_from_what_has_to_be_the_same():
    here = made("passed", "failed", "error", "passed", wall_s=1.0, file="here/x.ipynb")
    there = made("passed", "failed", "error", "passed", wall_s=9.0, file="there/x.ipynb")
    assert here != there
    assert stable(here) == stable(there)
