"""Arrays in a counterexample are read back as they were written."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.messages.examples import comment
from autograder.messages.printed import (
    can_be_pasted,
    input_arrays,
    marked,
    printed_array,
    slabs,
    source,
    value,
)
from autograder.suite.smallest_input import Source
from autograder.suite.transcript import array_text

ARRAYS = [
    np.arange(1.0, 7.0).reshape(1, 2, 3),
    np.arange(6),
    np.zeros((1, 1, 2, 2), np.float32),
    np.full((2, 1), 7.5),
    np.array([[1.5, -2e-7], [np.nan, np.inf]]),
    np.array([True, False]),
    np.array([3, 1, 2], np.uint8),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.shape} {a.dtype}")
def test_what_numpy_prints(array):
    with np.printoptions(precision=8, suppress=False):
        read = printed_array(np.array_repr(array))
    assert read.shape == array.shape
    np.testing.assert_allclose([value(entry) for entry in read.entries], array.ravel())


@pytest.mark.parametrize("array", ARRAYS[:4], ids=lambda a: f"{a.shape} {a.dtype}")
def test_what_we_write_to_be_pasted_is_the_array_and_can_be_drawn(array):
    text = array_text(array)
    pasted = eval(text, {"np": np})
    assert (pasted.dtype, pasted.tolist()) == (array.dtype, array.tolist())
    (read,) = input_arrays(f"f({text}, 2)")
    assert (read.shape, [value(e) for e in read.entries]) == (array.shape, array.ravel().tolist())


@pytest.mark.parametrize(
    "text",
    [
        "IndexError: array([[1, 2]])", "array([[1, 2], [3]])", "array([1, 2", "array(1.)", "—", "",
        "array([" + "[" * 50 + "]" * 50 + "])", "array([__import__('os')])", "array([1, [2]])",
        f"array([{', '.join('1' * 500)}])",
    ],
)  # fmt: skip
def test_anything_else_is_no_array(text):
    assert printed_array(text) is None


def test_what_an_entry_is_made_from_is_read_back_from_the_comment():
    window = tuple((0, 0, y, x) for y in (0, 1) for x in (1, 2))
    written = comment((1, 0), Source("x", window))
    assert written == "# expected[1, 0] ← x[0, 0, 0:2, 1:3]"
    read = source(f"im2col(x, 2, 2)\n{written}")
    assert (read.index, read.name, read.inputs) == ((1, 0), "x", frozenset(window))


def test_entries_that_are_not_a_box_are_listed():
    written = comment((0, 1), Source("col", ((0, 1), (1, 0))))
    assert written == "# expected[0, 1] ← col[0, 1], col[1, 0]"
    assert source(written).inputs == {(0, 1), (1, 0)}


def test_wrong_entries_are_between_stars():
    got, right = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 5.0], [3.0, 4.0]])
    assert marked(repr(got), repr(right)) == "array([[1., *2.*],\n       [3., 4.]])"
    assert marked("ValueError: no", repr(right)) == "ValueError: no"


def test_only_calls_that_contain_their_inputs_can_be_pasted():
    assert can_be_pasted("im2col(np.array([[1.]]), 1, 1)")
    assert can_be_pasted("x = np.ones(2)\nf(x, stride=2, mode='same')\nx\n# expected[0] ← x[0]")
    assert can_be_pasted("numerical_gradient(lambda v: float(v.sum()), np.ones(2))")
    assert not can_be_pasted("im2col(x, 1, 1)")
    assert not can_be_pasted("im2col(array(1, 1, 5, 5), 1, 1)")
    assert not can_be_pasted("softmax(list of 12 numbers)")


def test_an_array_of_four_axes_is_one_grid_for_each_image_and_channel():
    read = printed_array(np.array_repr(np.arange(8.0).reshape(2, 1, 2, 2)))
    assert list(slabs(read)) == [((0, 0), [[0, 1], [2, 3]]), ((1, 0), [[4, 5], [6, 7]])]
