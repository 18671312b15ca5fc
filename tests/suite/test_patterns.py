"""Regularities in wrong values: recognised where they are, and never claimed where they are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.models import Reveal
from autograder.messages import differences
from autograder.suite.compare import difference
from autograder.suite.patterns import Pattern

few = settings(max_examples=60, deadline=None, derandomize=True, database=None)

X = np.random.default_rng(3).normal(size=(2, 3, 5, 5))
SQUARE = np.random.default_rng(4).normal(size=(5, 5))


def seen(got: np.ndarray, expected: np.ndarray = X) -> Pattern | None:
    found = difference(got, expected)
    assert found is not None
    return found.pattern


@pytest.mark.parametrize(
    ("got", "pattern"),
    [
        (X.transpose(0, 1, 3, 2), Pattern("axes", (0, 1, 3, 2))),
        (-X, Pattern("sign")),
        (2 * X, Pattern("factor", 2.0)),
        (X / 30, Pattern("factor", 1 / 30)),
        (-X / 2, Pattern("factor", -0.5)),
        (0.7 * X, Pattern("factor", 0.7)),
        ((X / 30).astype(np.float32), Pattern("factor", 1 / 30)),
        (0 * X, Pattern("zeros")),
        (X[::-1], Pattern("slices_order", 0)),
        (X[:, [2, 0, 1]], Pattern("slices_order", 1)),
        (X[..., ::-1], Pattern("flipped", (3,))),
        (X[..., ::-1, ::-1], Pattern("flipped", (2, 3))),
        (np.roll(X, 1, axis=3), Pattern("shifted", ((3, 1),))),
        (np.roll(X, (-1, 1), axis=(2, 3)), Pattern("shifted", ((2, -1), (3, 1)))),
        (X + np.array([1, 0, 2]).reshape(3, 1, 1), Pattern("slices_offset", 1)),
        (X * np.array([[[[3]]], [[[0.5]]]]), Pattern("slices_factor", 0)),
        (X.reshape(2, 5, 5, 3).transpose(0, 3, 1, 2), Pattern("order")),
        (X * (1 + 1e-5), Pattern("nearly")),
        (X + 1e-5, Pattern("nearly")),
        (X.astype(np.float32).astype(np.float64) * (1 + 1e-6), Pattern("nearly")),
    ],
    ids=lambda value: value.name if isinstance(value, Pattern) else "",
)
def test_a_regularity_is_recognised(got, pattern):
    found = seen(got)
    assert found is not None
    assert found.name == pattern.name
    if isinstance(pattern.detail, float):
        assert found.detail == pytest.approx(pattern.detail, rel=1e-6)
    elif pattern.detail is not None:
        assert found.detail == pattern.detail


def test_a_constant_offset_is_recognised():
    assert seen(X + 3).name == "offset"


def test_slices_of_equal_numbers_show_nothing():
    right = np.repeat([1.0, 2.0, 4.0], 6).reshape(3, 6)
    assert seen(right + np.array([[1.0], [5.0], [2.0]]), right) is None


def test_a_symmetric_array_is_not_called_flipped():
    right = np.ones((4, 4))
    right[1] = 2.0
    assert seen(right[::-1], right) is None


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (Pattern("flipped", (2, 3)), "in reverse along axis 2, 3"),
        (Pattern("shifted", ((2, -1), (3, 1))), "shifted (axis 2: -1, axis 3: +1)"),
        (Pattern("slices_offset", 1), "For each index of axis 1"),
        (Pattern("slices_order", 1), "along axis 1 they are in a different order"),
    ],
)
def test_axes_are_named(pattern, told):
    assert told in differences.pattern(pattern, Reveal.SHAPES)["en"]


def test_a_wrong_border_is_recognised():
    got = X.copy()
    got[..., 0, :] = got[..., -1, :] = got[..., :, 0] = got[..., :, -1] = 9
    assert seen(got) == Pattern("border")


@pytest.mark.parametrize(
    "got",
    [
        np.random.default_rng(9).normal(size=X.shape),
        X + np.random.default_rng(9).normal(size=X.shape),
        np.abs(X),
        np.where(X > 0, X, 0),
        X**2,
        np.cumsum(X, axis=-1),
        1e-9 * np.random.default_rng(9).normal(size=X.shape),  # next to nothing is no factor of X
        1e9 * np.random.default_rng(9).normal(size=X.shape),
        np.full(X.shape, 7.0),
        np.full(X.shape, 1e300),
    ],
    ids=["noise", "noisy", "abs", "relu", "squares", "sums", "tiny", "huge", "constant", "vast"],
)
def test_where_nothing_is_seen_nothing_is_claimed(got):
    assert seen(got) is None


def test_one_wrong_element_at_the_edge_is_no_wrong_border():
    got = X.copy()
    got[0, 0, 0, 2] += 1
    assert seen(got) is None


def test_three_by_three_has_hardly_an_inside():
    x = SQUARE[:3, :3]
    got = x.copy()
    got[0, :] += 1
    got[:, 0] += 1
    assert seen(got, x) is None


def test_one_nonzero_element_makes_no_factor():
    expected = np.zeros((3, 4))
    expected[1, 2] = 5.0
    assert seen(expected * 1.4, expected) is None


def test_the_same_few_values_elsewhere_make_no_order():
    mask = (SQUARE > 0).astype(float)
    assert seen(np.roll(mask, 1, axis=0), mask) is None


def test_windows_that_share_pixels_in_another_order_are_recognised():
    """im2col without its transpose: each pixel stands there several times."""
    windows = np.lib.stride_tricks.sliding_window_view(SQUARE[:, :4], (3, 3))
    right = windows.reshape(-1, 9)
    assert seen(windows.transpose(2, 3, 0, 1).reshape(-1, 9), right) == Pattern("order")


@pytest.mark.parametrize("filter_h", [2, 3])
def test_windows_read_from_the_bottom_up_are_neither_shifted_nor_a_matter_of_reshape(filter_h):
    windows = np.lib.stride_tricks.sliding_window_view(X[0, 0], (filter_h, 2))
    got, right = windows[:, :, ::-1].reshape(-1, 2 * filter_h), windows.reshape(-1, 2 * filter_h)
    assert seen(got, right) == Pattern("slices_order", 1)
    told = differences.pattern(Pattern("order"), Reveal.SHAPES)["en"]
    assert told.startswith("All the right numbers are there, but in a different order: where do")


def test_a_few_gradients_among_zeros_elsewhere_make_no_order():
    """The wrong winners of a pooling: that has nothing to do with reshape."""
    expected = np.zeros((2, 3, 4, 6))
    expected[:, :, ::2, ::2] = X.ravel()[:36].reshape(2, 3, 2, 3)
    assert seen(np.roll(expected, 1, axis=3), expected) is None


def test_fewer_than_four_numbers_show_no_pattern():
    expected = np.array([1.0, 2.0, 3.0])
    assert seen(2 * expected, expected) is None
    assert difference(2.0, 1.0).pattern is None


def test_wrong_in_the_sixth_digit_is_nearly_right_and_nothing_else():
    # A factor of 1, an offset or another order would all fit within their own tolerance.
    for got in (X * (1 + 5e-7), X + 5e-7, X + 5e-7 * np.sign(X)):
        assert seen(got) == Pattern("nearly")


@few
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([(6,), (2, 4), (4, 4), (2, 3, 4), (2, 2, 3, 4)]),
    st.floats(1e-3, 1e3),
)
def test_noise_is_never_given_a_meaning(seed, shape, scale):
    rng = np.random.default_rng(seed)
    assert seen(scale * rng.normal(size=shape), rng.normal(size=shape)) is None


@few
@given(st.integers(0, 2**32 - 1), st.integers(-1000, 1000), st.integers(1, 1000))
def test_every_factor_is_reported_exactly(seed, over, under):
    expected = np.random.default_rng(seed).normal(size=(3, 4))
    factor = over / under
    if over == 0:
        assert seen(expected * factor, expected) == Pattern("zeros")
    elif over == -under:
        assert seen(expected * factor, expected) == Pattern("sign")
    elif over != under:
        assert seen(expected * factor, expected).detail == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize(
    ("factor", "text"),
    [(6.0, "6 times"), (-2.0, "-2 times"), (1 / 6, "1/6 times"), (-0.5, "-1/2 times"),
     (0.7, "0.7 times"), (1.5, "1.5 times"), (4 / 3, "4/3 times"), (1 / 300, "1/300 times")],
)  # fmt: skip
def test_a_factor_is_written_as_people_write_it(factor, text):
    told = differences.pattern(Pattern("factor", factor), Reveal.FIRST_DIFFERENCE)
    assert text in told["en"]


def test_without_numbers_the_factor_stays_hidden():
    # Their own result and the factor together would be the right result.
    told = differences.pattern(Pattern("factor", 6.0), Reveal.SHAPES)
    assert "6" not in told["en"] + told["ja"]


SIZES = (5e-324, 1e-320, 1e-310, 1e-300, 1e-13, 1e-5, 0.0, 1e5, 1e13, 1e300, 1.7e308)
ODD_ANSWERS = {
    "a multiple": lambda right, size: right * size,
    "one number": lambda right, size: np.full(right.shape, size),
    "the signs": lambda right, size: np.sign(right) * size,
    "an offset": lambda right, size: right + size,
    "in order": lambda right, size: np.sort(right, axis=None).reshape(right.shape) * size,
}


@pytest.mark.parametrize("make", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_no_answer_is_too_odd_to_be_looked_at(make, dtype):
    """An error here would be the grader's own, and the criterion's points a present."""
    for right in (X, np.ones((2, 3)), 1e-3 * np.sign(X), np.full(4, 1e-280), 1e280 * SQUARE):
        for size in SIZES:
            with np.errstate(all="ignore"):
                got = np.asarray(make(right, size)).astype(dtype)
            found = difference(got, right)
            for pattern in [found.pattern] if found and found.pattern else []:
                assert differences.pattern(pattern, Reveal.FIRST_DIFFERENCE)


def test_a_wrong_shape_is_a_matter_of_axes_only_if_an_order_of_them_explains_the_values() -> None:
    wide = X[:, :, :, :4]
    assert seen(wide.transpose(0, 2, 3, 1), wide) == Pattern("axes", (0, 2, 3, 1))
    assert seen(wide.reshape(2, 5, 4, 3), wide) is None  # the sizes alone say nothing
    assert seen(wide.transpose(0, 2, 3, 1) + 1e-3, wide) is None
    assert seen(np.ones((3, 5)), np.ones((5, 3))) is None
    assert seen(np.full((3, 5), np.nan), SQUARE[:, :3]) is None
    assert seen(np.zeros((2, 1, 1, 2), bool), np.zeros((1, 2, 2, 1))) is None
