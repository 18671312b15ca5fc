import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import Pooling, numerical_gradient

THOROUGH = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def naive_max_pooling(x, dout, pool_h, pool_w, stride, pad):
    """Return out and dx by looking at one window at a time, only at its real pixels."""
    N, C, H, W = x.shape
    out_h = (H + 2 * pad - pool_h) // stride + 1
    out_w = (W + 2 * pad - pool_w) // stride + 1
    out = np.zeros((N, C, out_h, out_w), dtype=x.dtype)
    dx = np.zeros(x.shape)
    for n, c, oy, ox in np.ndindex(out.shape):
        best = None
        for y in range(oy * stride - pad, oy * stride - pad + pool_h):
            for x_ in range(ox * stride - pad, ox * stride - pad + pool_w):
                inside = 0 <= y < H and 0 <= x_ < W
                if inside and (best is None or x[n, c, y, x_] > x[n, c, best[0], best[1]]):
                    best = (y, x_)
        out[n, c, oy, ox] = x[n, c, best[0], best[1]]
        if dout is not None:
            dx[n, c, best[0], best[1]] += dout[n, c, oy, ox]
    return out, dx


@st.composite
def pools(draw):
    """x with many ties (few different values), pool_h, pool_w, stride, pad."""
    pool_h, pool_w = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    pad, stride = draw(st.integers(0, min(pool_h, pool_w) - 1)), draw(st.integers(1, 4))
    N, C = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    H = draw(st.integers(max(1, pool_h - 2 * pad), 7))
    W = draw(st.integers(max(1, pool_w - 2 * pad), 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(-4, 0, size=(N, C, H, W)).astype(float), pool_h, pool_w, stride, pad


@THOROUGH
@given(pools(), st.booleans())
def test_forward_and_backward_are_what_the_definition_says(pool, tiny_blocks):
    x, *settings_ = pool
    layer = Pooling(*settings_)
    with pytest.MonkeyPatch.context() as patch:
        if tiny_blocks:
            patch.setattr("source_lib.blocks.BUFFER_BYTES", 100)
        out = layer.forward(x)
        dout = np.random.default_rng(0).normal(size=out.shape)
        dx = layer.backward(dout)
    expected_out, expected_dx = naive_max_pooling(x, dout, *settings_)
    assert_array_equal(out, expected_out)
    assert_allclose(dx, expected_dx, atol=1e-12)


def test_stride_equal_to_the_window_is_a_reshape(rng):
    x = rng.normal(size=(2, 3, 6, 8))
    expected = x.reshape(2, 3, 3, 2, 4, 2).max(axis=(3, 5))
    assert_array_equal(Pooling(2, 2, 2).forward(x), expected)


def test_backward_agrees_with_finite_differences(rng):
    x = rng.permutation(2 * 3 * 5 * 7).reshape(2, 3, 5, 7) * 0.1  # no ties within reach of h
    layer = Pooling(3, 2, 2, 1)
    dout = rng.normal(size=layer.forward(x).shape)
    slope = numerical_gradient(
        lambda v: (naive_max_pooling(v, None, 3, 2, 2, 1)[0] * dout).sum(), x
    )
    assert_allclose(layer.backward(dout), slope, atol=1e-8)


def test_worked_example():
    x = np.arange(128).reshape(1, 2, 8, 8)
    layer = Pooling(2, 2)
    out = layer.forward(x)
    assert out.dtype == x.dtype
    assert_array_equal(out[0, 0, 0], [9, 11, 13, 15])
    assert_array_equal(out[0, 0, 3], [57, 59, 61, 63])
    assert_array_equal(out[0, 1, 0], [73, 75, 77, 79])
    assert_array_equal(out[0, 1, 3], [121, 123, 125, 127])
    dx = layer.backward(out)
    assert_array_equal(dx[0, 0, 1], [0, 9, 0, 11, 0, 13, 0, 15])
    assert_array_equal(dx[0, 0, 0], np.zeros(8))


def test_convention_padding_never_wins():
    # im2col pads with 0, which beats every negative value at the border.
    x = -np.ones((1, 1, 4, 4))
    assert_array_equal(Pooling(3, 3, 1, 1).forward(x), x)


@pytest.mark.parametrize("lowest", [-np.inf, np.finfo(np.float64).min])
def test_convention_padding_takes_no_gradient_even_from_the_lowest_values(lowest):
    x = np.full((1, 1, 3, 3), lowest)
    layer = Pooling(2, 2, 1, 1)
    assert_array_equal(layer.forward(x), np.full((1, 1, 4, 4), lowest))
    # 16 windows, each sends its gradient to its first real pixel.
    assert_array_equal(
        layer.backward(np.ones((1, 1, 4, 4)))[0, 0], [[4, 2, 2], [2, 1, 1], [2, 1, 1]]
    )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.bool_])
def test_padding_never_wins_in_integers_either(dtype):
    x = np.full((1, 1, 3, 3), 0 if dtype == np.bool_ else np.iinfo(dtype).min, dtype=dtype)
    layer = Pooling(3, 3, 1, 1)
    out = layer.forward(x)
    assert out.dtype == dtype
    assert_array_equal(out, x)
    assert layer.backward(np.ones(out.shape)).sum() == 9


def test_convention_of_equal_values_the_first_takes_all():
    # CS231n and a plain `x == max` mask give the gradient to all of them.
    layer = Pooling(2, 2)
    layer.forward(np.zeros((1, 1, 4, 4)))
    expected = np.zeros((4, 4))
    expected[::2, ::2] = [[1, 2], [3, 4]]
    assert_array_equal(layer.backward([[[[1, 2], [3, 4]]]])[0, 0], expected)


def test_convention_the_default_stride_is_two():
    # PyTorch's is the window's size.
    assert Pooling(3, 3).forward(np.zeros((1, 1, 7, 7))).shape == (1, 1, 3, 3)


def test_convention_left_over_pixels_are_ignored():
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    layer = Pooling(2, 2)
    assert_array_equal(layer.forward(x)[0, 0], [[6, 8], [16, 18]])
    assert layer.backward(np.ones((1, 1, 2, 2)))[0, 0, 4].sum() == 0


def test_a_pixel_that_wins_twice_gets_the_sum():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    layer = Pooling(2, 2, 1)
    layer.forward(x)
    assert layer.backward([[[[1, 2], [3, 4]]]])[0, 0, 1, 1] == 10


def test_windows_of_more_than_256_pixels(rng):
    x = rng.normal(size=(1, 2, 20, 40))
    layer = Pooling(20, 20, 20)
    dout = rng.normal(size=layer.forward(x).shape)
    assert_array_equal(layer.backward(dout), naive_max_pooling(x, dout, 20, 20, 20, 0)[1])


@pytest.mark.parametrize(("window", "stride"), [((2, 2), 2), ((3, 4), 4), ((3, 2), 1)])
def test_gradients_find_their_pixels_in_wide_images(window, stride):
    rng = np.random.default_rng(0)
    x = rng.permutation(2 * 3 * 7 * 300).reshape(2, 3, 7, 300).astype(float)
    layer = Pooling(*window, stride)
    out = layer.forward(x)
    dx = layer.backward(np.ones(out.shape))
    winners, times = np.unique(out, return_counts=True)
    order = np.argsort(x[dx > 0])
    assert np.array_equal(x[dx > 0][order], winners)
    assert np.array_equal(dx[dx > 0][order], times)


def test_an_infinite_gradient_stays_in_its_place():
    layer = Pooling(2, 2)
    layer.forward(np.arange(16.0).reshape(1, 1, 4, 4))
    dx = layer.backward(np.full((1, 1, 2, 2), np.inf))
    assert np.isinf(dx).sum() == 4
    assert not np.isnan(dx).any()


def test_calls_do_not_depend_on_earlier_calls_and_nothing_given_is_changed(rng):
    x, other = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(1, 2, 4, 4))
    layer = Pooling(3, 2, 2, 1)
    out = layer.forward(x)
    d = rng.normal(size=out.shape)
    x.setflags(write=False)
    d.setflags(write=False)
    dx = layer.backward(d)
    layer.backward(np.ones(layer.forward(other).shape))
    assert_array_equal(layer.forward(x), out)
    assert_array_equal(layer.backward(d), dx)
    assert_array_equal(layer.backward(d), dx)


def test_memory_layout_does_not_matter(rng):
    x = rng.normal(size=(9, 14, 3, 2)).T[..., ::2, ::-1]
    out = Pooling(3, 2, 2, 1).forward(x)
    layer = Pooling(3, 2, 2, 1)
    assert_array_equal(out, layer.forward(x.copy()))
    d = rng.normal(size=out.shape[::-1])
    assert_array_equal(layer.backward(d.T), layer.backward(d.T.copy()))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_convention_the_input_decides_the_dtype(dtype):
    layer = Pooling(2, 2)
    out = layer.forward(np.zeros((1, 1, 4, 4), dtype=dtype))
    assert out.dtype == layer.backward(np.ones(out.shape)).dtype == dtype


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Pooling(0, 2), ValueError, "pool_h must be an integer >= 1, got 0"),
        (lambda: Pooling(2, 2.0), TypeError, r"pool_w must be an integer >= 1, got 2\.0"),
        (lambda: Pooling(2, 2, 0), ValueError, "stride must be an integer >= 1, got 0"),
        (lambda: Pooling(2, 3, 1, 2), ValueError, r"pad must be less than .*\(2x3\), got 2"),
        (lambda: Pooling(3, 3).forward(np.zeros((1, 4, 4))), ValueError, "x must have 4"),
        (
            lambda: Pooling(3, 3).forward(np.zeros((1, 1, 2, 4))),
            ValueError,
            "pool_h x pool_w must fit .* got 3x3",
        ),
        (lambda: Pooling(2, 2).backward(np.zeros((1, 1, 1, 1))), RuntimeError, "forward"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_gradient_of_the_wrong_shape_is_an_error():
    layer = Pooling(2, 2)
    layer.forward(np.zeros((2, 3, 4, 4)))
    with pytest.raises(ValueError, match=r"dout must have shape \(2, 3, 2, 2\) .*got \(2, 3, 4, 4"):
        layer.backward(np.zeros((2, 3, 4, 4)))
