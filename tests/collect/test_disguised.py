"""Whole notebooks under other names are collected as what they are."""

from __future__ import annotations

import pytest

from autograder.collect.files import Fate
from tests.collect.conftest import notebook, zipped
from tests.ingest.test_disguised import HANDOUTS, WHOLE, book

ANN = "Ann_1_assignsubmission_file"
A, B = notebook("a"), notebook("b")


@pytest.mark.parametrize("exercise", ["", "02_im2col"])
@pytest.mark.parametrize("name", WHOLE)
def test_it_counts(run, name, exercise):
    files = {"in.zip": zipped({f"{ANN}/{name}": A})}
    for _ in range(2):  # what is collected already stays what it is
        outcome = run(files, exercise=exercise)
        assert outcome.kept == {"Ann/02_im2col.ipynb": A}
        assert outcome.done.problems == ()
    other = run({"b.zip": zipped({"Ben_2_assignsubmission_file/02_im2col.ipynb": B})})
    assert other.kept == {"Ann/02_im2col.ipynb": A, "Ben/02_im2col.ipynb": B}


def test_its_content_says_which_exercise_it_is(run):
    outcome = run({"in.zip": zipped({f"{ANN}/work.json": book()})}, handouts=HANDOUTS)
    assert {*outcome.kept} == {"Ann/02_im2col.ipynb"}


def test_one_of_an_unknown_exercise_stays_a_notebook(run):
    for _ in range(2):
        outcome = run({"in.zip": zipped({f"{ANN}/work.json": A, f"{ANN}/02_im2col.ipynb": B})})
        assert outcome.kept == {"Ann/work.ipynb": A, "Ann/02_im2col.ipynb": B}
        assert outcome.fate("work.json") is Fate.NO_EXERCISE


@pytest.mark.parametrize("name", ["02_im2col.json", "02_im2col", "02_im2col final.txt"])
def test_the_one_that_is_named_like_a_notebook_goes_first(run, name):
    outcome = run({"in.zip": zipped({f"{ANN}/02_im2col.ipynb": A, f"{ANN}/{name}": B})})
    assert outcome.kept == {"Ann/02_im2col.ipynb": A, "Ann/old/02_im2col (1).ipynb": B}


def test_an_editors_copy_stays_beside_the_notebook(run):
    files = {f"{ANN}/02_im2col.ipynb": A, f"{ANN}/02_im2col.ipynb~": B}
    for _ in range(2):
        outcome = run({"in.zip": zipped(files)})
        assert outcome.kept == {
            "Ann/02_im2col.ipynb": A,
            "Ann/02_im2col/02_im2col.ipynb~": B,
        }


def test_a_later_attempt_may_have_such_a_name(run):
    run({"a.zip": zipped({f"{ANN}/02_im2col.ipynb": A})})
    later = {f"{ANN}/02_im2col.json": B}
    outcome = run({"b.zip": zipped(later, time=(2026, 5, 9, 12, 0, 0))})
    assert outcome.kept == {"Ann/02_im2col.ipynb": B, "Ann/old/02_im2col (1).ipynb": A}


@pytest.mark.parametrize("name", ["02_im2col.json", "02_im2col", "02_im2col.ipynb.crdownload"])
def test_damaged_ones_and_data_are_other_files(run, name):
    outcome = run({"in.zip": zipped({f"{ANN}/{name}": b'{"cells": [1, 2'})})
    assert outcome.kept == {f"Ann/02_im2col/{name}": b'{"cells": [1, 2'}
    assert outcome.done.problems[0].startswith("02_im2col: 1 student handed in no notebook")
