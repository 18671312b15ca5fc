import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    global_average_pooling_1d,
    global_average_pooling_2d,
    numerical_gradient,
)

CASES = [
    # function, layer, data_format, shape of x, axes to average over
    (global_average_pooling_2d, GlobalAveragePooling2D, "channels_first", (2, 3, 4, 5), (2, 3)),
    (global_average_pooling_2d, GlobalAveragePooling2D, "channels_first", (3, 4, 5), (1, 2)),
    (global_average_pooling_2d, GlobalAveragePooling2D, "channels_last", (2, 4, 5, 3), (1, 2)),
    (global_average_pooling_2d, GlobalAveragePooling2D, "channels_last", (4, 5, 3), (0, 1)),
    (global_average_pooling_1d, GlobalAveragePooling1D, "channels_first", (2, 3, 5), (2,)),
    (global_average_pooling_1d, GlobalAveragePooling1D, "channels_first", (3, 5), (1,)),
    (global_average_pooling_1d, GlobalAveragePooling1D, "channels_last", (2, 5, 3), (1,)),
    (global_average_pooling_1d, GlobalAveragePooling1D, "channels_last", (5, 3), (0,)),
]
every_case = pytest.mark.parametrize(("function", "layer", "data_format", "shape", "axes"), CASES)


@every_case
def test_forward_averages_over_all_places(rng, function, layer, data_format, shape, axes):
    x = rng.normal(size=shape)
    expected = x.sum(axis=axes) / np.prod([shape[axis] for axis in axes])
    assert_allclose(function(x, data_format), expected, rtol=1e-12)
    assert_allclose(layer(data_format).forward(x), expected, rtol=1e-12)


@every_case
def test_backward_agrees_with_finite_differences(rng, function, layer, data_format, shape, axes):
    x = rng.normal(size=shape)
    gap = layer(data_format)
    dout = rng.normal(size=gap.forward(x).shape)
    slope = numerical_gradient(lambda v: (v.mean(axis=axes) * dout).sum(), x)
    assert_allclose(gap.backward(dout), slope, atol=1e-8)
    assert_allclose(function(gap.backward(dout), data_format), dout / (x.size / dout.size))


def test_worked_example_one_ninth():
    gap = GlobalAveragePooling2D("channels_last")
    assert gap.forward(np.zeros((1, 3, 3, 2))).shape == (1, 2)
    assert_allclose(gap.backward(np.ones((1, 2))), np.full((1, 3, 3, 2), 1 / 9))


def test_convention_channels_come_first_by_default(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    assert_array_equal(global_average_pooling_2d(x), global_average_pooling_2d(x, "channels_first"))
    assert GlobalAveragePooling2D().data_format == "channels_first"


def test_three_dimensions_are_a_picture_in_2d_and_a_batch_in_1d(rng):
    x = rng.normal(size=(2, 3, 4))
    assert global_average_pooling_2d(x).shape == (2,)
    assert global_average_pooling_1d(x).shape == (2, 3)


def test_dtypes_and_unchanged_inputs():
    x = np.ones((2, 3, 4, 4), dtype=np.float32)
    x.setflags(write=False)
    dout = np.ones((2, 3))
    dout.setflags(write=False)
    gap = GlobalAveragePooling2D()
    assert gap.forward(x).dtype == global_average_pooling_2d(x).dtype == np.float32
    dx = gap.backward(dout)
    assert dx.dtype == np.float32
    dx[0, 0, 0, 0] = 5  # an array of its own, not a broadcast view
    assert (dx == 5).sum() == 1
    assert global_average_pooling_1d(np.arange(6).reshape(2, 3)).dtype == np.float64


def test_float16_does_not_overflow():
    assert global_average_pooling_1d(np.full((1, 10_000), 10, dtype=np.float16)) == 10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: global_average_pooling_2d(np.zeros((2, 3))), r"4 .* or 3 .*got 2: shape \(2, 3\)"),
        (lambda: global_average_pooling_2d(np.zeros((1, 1, 2, 3, 4))), "got 5"),
        (lambda: global_average_pooling_1d(np.zeros((1, 2, 3, 4))), r"3 .* or 2 .*got 4"),
        (lambda: global_average_pooling_2d(np.zeros((2, 3, 0, 4))), "at least one place"),
        (lambda: global_average_pooling_2d(np.zeros((2, 3, 4)), "NCHW"), "got 'NCHW'"),
        (lambda: GlobalAveragePooling1D("last"), "data_format must be .* got 'last'"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_backward_checks_what_it_gets():
    gap = GlobalAveragePooling2D()
    with pytest.raises(RuntimeError, match=r"GlobalAveragePooling2D\.backward needs a call"):
        gap.backward(np.ones((1, 2)))
    gap.forward(np.zeros((2, 3, 4, 4)))
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 3\)"):
        gap.backward(np.ones((3, 2)))
