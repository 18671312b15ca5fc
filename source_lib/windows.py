"""im2col and col2im: a picture as a matrix of its windows, and back.

One row of the matrix is one window, laid out flat, so a convolution becomes one matrix product.
The two functions are linear and each other's adjoint: `sum(im2col(x) * c) == sum(x * col2im(c))`.
That is why col2im carries the gradient back through im2col.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count, has_shape
from source_lib.sizes import output_shape


def pad_images(images: Array, pad_h: int, pad_w: int, value: float = 0) -> Array:
    """Return images (N, C, H, W) with `pad_h` rows and `pad_w` columns of `value` on each side.

    Without padding the very same array comes back: callers read from it and never write.
    """
    if pad_h == pad_w == 0:
        return images
    N, C, H, W = images.shape
    # np.pad would do, but takes 20 us of Python for each call, more than a small layer's work.
    padded = np.full((N, C, H + 2 * pad_h, W + 2 * pad_w), value, dtype=images.dtype)
    padded[:, :, pad_h : pad_h + H, pad_w : pad_w + W] = images
    return padded


def crop_images(padded: Array, pad: int) -> Array:
    """Return images without the `pad` pixels on each side that `pad_images` put there."""
    if pad == 0:
        return padded
    # A copy rather than a view: contiguous, and the padding's memory is not kept alive.
    return padded[:, :, pad:-pad, pad:-pad].copy()


def offset_view(padded: Array, y: int, x: int, stride: int, out_shape: Sequence[int]) -> Array:
    """Return the pixels that lie at place (y, x) of each window, as a view.

    For images (..., H, W) and windows at (out_h, out_w) positions (the last two numbers of
    `out_shape`), the result is (..., out_h, out_w). Going over the few places of a window rather
    than over its many positions is what keeps Python out of the inner loop.
    """
    *_, out_h, out_w = out_shape
    return padded[..., y : y + stride * out_h : stride, x : x + stride * out_w : stride]


def windows_view(padded: Array, filter_h: int, filter_w: int, stride: int) -> Array:
    """Return every window of (N, C, H, W) without copying a pixel.

    The view (N, C, out_h, out_w, filter_h, filter_w) shows overlapping windows of one and the same
    memory: writing to one of them shows in others.
    """
    N, C, H, W = padded.shape
    per_n, per_c, per_y, per_x = padded.strides
    out_h, out_w = (H - filter_h) // stride + 1, (W - filter_w) // stride + 1
    return np.lib.stride_tricks.as_strided(
        padded,
        shape=(N, C, out_h, out_w, filter_h, filter_w),
        strides=(per_n, per_c, per_y * stride, per_x * stride, per_y, per_x),
        writeable=padded.flags.writeable,
    )


def im2col(
    input_data: npt.ArrayLike, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> Array:
    """Lay out every window of a batch of images as one row of a matrix.

    Row and column order as in the book (Saito, "Deep Learning from Scratch", 7.4); CS231n uses the
    transpose.

    Args:
        input_data: images, shape (N, C, H, W), any real dtype. Not changed.
        filter_h: height of the window.
        filter_w: width of the window.
        stride: how far the window moves, down and to the right.
        pad: how many zeros surround the image on each side.

    Returns:
        Shape (N*out_h*out_w, C*filter_h*filter_w), the input's dtype, freshly allocated. Rows run
        over (image, out_y, out_x), columns over (channel, filter_y, filter_x), the last fastest.

    Raises:
        TypeError: `input_data` does not hold real numbers, or a setting is not an integer.
        ValueError: `input_data` is not 4-D, or the filter is larger than the padded input.
    """
    x = as_array("input_data", input_data, "N C H W")
    N, C, H, W = x.shape
    window = (count("filter_h", filter_h, 1), count("filter_w", filter_w, 1))
    out_h, out_w = output_shape((H, W), window, stride, pad, "filter_h x filter_w")

    windows = windows_view(pad_images(x, pad, pad), filter_h, filter_w, stride)
    col = np.empty((N, out_h, out_w, C, filter_h, filter_w), dtype=x.dtype)
    col[...] = windows.transpose(0, 2, 3, 1, 4, 5)
    return col.reshape(N * out_h * out_w, C * filter_h * filter_w)


def col2im(
    col: npt.ArrayLike,
    input_shape: Sequence[int],
    filter_h: int,
    filter_w: int,
    stride: int = 1,
    pad: int = 0,
) -> Array:
    """Add every row of a window matrix back onto the pixels it came from.

    Where windows overlap, a pixel receives the *sum* of its entries, so `col2im(im2col(x))` is `x`
    times the number of windows that see each pixel. Pixels that no window reaches get 0, and what
    falls on the padding is dropped.

    Args:
        col: shape (N*out_h*out_w, C*filter_h*filter_w), ordered as `im2col` returns it, or the
            same with a row for each channel of a window, as pooling has it:
            (N*out_h*out_w*C, filter_h*filter_w). Not changed.
        input_shape: (N, C, H, W) of the images, without padding.
        filter_h: height of the window.
        filter_w: width of the window.
        stride: how far the window moves, down and to the right.
        pad: how many zeros surrounded the image on each side.

    Returns:
        Shape `input_shape`, dtype of `col`.

    Raises:
        TypeError: `col` does not hold real numbers, or a setting is not an integer.
        ValueError: `col` does not have the shape that `im2col` gives for these settings, or the
            filter is larger than the padded input.
    """
    col = as_array("col", col, "rows columns")
    if len(input_shape) != 4:
        raise ValueError(f"input_shape must be (N, C, H, W), got {tuple(input_shape)}")
    N, C, H, W = (count("input_shape", size, 0) for size in input_shape)
    window = (count("filter_h", filter_h, 1), count("filter_w", filter_w, 1))
    out_h, out_w = output_shape((H, W), window, stride, pad, "filter_h x filter_w")
    if col.shape == (N * out_h * out_w * C, window[0] * window[1]):
        col = col.reshape(N * out_h * out_w, C * window[0] * window[1])
    has_shape(
        "col",
        col,
        (N * out_h * out_w, C * filter_h * filter_w),
        f"im2col of {tuple(input_shape)} with filter {filter_h}x{filter_w}, "
        f"stride {stride}, pad {pad}",
    )

    windows = col.reshape(N, out_h, out_w, C, filter_h, filter_w).transpose(0, 3, 4, 5, 1, 2)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    for y in range(filter_h):
        for x in range(filter_w):
            # All pixels that lie at (y, x) of some window: at most one window each, so += is safe.
            reached = offset_view(padded, y, x, stride, (out_h, out_w))
            reached += windows[:, :, y, x]
    return crop_images(padded, pad)
