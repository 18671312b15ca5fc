"""Cells that students must leave alone are known to the grader as they were handed out."""

from __future__ import annotations

import json

import pytest

from autograder.course.load import load_course
from autograder.course.models import Exercise
from autograder.ingest.parse import normalised
from autograder.run.service import locked_cells
from tests.paths import ROOT

COURSE = load_course(ROOT)


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_the_locked_cells_of_assignments_are_the_ones_that_grading_leaves_out(exercise):
    handed_out = set()
    for lang in COURSE.languages:
        path = ROOT / "assignments" / lang / f"{exercise.id}.ipynb"
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("locked"):
                handed_out.add(normalised("".join(cell["source"])))
    assert handed_out
    assert locked_cells(COURSE, [exercise.id]) == {exercise.id: handed_out}


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.id)
def test_nbgrader_counts_the_points_of_the_exercise(exercise: Exercise) -> None:
    full = exercise.max_score or exercise.bonus
    for lang in COURSE.languages:
        book = json.loads((ROOT / "assignments" / lang / f"{exercise.id}.ipynb").read_bytes())
        found = [cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in book["cells"]]
        assert sum(found) == full
