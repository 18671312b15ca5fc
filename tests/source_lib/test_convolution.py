import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import correlate

from source_lib import Convolution, col2im, im2col, numerical_gradient

THOROUGH = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def naive_convolution(x, W, b, stride, pad):
    """Seven nested loops, straight from the definition."""
    N, C, H, width = x.shape
    F, _, filter_h, filter_w = W.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (width + 2 * pad - filter_w) // stride + 1
    out = np.zeros((N, F, out_h, out_w))
    for n in range(N):
        for f in range(F):
            for oy in range(out_h):
                for ox in range(out_w):
                    total = float(b[f])
                    for c in range(C):
                        for fy in range(filter_h):
                            for fx in range(filter_w):
                                y, x_ = oy * stride + fy - pad, ox * stride + fx - pad
                                if 0 <= y < H and 0 <= x_ < width:
                                    total += x[n, c, y, x_] * W[f, c, fy, fx]
                    out[n, f, oy, ox] = total
    return out


@st.composite
def layers(draw):
    """x, W, b, stride, pad: small and all different where possible."""
    pad, stride = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    N, C, F = (draw(st.integers(1, 3)) for _ in range(3))
    H, width = (draw(st.integers(2, 6)) for _ in range(2))
    filter_h = draw(st.integers(1, min(3, H + 2 * pad)))
    filter_w = draw(st.integers(1, min(4, width + 2 * pad)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = rng.normal(size=(N, C, H, width))
    W = rng.normal(size=(F, C, filter_h, filter_w))
    return x, W, rng.normal(size=F), stride, pad


@THOROUGH
@given(layers())
def test_forward_is_what_the_definition_says(layer):
    x, W, b, stride, pad = layer
    out = Convolution(W, b, stride, pad).forward(x)
    assert_allclose(out, naive_convolution(x, W, b, stride, pad), atol=1e-12)


def test_forward_agrees_with_scipy(rng):
    x, W, b = rng.normal(size=(2, 3, 9, 11)), rng.normal(size=(4, 3, 5, 2)), rng.normal(size=4)
    out = Convolution(W, b).forward(x)
    for n in range(2):
        for f in range(4):
            assert_allclose(out[n, f], correlate(x[n], W[f], "valid")[0] + b[f], atol=1e-12)


def test_convention_filters_are_not_flipped():
    spike = np.zeros((1, 1, 3, 3))
    spike[0, 0, 1, 1] = 1
    W = np.arange(9.0).reshape(1, 1, 3, 3)
    # Correlation with a spike gives the kernel turned by 180 degrees, convolution the kernel.
    out = Convolution(W, np.zeros(1), pad=1).forward(spike)
    assert_array_equal(out[0, 0], W[0, 0, ::-1, ::-1])


BACKWARD_CASES = [
    ((2, 3, 5, 7), (4, 3, 3, 2), 1, 0),
    ((2, 3, 5, 7), (4, 3, 3, 2), 2, 1),  # does not divide in either direction
    ((2, 2, 8, 6), (3, 2, 2, 3), 3, 0),
    ((1, 2, 4, 4), (2, 2, 1, 1), 2, 0),  # pixels that nothing looks at
    ((3, 1, 3, 3), (2, 1, 3, 3), 1, 2),  # the padding is larger than half of the filter
]


@pytest.mark.parametrize(("x_shape", "W_shape", "stride", "pad"), BACKWARD_CASES)
def test_backward_agrees_with_finite_differences(rng, x_shape, W_shape, stride, pad):
    x, W, b = rng.normal(size=x_shape), rng.normal(size=W_shape), rng.normal(size=W_shape[0])
    layer = Convolution(W, b, stride, pad)
    dout = rng.normal(size=layer.forward(x).shape)
    dx = layer.backward(dout)

    def loss(x, W, b):
        return (naive_convolution(x, W, b, stride, pad) * dout).sum()

    assert_allclose(dx, numerical_gradient(lambda v: loss(v, W, b), x), atol=1e-8)
    assert_allclose(layer.dW, numerical_gradient(lambda v: loss(x, v, b), W), atol=1e-8)
    assert_allclose(layer.db, numerical_gradient(lambda v: loss(x, W, v), b), atol=1e-8)


@THOROUGH
@given(layers())
def test_backward_is_the_adjoint_of_forward(layer):
    # out is linear in x (b apart) and in W, so <out, d> must equal <x, dx> and <W, dW>.
    x, W, b, stride, pad = layer
    conv = Convolution(W, b, stride, pad)
    linear = conv.forward(x) - b.reshape(1, -1, 1, 1)
    d = np.random.default_rng(0).normal(size=linear.shape)
    dx = conv.backward(d)
    assert_allclose((x * dx).sum(), (linear * d).sum(), rtol=1e-9, atol=1e-9)
    assert_allclose((W * conv.dW).sum(), (linear * d).sum(), rtol=1e-9, atol=1e-9)
    assert_allclose(conv.db, d.sum(axis=(0, 2, 3)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("blocks", ["few blocks", "many blocks"])
@pytest.mark.parametrize("size", [(9, 8), (17, 12)], ids=["small maps", "large maps"])
@pytest.mark.parametrize("filters", [2, 4])  # fewer than channels, and more
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_every_way_to_compute_agrees_with_the_whole_window_matrix(
    rng, request, stride, filters, size, blocks
):
    if blocks == "many blocks":
        request.getfixturevalue("small_blocks")
    x, W = rng.normal(size=(5, 3, *size)), rng.normal(size=(filters, 3, 3, 2))
    b = rng.normal(size=filters)
    conv = Convolution(W, b, stride, 1)
    out = conv.forward(x)
    d = rng.normal(size=out.shape)
    dx = conv.backward(d)

    col = im2col(x, 3, 2, stride, 1)
    d_rows = d.transpose(0, 2, 3, 1).reshape(-1, filters)
    by_rows = col @ W.reshape(filters, -1).T + b
    assert_allclose(out.transpose(0, 2, 3, 1).reshape(-1, filters), by_rows, atol=1e-12)
    assert_allclose(conv.dW, (d_rows.T @ col).reshape(W.shape), atol=1e-12)
    by_windows = col2im(d_rows @ W.reshape(filters, -1), x.shape, 3, 2, stride, 1)
    assert_allclose(dx, by_windows, atol=1e-12)
    assert all(array.flags.c_contiguous and array.base is None for array in (out, dx))


def test_parameters_alone(rng):
    conv = Convolution(rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4), 2, 1)
    d = rng.normal(size=conv.forward(rng.normal(size=(2, 3, 6, 7))).shape)
    conv.backward(d)
    dW, db = conv.dW, conv.db
    assert conv.backward_parameters(2 * d) is None
    assert_allclose(conv.dW, 2 * dW)
    assert_allclose(conv.db, 2 * db)


def test_a_batch_is_its_images_one_by_one(rng):
    conv = Convolution(rng.normal(size=(4, 2, 3, 3)), rng.normal(size=4), 1, 1)
    x = rng.normal(size=(40, 2, 30, 30))  # more than one block
    whole = conv.forward(x)
    assert_allclose(whole, np.concatenate([conv.forward(x[n : n + 1]) for n in range(40)]))


def test_calls_do_not_depend_on_earlier_calls(rng):
    W, b = rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    x, other = rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(3, 3, 6, 6))
    conv = Convolution(W, b, 2, 1)
    out = conv.forward(x)
    d = rng.normal(size=out.shape)
    dx, dW, db = conv.backward(d), conv.dW, conv.db
    conv.backward(np.ones(conv.forward(other).shape))
    assert_array_equal(conv.forward(x), out)
    assert_array_equal(conv.backward(d), dx)
    assert_array_equal(conv.backward(d), dx)  # backward twice after one forward
    assert_array_equal(conv.dW, dW)  # overwritten, not summed up
    assert_array_equal(conv.db, db)


def test_nothing_that_was_given_is_changed(rng):
    W, b = rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    x = rng.normal(size=(2, 3, 5, 7))
    conv = Convolution(W, b, 2, 1)
    d = rng.normal(size=conv.forward(x).shape)
    for array in (W, b, x, d):
        array.setflags(write=False)
    conv.forward(x)
    conv.backward(d)
    assert conv.W is W
    assert conv.b is b


def test_weights_may_be_replaced(rng):
    conv = Convolution(np.zeros((2, 1, 3, 3)), np.zeros(2))
    W, b, x = rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2), rng.normal(size=(1, 1, 4, 4))
    conv.W, conv.b = W, b
    assert_allclose(conv.forward(x), naive_convolution(x, W, b, 1, 0), atol=1e-12)


def test_memory_layout_does_not_matter(rng):
    x, W = rng.normal(size=(5, 7, 3, 2)).T, rng.normal(size=(3, 4, 2, 3))[:, :3, ::-1, ::2]
    b = rng.normal(size=6)[::2]
    d = np.broadcast_to(rng.normal(size=(2, 3, 1, 1)), (2, 3, 4, 3))
    x = x[:, :, ::1, ::-1]
    layers = [Convolution(W, b, 2, 1), Convolution(W.copy(), b.copy(), 2, 1)]
    results = [layers[0].forward(x), layers[1].forward(x.copy())]
    assert_array_equal(*results)
    d = np.broadcast_to(rng.normal(size=(2, 3, 1, 1)), results[0].shape)
    assert_allclose(layers[0].backward(d), layers[1].backward(d.copy()), atol=1e-12)
    assert_allclose(layers[0].dW, layers[1].dW, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_convention_the_input_decides_the_dtype(rng, dtype):
    conv = Convolution(rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4), 1, 1)
    x = rng.normal(size=(2, 3, 5, 5)).astype(dtype)
    out = conv.forward(x)
    dx = conv.backward(np.ones(out.shape))
    assert out.dtype == dx.dtype == conv.dW.dtype == conv.db.dtype == dtype


def test_float32_is_close_to_float64(rng):
    conv = Convolution(rng.normal(size=(8, 16, 3, 3)), rng.normal(size=8), 1, 1)
    x = rng.normal(size=(2, 16, 20, 20))
    exact = conv.forward(x)
    assert_allclose(conv.forward(x.astype(np.float32)), exact, atol=1e-4)


def test_integer_images_are_computed_in_float64():
    x = np.arange(64, dtype=np.uint8).reshape(1, 1, 8, 8)
    W = np.stack([np.arange(9), np.arange(9, 18)]).reshape(2, 1, 3, 3)
    out = Convolution(W, np.ones(2, dtype=np.int64)).forward(x)
    assert out.dtype == np.float64
    assert_array_equal(out[0, :, 0, 0], [475, 1204])  # the worked example of the course's origin


def test_an_empty_batch():
    conv = Convolution(np.zeros((4, 3, 3, 3)), np.zeros(4))
    assert conv.forward(np.zeros((0, 3, 5, 5))).shape == (0, 4, 3, 3)
    assert conv.backward(np.zeros((0, 4, 3, 3))).shape == (0, 3, 5, 5)
    assert_array_equal(conv.dW, np.zeros((4, 3, 3, 3)))


def called(x_shape, dout_shape=None):
    conv = Convolution(np.zeros((4, 3, 3, 3)), np.zeros(4))
    conv.forward(np.zeros(x_shape))
    return conv.backward(np.zeros(dout_shape))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Convolution(np.zeros((4, 3, 3)), np.zeros(4)), ValueError, "W must have 4 dim"),
        (
            lambda: Convolution(np.zeros((4, 3, 3, 3)), np.zeros(3)),
            ValueError,
            r"b must have shape \(4,\) \(one bias for each filter of W\), got \(3,\)",
        ),
        (lambda: Convolution(np.zeros((4, 3, 3, 3)), 0), ValueError, "b must have 1 dimensions"),
        (
            lambda: Convolution(np.zeros((4, 3, 3, 3)), np.zeros(4), 0),
            ValueError,
            "stride must be an integer >= 1, got 0",
        ),
        (
            lambda: Convolution(np.zeros((4, 3, 3, 3)), np.zeros(4), 1, 0.5),
            TypeError,
            r"pad must be an integer >= 0, got 0\.5",
        ),
        (lambda: called((2, 1, 5, 5)), ValueError, "x must have 3 channels, .* got 1"),
        (lambda: called((3, 5, 5)), ValueError, r"x must have 4 dimensions .*\(3, 5, 5\)"),
        (lambda: called((2, 3, 2, 5)), ValueError, "the filters of W must fit .* got 3x3"),
        (
            lambda: called((2, 3, 5, 5), (2, 4, 5, 5)),
            ValueError,
            r"dout must have shape \(2, 4, 3, 3\) .*, got \(2, 4, 5, 5\)",
        ),
        (
            lambda: Convolution(np.zeros((4, 3, 3, 3)), np.zeros(4)).backward(np.zeros(1)),
            RuntimeError,
            "needs a call of forward",
        ),
    ],
)
def test_errors_name_argument_value_and_expectation(call, error, message):
    with pytest.raises(error, match=message):
        call()
