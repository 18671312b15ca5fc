import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import convolve2d, correlate2d

from source_lib import conv2d_single, maxpool2d_single

SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
TOY = np.zeros((10, 10))
TOY[2:8, 4:6] = 1.0
TOY[6:8, 1:9] = 1.0


@pytest.mark.parametrize("kernel_shape", [(1, 1), (3, 3), (2, 5), (4, 1)])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 2), (2, 1), (3, 0), (3, 2)])
def test_agrees_with_scipy(rng, kernel_shape, stride, padding):
    image, kernel = rng.normal(size=(9, 8)), rng.normal(size=kernel_shape)
    padded = np.pad(image, padding)
    every = (slice(None, None, stride), slice(None, None, stride))
    assert_allclose(
        conv2d_single(image, kernel, stride, padding),
        correlate2d(padded, kernel, "valid")[every],
        atol=1e-12,
    )
    assert_allclose(
        conv2d_single(image, kernel, stride, padding, flip_kernel=True),
        convolve2d(padded, kernel, "valid")[every],
        atol=1e-12,
    )


def test_convention_the_kernel_is_not_flipped_by_default():
    spike = np.zeros((3, 3))
    spike[0, 0] = 1
    kernel = np.arange(4.0).reshape(2, 2)
    assert_array_equal(conv2d_single(spike, kernel), [[0, 0], [0, 0]])
    assert_array_equal(conv2d_single(spike, kernel, flip_kernel=True), [[3, 0], [0, 0]])


@pytest.mark.parametrize(
    ("stride", "padding", "shape"), [(1, 0, (8, 8)), (1, 1, (10, 10)), (2, 1, (5, 5))]
)
def test_worked_shapes(stride, padding, shape):
    assert conv2d_single(TOY, SOBEL, stride, padding).shape == shape


def test_an_edge_answers_with_its_sign():
    response = conv2d_single(TOY, SOBEL, padding=1)
    assert response[4, 3] == 4  # dark to bright, left of the bar
    assert response[4, 6] == -4  # bright to dark, right of it


@pytest.mark.parametrize(("pool", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3), (1, 1), (5, 5)])
def test_pooling_takes_the_largest_of_each_window(rng, pool, stride):
    x = rng.normal(size=(8, 11)) - 5  # all negative
    expected = [
        [x[top : top + pool, left : left + pool].max() for left in range(0, 12 - pool, stride)]
        for top in range(0, 9 - pool, stride)
    ]
    assert_array_equal(maxpool2d_single(x, pool, stride), expected)


def test_pooling_ignores_left_over_rows_and_columns():
    assert_array_equal(maxpool2d_single(np.arange(25.0).reshape(5, 5)), [[6, 8], [16, 18]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_kept_and_inputs_unchanged(rng, dtype):
    image = rng.normal(size=(6, 7)).astype(dtype)
    before = image.copy()
    assert conv2d_single(image, SOBEL).dtype == dtype
    pooled = maxpool2d_single(image, 1, 1)
    assert pooled.dtype == dtype
    pooled[...] = 7
    assert_array_equal(image, before)


def test_integers():
    image = np.arange(16).reshape(4, 4)
    assert conv2d_single(image, np.ones((2, 2), dtype=np.int64)).dtype == np.float64
    assert maxpool2d_single(image).dtype == image.dtype


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv2d_single(TOY[None], SOBEL), r"image must have 2 .* got 3: shape \(1, 10"),
        (lambda: conv2d_single(TOY, SOBEL[0]), "kernel must have 2 dimensions"),
        (lambda: conv2d_single(TOY[:2], SOBEL), "kernel must fit .* got 3x3"),
        (lambda: conv2d_single(TOY, SOBEL, 0), "stride must be an integer >= 1, got 0"),
        (lambda: conv2d_single(TOY, SOBEL, 1, -2), "pad must be an integer >= 0, got -2"),
        (lambda: maxpool2d_single(TOY, 11), "pool x pool must fit .* got 11x11"),
        (lambda: maxpool2d_single(TOY, 0), "pool must be an integer >= 1, got 0"),
        (lambda: maxpool2d_single(TOY[0]), "feature_map must have 2 dimensions"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()
