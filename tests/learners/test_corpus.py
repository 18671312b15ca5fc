"""Every notebook of the corpus gets the statuses that it should."""

from __future__ import annotations

import re

import pytest

from autograder.sandbox.host.session import Budget

from .conftest import COURSE
from .corpus import CORPUS

PATIENT = Budget(cell_s=2, cells_s=4, call_cpu_s=2)


@pytest.fixture(scope="module")
def graded(grade_books):
    return grade_books({name: (e.exercise, list(e.cells)) for name, e in CORPUS.items()}, PATIENT)


@pytest.mark.parametrize("name", CORPUS)
def test_each_criterion_has_its_status(graded, name):
    entry = CORPUS[name]
    expected = {
        criterion.id: entry.expects.get(criterion.id, entry.expects.get(criterion.part, "passed"))
        for criterion in COURSE.exercise(entry.exercise).criteria
    }
    got = {criterion.id: str(criterion.status) for criterion in graded[name].result.criteria}
    assert got == expected
    assert not graded[name].notes


@pytest.mark.parametrize("name", [name for name, entry in CORPUS.items() if entry.says])
def test_the_student_reads_why(graded, name):
    said = {criterion.message["en"] for criterion in graded[name].result.criteria}
    assert any(re.search(CORPUS[name].says, message) for message in said), said


def test_there_are_no_remarks_without_a_reason(graded):
    silent = [name for name, entry in CORPUS.items() if not entry.says and not entry.expects]
    assert silent
    for name in silent:
        told = {criterion.message["en"] for criterion in graded[name].result.criteria}
        assert told == {""} or name == "everything raises from here on", (name, told)
