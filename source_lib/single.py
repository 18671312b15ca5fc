"""Convolution and pooling of a single picture with a single channel: where everyone starts."""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count, float_dtype
from source_lib.sizes import output_shape
from source_lib.windows import offset_view


def conv2d_single(
    image: npt.ArrayLike,
    kernel: npt.ArrayLike,
    stride: int = 1,
    padding: int = 0,
    flip_kernel: bool = False,
) -> Array:
    """Slide a kernel over a picture and sum up the products at every position.

    Deep learning libraries call this convolution, mathematics calls it cross-correlation. With
    `flip_kernel=True` the kernel is turned by 180 degrees first, which is convolution proper
    (`scipy.signal.correlate2d` and `scipy.signal.convolve2d`).

    Args:
        image: shape (H, W). Not changed.
        kernel: shape (kernel_h, kernel_w). Not changed.
        stride: how far the kernel moves, down and to the right.
        padding: how many zeros surround the picture on each side.
        flip_kernel: true for mathematical convolution.

    Returns:
        Shape (out_h, out_w), dtype of `image` (float64 for integers).

    Raises:
        TypeError: an array does not hold real numbers, or a setting is not an integer.
        ValueError: an array is not 2-D, or the kernel is larger than the padded picture.
    """
    picture = as_array("image", image, "H W")
    weights = as_array("kernel", kernel, "kernel_h kernel_w")
    out_h, out_w = output_shape(picture.shape, weights.shape, stride, padding, "kernel")
    if flip_kernel:
        weights = weights[::-1, ::-1]

    padded = np.pad(picture, padding)
    out = np.zeros((out_h, out_w), dtype=float_dtype(picture))
    # One pass per kernel weight, over all positions at once.
    for y, x in np.ndindex(weights.shape):
        seen = offset_view(padded, y, x, stride, out.shape)
        out += weights[y, x] * seen
    return out


def maxpool2d_single(feature_map: npt.ArrayLike, pool: int = 2, stride: int = 2) -> Array:
    """Keep the largest value of every `pool` x `pool` window of a feature map.

    Rows and columns left over at the far edge, where no whole window fits, are ignored.

    Args:
        feature_map: shape (H, W). Not changed.
        pool: side of the square window.
        stride: how far the window moves, down and to the right.

    Returns:
        Shape (out_h, out_w), dtype of `feature_map`.

    Raises:
        TypeError: `feature_map` does not hold real numbers, or a setting is not an integer.
        ValueError: `feature_map` is not 2-D, or the window is larger than it.
    """
    values = as_array("feature_map", feature_map, "H W")
    pool = count("pool", pool, 1)
    out_h, out_w = output_shape(values.shape, (pool, pool), stride, 0, "pool x pool")

    out = offset_view(values, 0, 0, stride, (out_h, out_w)).copy()
    for y, x in np.ndindex(pool, pool):
        seen = offset_view(values, y, x, stride, out.shape)
        np.maximum(out, seen, out=out)
    return out
