"""Two steps from a classifier to a fully convolutional network, which answers for every pixel."""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, count, float_dtype, has_shape


def conv1x1(x: npt.ArrayLike, W: npt.ArrayLike, b: npt.ArrayLike | None = None) -> Array:
    """Apply one affine map to the channels of every pixel.

    The same as a convolution with 1x1 filters, and as the affine layer of a classifier used at
    each place: that is how a classifier becomes fully convolutional.

    Args:
        x: shape (N, C, H, W). Not changed.
        W: weights, shape (F, C): one row for each output channel.
        b: biases, shape (F,); none by default.

    Returns:
        Shape (N, F, H, W), dtype of x (float64 for integers).

    Raises:
        ValueError: a shape is wrong.
    """
    images = as_array("x", x, "N C H W")
    weights = as_array("W", W, "F C")
    N, C, H, width = images.shape
    if weights.shape[1] != C:
        raise ValueError(
            f"W must have {C} columns, one for each channel of x {images.shape}, "
            f"got shape {weights.shape}"
        )
    dtype = float_dtype(images)
    pixels = images.reshape(N, C, H * width).astype(dtype, copy=False)
    out: Array = weights.astype(dtype, copy=False) @ pixels
    if b is not None:
        bias = as_array("b", b, "F")
        has_shape("b", bias, weights.shape[:1], "one bias for each row of W")
        out += bias.astype(dtype, copy=False)[:, np.newaxis]
    return out.reshape(N, len(weights), H, width)


def upsample_nearest(x: npt.ArrayLike, factor: int = 2) -> Array:
    """Enlarge images by repeating every pixel `factor` times in both directions.

    Args:
        x: shape (N, C, H, W). Not changed.
        factor: how many times larger the result is.

    Returns:
        Shape (N, C, factor * H, factor * W), dtype of x.

    Raises:
        TypeError: `factor` is not an integer.
        ValueError: x is not 4-D or `factor` is below 1.
    """
    images = as_array("x", x, "N C H W")
    factor = count("factor", factor, 1)
    return images.repeat(factor, axis=2).repeat(factor, axis=3)
