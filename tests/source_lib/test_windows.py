import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from source_lib import col2im, im2col

THOROUGH = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def naive_im2col(x, filter_h, filter_w, stride, pad):
    """One number at a time, straight from the definition."""
    N, C, H, W = x.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    rows = []
    for n in range(N):
        for oy in range(out_h):
            for ox in range(out_w):
                row = []
                for c in range(C):
                    for fy in range(filter_h):
                        for fx in range(filter_w):
                            y, x_ = oy * stride + fy - pad, ox * stride + fx - pad
                            inside = 0 <= y < H and 0 <= x_ < W
                            row.append(x[n, c, y, x_] if inside else 0)
                rows.append(row)
    return np.array(rows, dtype=x.dtype)


@st.composite
def settings_of_windows(draw):
    """(N, C, H, W), filter_h, filter_w, stride, pad: anything that fits."""
    pad, stride = draw(st.integers(0, 3)), draw(st.integers(1, 4))
    N, C, H, W = (draw(st.integers(1, high)) for high in (3, 3, 8, 8))
    filter_h = draw(st.integers(1, min(5, H + 2 * pad)))
    filter_w = draw(st.integers(1, min(5, W + 2 * pad)))
    return (N, C, H, W), filter_h, filter_w, stride, pad


@THOROUGH
@given(settings_of_windows(), st.sampled_from([np.float64, np.float32, np.int64, np.uint8]))
def test_im2col_is_what_the_definition_says(setting, dtype):
    shape, *window = setting
    x = np.arange(1, np.prod(shape) + 1).reshape(shape).astype(dtype)
    col = im2col(x, *window)
    assert col.dtype == dtype
    assert_array_equal(col, naive_im2col(x, *window))


@THOROUGH
@given(settings_of_windows(), st.integers(0, 2**32))
def test_col2im_is_the_adjoint_of_im2col(setting, seed):
    # <im2col(x), c> == <x, col2im(c)> for all x and c pins col2im down completely.
    shape, *window = setting
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    col = im2col(x, *window)
    c = rng.normal(size=col.shape)
    assert_allclose((col * c).sum(), (x * col2im(c, shape, *window)).sum(), rtol=1e-9, atol=1e-9)


def test_col2im_takes_a_row_for_each_channel_as_well(rng):
    col = rng.normal(size=(2 * 2 * 3, 4 * 6))  # 2 images of 4 channels, 2x3 windows of 3x2
    setting = ((2, 4, 5, 6), 3, 2, 2)
    np.testing.assert_array_equal(col2im(col.reshape(-1, 6), *setting), col2im(col, *setting))


def test_both_are_linear(rng):
    shape, window = (2, 3, 5, 7), (3, 2, 2, 1)
    x, y = rng.normal(size=shape), rng.normal(size=shape)
    assert_allclose(
        im2col(2 * x - 3 * y, *window), 2 * im2col(x, *window) - 3 * im2col(y, *window), atol=1e-12
    )
    c, d = rng.normal(size=(2, *im2col(x, *window).shape))
    assert_allclose(
        col2im(2 * c - 3 * d, shape, *window),
        2 * col2im(c, shape, *window) - 3 * col2im(d, shape, *window),
        atol=1e-12,
    )


def test_windows_side_by_side_come_back_unchanged(rng):
    x = rng.normal(size=(2, 3, 6, 9))
    assert_array_equal(col2im(im2col(x, 3, 3, 3), x.shape, 3, 3, 3), x)


def test_overlaps_are_counted():
    ones = np.ones((1, 1, 4, 4))
    counts = col2im(im2col(ones, 3, 3), ones.shape, 3, 3)
    assert_array_equal(counts[0, 0], [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]])


def test_pixels_that_no_window_reaches_get_zero():
    ones = np.ones((1, 1, 6, 6))
    counts = col2im(im2col(ones, 3, 3, 2), ones.shape, 3, 3, 2)
    assert_array_equal(counts[0, 0, 5], np.zeros(6))
    assert_array_equal(counts[0, 0, :, 5], np.zeros(6))


def test_worked_example_of_two_small_pictures():
    x = np.array(
        [
            [[92, 65, 70, 14], [6, 80, 39, 32], [89, 85, 12, 85], [40, 30, 53, 56]],
            [[71, 8, 85, 49], [61, 43, 23, 83], [77, 10, 94, 98], [27, 28, 89, 57]],
        ]
    ).reshape(2, 1, 4, 4)
    expected = [
        [92, 65, 70, 6, 80, 39, 89, 85, 12],
        [65, 70, 14, 80, 39, 32, 85, 12, 85],
        [6, 80, 39, 89, 85, 12, 40, 30, 53],
        [80, 39, 32, 85, 12, 85, 30, 53, 56],
        [71, 8, 85, 61, 43, 23, 77, 10, 94],
        [8, 85, 49, 43, 23, 83, 10, 94, 98],
        [61, 43, 23, 77, 10, 94, 27, 28, 89],
        [43, 23, 83, 10, 94, 98, 28, 89, 57],
    ]
    assert_array_equal(im2col(x, 3, 3), expected)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: np.asfortranarray(x),
        lambda x: x.transpose(1, 0, 3, 2),
        lambda x: x[:, :, ::-1, ::-1],
        lambda x: x[:, :, ::2, 1::2],
        lambda x: np.broadcast_to(x[:1, :, :, :1], (2, 3, 8, 5)),
    ],
    ids=["fortran", "transposed", "reversed", "every second", "broadcast"],
)
def test_memory_layout_does_not_matter(rng, view):
    x = view(rng.normal(size=(2, 3, 8, 10)))
    assert_array_equal(im2col(x, 3, 2, 2, 1), naive_im2col(x, 3, 2, 2, 1))
    col = im2col(x, 3, 2, 2, 1)
    assert_array_equal(
        col2im(np.asfortranarray(col), x.shape, 3, 2, 2, 1), col2im(col, x.shape, 3, 2, 2, 1)
    )


@pytest.mark.parametrize("window", [(3, 3, 1, 1), (1, 1, 1, 0), (4, 4, 1, 0)])
def test_results_are_fresh_and_inputs_unchanged(rng, window):
    x = rng.normal(size=(1, 1, 4, 4))
    x_before = x.copy()
    col = im2col(x, *window)
    col_before = col.copy()
    image = col2im(col, x.shape, *window)
    assert image.base is None  # no padding is kept alive behind it
    image[...] = 7
    assert_array_equal(col, col_before)
    col[...] = 7  # writable, whatever the filter
    assert_array_equal(x, x_before)


def test_an_empty_batch_has_no_rows():
    assert im2col(np.zeros((0, 2, 4, 4)), 3, 3).shape == (0, 18)
    assert col2im(np.zeros((0, 18)), (0, 2, 4, 4), 3, 3).shape == (0, 2, 4, 4)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_col2im_keeps_the_dtype(dtype):
    assert col2im(np.ones((4, 9), dtype=dtype), (1, 1, 4, 4), 3, 3).dtype == dtype


x4 = np.zeros((2, 3, 5, 7))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: im2col(x4[0], 3, 3), ValueError, r"input_data must have 4 .*\(3, 5, 7\)"),
        (lambda: im2col(x4 * 1j, 3, 3), TypeError, "input_data .* real numbers, got .*complex"),
        (lambda: im2col(x4, 8, 3, 1, 1), ValueError, "filter_h x filter_w must fit .* got 8x3"),
        (lambda: im2col(x4, 3, 8), ValueError, r"of 5x7 \(H 5, W 7, pad 0\), got 3x8"),
        (lambda: im2col(x4, 0, 3), ValueError, "filter_h must be an integer >= 1, got 0"),
        (lambda: im2col(x4, 3, 2.5), TypeError, r"filter_w must be an integer >= 1, got 2\.5"),
        (lambda: im2col(x4, 3, 3, 0), ValueError, "stride must be an integer >= 1, got 0"),
        (lambda: im2col(x4, 3, 3, 1, -1), ValueError, "pad must be an integer >= 0, got -1"),
        (
            lambda: col2im(np.zeros((9, 27)), x4.shape, 3, 3),
            ValueError,
            r"col must have shape \(30, 27\) \(im2col of .*\), got \(9, 27\)",
        ),
        (lambda: col2im(np.zeros(27), x4.shape, 3, 3), ValueError, "col must have 2 dimensions"),
        (lambda: col2im(np.zeros((9, 27)), (3, 5, 7), 3, 3), ValueError, "input_shape must be"),
        (lambda: col2im(np.zeros((9, 27)), x4.shape, 6, 3), ValueError, "got 6x3"),
    ],
)
def test_errors_name_argument_value_and_expectation(call, error, message):
    with pytest.raises(error, match=message):
        call()
