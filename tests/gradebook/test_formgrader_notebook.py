"""What formgrader shows: criteria with their verdicts, and nothing of a student's as Markdown."""

import json
from typing import Any

import nbformat
from nbconvert import HTMLExporter

from autograder.corrections.apply import NO_CORRECTIONS
from autograder.course.models import Course
from autograder.gradebook.entries import maxima
from autograder.gradebook.formgrader import graded_notebook, is_ours, source_notebook
from tests.report.conftest import make_class, make_course
from tests.results import typed

COURSE: Course = make_course()
EXERCISE = COURSE.exercise("02_im2col")


def graded(kind: str, cells: list[tuple[int, str]] | None = None) -> str:
    one = NO_CORRECTIONS.apply(typed(make_class()[kind]))
    return graded_notebook(EXERCISE, one, cells, "en")


def graded_cells(text: str) -> dict[str, Any]:
    found = [cell["metadata"].get("nbgrader") for cell in json.loads(text)["cells"]]
    return {one["grade_id"]: one["points"] for one in found if one}


def test_there_is_a_cell_for_each_criterion_and_one_for_the_exercise() -> None:
    for text in (graded("full"), source_notebook(EXERCISE, "en")):
        nbformat.validate(nbformat.reads(text, 4))
        assert graded_cells(text) == maxima(EXERCISE)
        assert is_ours(text.encode())


def test_a_criterion_says_what_became_of_it() -> None:
    text = graded("every_status")
    assert "3 of 6 values differ" in text
    assert "im2col(np.arange" in text


def test_nothing_of_a_student_becomes_markup() -> None:
    code = "```\n<script>alert(3)</script>\n# ~~~~"
    book = nbformat.reads(graded("hostile", [(0, code)]), 4)
    html, _ = HTMLExporter().from_notebook_node(book)
    for hostile in ("<script>alert(1)", "<script>alert(3)", "<img src=x onerror"):
        assert hostile not in html
    assert "&lt;" in html
    assert "alert" in html


def test_a_notebook_of_somebody_else_is_not_ours() -> None:
    assert not is_ours(b'{"metadata": {}, "cells": []}')
    assert not is_ours(b"no notebook")
