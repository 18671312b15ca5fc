import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import Affine, Convolution, conv1x1, upsample_nearest


def test_conv1x1_is_a_convolution_with_filters_of_one_pixel(rng):
    x, W, b = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(6, 3)), rng.normal(size=6)
    expected = Convolution(W.reshape(6, 3, 1, 1), b).forward(x)
    assert_allclose(conv1x1(x, W, b), expected, atol=1e-12)
    assert_allclose(conv1x1(x, W), expected - b.reshape(1, 6, 1, 1), atol=1e-12)


def test_conv1x1_is_the_same_classifier_at_every_pixel(rng):
    x, W, b = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(6, 3)), rng.normal(size=6)
    out = conv1x1(x, W, b)
    for y, column in np.ndindex(5, 4):
        expected = Affine(W.T, b).forward(x[:, :, y, column])
        assert_allclose(out[:, :, y, column], expected, atol=1e-12)


def test_upsampling_repeats_every_pixel():
    x = np.array([[1, 2], [3, 4]]).reshape(1, 1, 2, 2)
    assert_array_equal(
        upsample_nearest(x)[0, 0], [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    )


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_upsampling_is_a_kronecker_product(rng, factor):
    x = rng.normal(size=(2, 3, 4, 5))
    assert_array_equal(upsample_nearest(x, factor), np.kron(x, np.ones((1, 1, factor, factor))))


def test_dtypes_layouts_and_fresh_results(rng):
    x = rng.normal(size=(4, 5, 3, 2)).astype(np.float32).T[..., ::-1]
    x.setflags(write=False)
    out = conv1x1(x, np.ones((2, 3)), np.ones(2))
    assert out.dtype == np.float32
    assert_allclose(out, conv1x1(x.copy(), np.ones((2, 3)), np.ones(2)))
    same = upsample_nearest(x, 1)
    assert same.dtype == np.float32
    same[...] = 0  # a copy even where nothing is repeated
    assert x.any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv1x1(np.zeros((1, 3, 4, 4)), np.zeros((2, 4))), "W must have 3 columns"),
        (lambda: conv1x1(np.zeros((3, 4, 4)), np.zeros((2, 3))), "x must have 4 dimensions"),
        (
            lambda: conv1x1(np.zeros((1, 3, 4, 4)), np.zeros((2, 3)), np.zeros(3)),
            r"b must have shape \(2,\)",
        ),
        (lambda: upsample_nearest(np.zeros((1, 1, 2, 2)), 0), "factor must be an integer >= 1"),
        (lambda: upsample_nearest(np.zeros((2, 2))), "x must have 4 dimensions"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, message):
    with pytest.raises(ValueError, match=message):
        call()
