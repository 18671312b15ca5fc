"""Inputs: the same for everybody in a class, other ones in another class, and fit for their use."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from autograder.suite.inputs import Make


def draw(make: Make) -> list[np.ndarray]:
    return [
        make.normal(2, 3),
        make.uniform(4, low=-1.0, high=2.0),
        make.integers(0, 9, 5),
        make.distinct(2, 4),
        make.rng.permutation(7),
    ]


def test_salt_and_criterion_decide():
    here = draw(Make("salt", "im2col.stride"))
    again = draw(Make("salt", "im2col.stride"))
    assert all(np.array_equal(a, b) for a, b in zip(here, again, strict=True))
    for other in (Make("salt2", "im2col.stride"), Make("salt", "im2col.pad"),
                  Make("sal", "tim2col.stride"), Make("", "saltim2col.stride")):  # fmt: skip
        assert not any(np.array_equal(a, b) for a, b in zip(here[:2], draw(other)[:2], strict=True))


def test_another_process_draws_the_same():
    """Not the same as within one: a seed from `hash` would differ from process to process."""
    script = (
        "from autograder.suite.inputs import Make\n"
        "print(Make('salt', 'im2col.stride').normal(3).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == Make("salt", "im2col.stride").normal(3).tobytes().hex()


def test_the_stream_is_pinned():
    """A change here changes every grade of every course: it wants an entry in CHANGELOG.md."""
    make = Make("salt", "im2col.stride")
    assert make.normal(3).round(6).tolist() == [-1.733049, 0.331095, -0.129273]
    assert make.distinct(6).tolist() == [0.25, -0.25, -0.5, -0.75, 0.0, 0.5]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_shapes_and_dtypes_are_those_asked_for(dtype):
    make = Make("s", "c")
    for array in (make.normal(2, 3, dtype=dtype), make.uniform(2, 3, dtype=dtype),
                  make.distinct(2, 3, dtype=dtype)):  # fmt: skip
        assert (array.shape, array.dtype) == ((2, 3), dtype)
    whole = make.integers(0, 5, 2, 3)
    assert (whole.shape, whole.dtype) == ((2, 3), np.int64)


def test_uniform_and_integers_stay_within_their_bounds():
    make = Make("s", "c")
    low, high = make.uniform(500, low=2.0, high=3.0), make.integers(-2, 2, 500)
    assert low.min() >= 2.0
    assert low.max() < 3.0
    assert set(high.tolist()) == {-2, -1, 0, 1}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int64, np.int8, np.uint8])
@pytest.mark.parametrize("shape", [(4,), (2, 3, 4, 5), (1, 1), (0, 3)])
def test_distinct_numbers_are_distinct_in_every_dtype(dtype, shape):
    array = Make("s", "c").distinct(*shape, dtype=dtype)
    assert array.shape == shape
    assert np.unique(array).size == array.size


def test_distinct_numbers_have_both_signs_and_are_well_apart():
    array = np.sort(Make("s", "c").distinct(50), axis=None)
    assert array[0] < 0 < array[-1]
    assert np.diff(array).min() == 0.25


@pytest.mark.parametrize(("size", "dtype"), [(300, np.uint8), (20_000, np.float16), (3, np.bool_)])
def test_more_distinct_numbers_than_there_are_is_an_error_of_the_suite(size, dtype):
    with pytest.raises(ValueError, match="distinct values"):
        Make("s", "c").distinct(size, dtype=dtype)


def test_what_takes_long_is_computed_for_the_first_notebook_only():
    kept = {}
    first, second = Make("s", "c", kept), Make("s", "c", kept)
    assert (first.once(lambda: [1]), first.once(lambda: [2])) == ([1], [2])
    assert (second.once(lambda: [3]), second.once(lambda: [4])) == ([1], [2])
    assert Make("s", "c").once(lambda: [3]) == [3]


def test_a_test_that_changes_what_was_computed_changes_it_for_nobody_else():
    kept = {}
    Make("s", "c", kept).once(lambda: np.zeros(2))[:] = 1
    np.testing.assert_array_equal(Make("s", "c", kept).once(lambda: np.ones(2)), [0, 0])


def test_what_is_drawn_after_it_is_the_same_for_every_notebook():
    kept = {}
    drawn = []
    for _ in range(2):
        make = Make("s", "c", kept)
        inside = make.once(lambda make=make: make.normal(2))
        drawn.append([*inside, *make.normal(3)])
    straight = Make("s", "c").normal(5)
    np.testing.assert_array_equal(drawn, [straight, straight])


def test_criteria_share_what_has_a_name():
    kept = {}
    first, second = Make("s", "c", kept), Make("s", "d", kept)
    here, there = (make.shared("weights").once(lambda: [1]) for make in (first, second))
    assert here == there == second.shared("weights").once(lambda: [2]) == [1]
    np.testing.assert_array_equal(
        first.shared("weights").normal(3), second.shared("weights").normal(3)
    )
    assert second.shared("biases").once(lambda: [3]) == [3]
    assert second.once(lambda: [4]) == [4]


def test_sides_of_a_large_image_vary_widely_and_its_area_hardly():
    sides = [Make("salt", f"im2col.{number}").sides(11_000, 60) for number in range(300)]
    assert all(11_000 <= h * w <= 12_200 and min(h, w) >= 60 for h, w in sides)
    assert len({h for h, _ in sides}) > 80
    assert len({w for _, w in sides}) > 80
    assert sum(h > w for h, w in sides) > 100
