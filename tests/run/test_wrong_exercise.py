"""A notebook without ids or metadata that was submitted for the wrong exercise is noticed."""

from __future__ import annotations

import pytest

from autograder.course.load import load_course
from autograder.ingest import Notebook
from autograder.run.wrong_exercise import other_exercise
from tests.paths import ROOT

COURSE = load_course(ROOT)

CONVOLUTION = "class Conv2D:\n    def forward(self, x): ..."
SLOPES = "def numerical_gradient(f, x): ..."
WINDOWS = "from common.util import im2col, col2im"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([WINDOWS, CONVOLUTION, SLOPES], "03_convolution"),
        ([CONVOLUTION, SLOPES, "class Pooling:\n    pass"], "04_pooling"),
        ([CONVOLUTION], None),
        (["def softmax(x): ..."], None),
        (["def img2col(x): ...", CONVOLUTION, SLOPES], None),
        (["# def im2col(x): ...", "x = 1"], None),
    ],
)
def test_what_it_is_complete_for_counts_if_it_has_nothing_of_the_exercise(cells, found):
    notebook = Notebook("", tuple(enumerate(cells)))
    assert other_exercise(COURSE, COURSE.exercise("02_im2col"), notebook) == found
