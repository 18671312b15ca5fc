"""One result assembled from the decisions, and as the text of result.json."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course.models import Criterion, Exercise, Part, Reveal
from autograder.errors import InvalidResult
from autograder.sandbox.host.isolation import Level
from autograder.status import CellStatus, Status
from autograder.text import Text
from autograder.verdict.codec import decode, encode
from autograder.verdict.result import CellResult, Decision, File, Result, result
from tests.results import sample_result

X = Text(en="x", ja="エックス")
WHY = Text(en="why", ja="理由")


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
    folder, suite = Path("solutions/01_x"), Path("tests/test_01_x.py")
    return Exercise("01_x", X, X, 4.5, (), Reveal.NONE, (one, two), folder, suite)


IDS = ["f.a", "f.b", "f.c", "Net.forward.a"]


def made(*statuses: str, **fields: Any) -> Result:
    decisions = {
        name: Decision(Status(status), Text() if status == "passed" else WHY)
        for name, status in zip(IDS, statuses, strict=True)
    }
    given = {
        "student": "佐藤 健",
        "file": File("submitted/x.ipynb", "a1" * 32),
        "course_sha256": "c0" * 32,
        "isolation": Level.FULL,
        "decisions": decisions,
    }
    return result(exercise(), **(given | fields))


def test_everything_right_is_more_than_the_maximum_by_the_bonus():
    record = made(*["passed"] * 4)
    assert (record.score, record.max_score, record.status) == (5.0, 4.5, "graded")


def test_each_criterion_counts_for_itself():
    record = made("passed", "failed", "timeout", "passed")
    assert record.score == 2.5
    assert [c.points for c in record.criteria] == [1.0, 0.0, 0.0, 1.5]
    assert [c.max_points for c in record.criteria] == [1.0, 2.0, 0.5, 1.5]
    assert [c.part for c in record.criteria] == ["f", "f", "f", "Net.forward"]


@pytest.mark.parametrize("status", ["failed", "error", "timeout", "missing"])
def test_nothing_right_earns_nothing(status):
    assert made(*[status] * 4).score == 0.0


@pytest.mark.parametrize(("fails_without_student", "score"), [(True, 3.0), (False, 1.0)])
def test_a_fault_of_the_grader_costs_nothing_where_it_is_shown_to_be_ours(
    fails_without_student, score
):
    decisions = {name: Decision(Status.FAILED) for name in IDS}
    decisions[IDS[0]] = Decision(Status.PASSED)
    decisions[IDS[1]] = Decision(Status.GRADER_ERROR, fails_without_student=fails_without_student)
    record = made(*["failed"] * 4, decisions=decisions)
    assert record.status == "grader_error"
    assert record.score == score
    assert record.needs_review is not fails_without_student


def test_an_unreadable_file_says_so_at_every_criterion():
    record = made(*["missing"] * 4, unreadable=True, file=File("x", None))
    assert (record.status, record.score) == ("unreadable", 0.0)
    assert {c.message["ja"] for c in record.criteria} == {"理由"}


def test_criteria_are_in_the_order_of_the_exercise_whatever_order_they_were_decided_in():
    first = made("passed", "failed", "missing", "error")
    decisions = {c.id: Decision(c.status, c.message) for c in reversed(first.criteria)}
    assert made(*["passed"] * 4, decisions=decisions).stable == first.stable


def test_a_criterion_that_was_not_decided_is_no_result():
    with pytest.raises(KeyError):
        made(*["passed"] * 4, decisions={"f.a": Decision(Status.PASSED)})


def test_times_are_printed_in_milliseconds():
    record = made(*["passed"] * 4, wall_s=1.23456, cpu_s=0.00049)
    assert (record.timing.wall_s, record.timing.cpu_s) == (1.235, 0.0)


def test_times_and_places_are_apart_from_what_has_to_be_the_same():
    here = made("passed", "failed", "error", "passed", wall_s=1.0)
    there = made("passed", "failed", "error", "passed", wall_s=9.0, file=File("y", "a1" * 32))
    assert here != there
    assert here.stable == there.stable
    assert here.stable != made("passed", "failed", "failed", "passed").stable


# --- as text ----------------------------------------------------------------------------------


def test_the_text_has_the_fields_of_the_contract_in_its_order():
    text = json.dumps(sample_result(), ensure_ascii=False, indent=1)
    fields = json.loads(encode(decode(text)), object_pairs_hook=list)
    assert [key for key, _ in fields] == list(sample_result())
    criterion = dict(fields)["criteria"][1]
    assert [key for key, _ in criterion] == list(sample_result()["criteria"][1])
    assert json.loads(encode(decode(text))) == sample_result()


def test_what_is_read_is_what_was_written():
    cells = (
        CellResult(0, CellStatus.OK, None),
        CellResult(4, CellStatus.ERROR, "line 2: NameError: x"),
    )
    record = made("passed", "failed", "missing", "error", cells=cells, wall_s=1.5)
    assert decode(encode(record)) == record
    assert encode(decode(encode(record))) == encode(record)


def test_a_result_reaches_the_main_process_as_it_is():
    sent = decode(json.dumps(sample_result()))
    assert sent.criteria
    assert sent.cells
    got = pickle.loads(pickle.dumps(sent))
    assert got == sent
    assert encode(got) == encode(sent)
    assert [type(each.status) for each in got.criteria] == [Status] * len(sent.criteria)
    with pytest.raises(FrozenInstanceError):
        got.criteria[0].points = 9.0


def test_a_course_of_one_language_fills_the_other_of_the_contract():
    only = Text(en="why")
    record = made(*["failed"] * 4, decisions=dict.fromkeys(IDS, Decision(Status.FAILED, only)))
    message = json.loads(encode(record))["criteria"][0]["message"]
    assert message == {"en": "why", "ja": "why"}


def test_a_third_language_follows_the_two_of_the_contract():
    text = Text(fr="pourquoi", en="why", ja="理由")
    record = made(*["failed"] * 4, decisions=dict.fromkeys(IDS, Decision(Status.FAILED, text)))
    message = json.loads(encode(record))["criteria"][0]["message"]
    assert list(message.items()) == [("en", "why"), ("ja", "理由"), ("fr", "pourquoi")]


def test_what_breaks_the_contract_is_neither_written_nor_read():
    record = replace(made(*["passed"] * 4), score=9.0)
    with pytest.raises(InvalidResult, match="add up to 5"):
        encode(record)
    with pytest.raises(InvalidResult, match="Expecting value"):
        decode("")
