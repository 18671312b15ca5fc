"""A file that cannot be meant for the exercise does not replace the student's real hand-in."""

from __future__ import annotations

import json

import pytest

from autograder.collect import table
from autograder.collect.files import Fate
from autograder.ingest import Handout, Handouts
from tests.collect.conftest import zipped

STUB = "def im2col(x):\n    raise NotImplementedError"
HANDOUTS = Handouts(
    lambda: (
        Handout("02_im2col", frozenset(), frozenset({"im2col"}), frozenset({STUB})),
        Handout("03_convolution", frozenset(), frozenset({"Convolution"})),
    )
)


def unneeded():
    pytest.fail("no notebook is new, so none has to be read")


UNREAD = Handouts(unneeded)
JANE = "Jane Doe_{}_assignsubmission_file_/02_im2col.ipynb"


def book(source: str, exercise: str = "") -> bytes:
    cell = {"cell_type": "code", "source": source}
    metadata = {"convkit": {"exercise": exercise}} if exercise else {}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4}).encode()


REAL = book("def im2col(x):\n    return x", "02_im2col")
WEAK = {
    "of another exercise, by its metadata": (
        book("x = 1", "03_convolution"),
        "is evidently the notebook of another exercise",
    ),
    "of another exercise, by what it defines": (
        book("class Convolution:\n    pass"),
        "is evidently the notebook of another exercise",
    ),
    "an unchanged handout": (book(STUB, "02_im2col"), "is the unchanged handout"),
    "damaged": (REAL[:20], "cannot be read as a notebook"),
}


@pytest.mark.parametrize("kind", WEAK)
def test_what_is_newer_but_cannot_be_meant_is_kept_aside_and_said(kind, run):
    weak, why = WEAK[kind]
    first = run({"02.zip": zipped({JANE.format(22): REAL})}, handouts=HANDOUTS)
    assert first.done.notices[:-1] == ()  # the times are unknown
    newer = {JANE.format(11): weak}
    later = zipped(newer, time=(2026, 6, 1, 12, 0, 0))
    for handouts in (HANDOUTS, UNREAD):  # collecting again changes nothing, and reads nothing
        outcome = run({"01.zip": later}, handouts=handouts)
        assert outcome.kept == {
            "Jane Doe/02_im2col.ipynb": REAL,
            "Jane Doe/old/02_im2col (1).ipynb": weak,
        }
        rows = table.decode((outcome.out / table.FILE).read_bytes())
        assert {(row.fate, row.source.split("_")[1], row.note) for row in rows} == {
            (Fate.COUNTS, "22", ""),
            (Fate.EARLIER, "11", why),
        }
        assert any(f"{why}, so another hand-in counts" in line for line in outcome.done.notices)


def test_of_two_weak_ones_the_newer_counts(run):
    older, newer = (book("x = 1", "03_convolution"), book("x = 2", "03_convolution"))
    files = {JANE.format(1): older}
    run({"a.zip": zipped(files)}, handouts=HANDOUTS)
    again = zipped({JANE.format(1): newer}, time=(2026, 6, 1, 12, 0, 0))
    outcome = run({"b.zip": again}, handouts=HANDOUTS)
    assert outcome.kept["Jane Doe/02_im2col.ipynb"] == newer
