"""How large the output of a window operation is, and how many parameters a filter bank has."""

from collections.abc import Sequence

from source_lib.checks import count


def conv_output_size(size: int, filter_size: int, stride: int = 1, pad: int = 0) -> int:
    """Return how many window positions fit along one axis of a padded input.

    `(size + 2*pad - filter_size) // stride + 1`: the first window starts at the edge of the
    padded input, each next one `stride` further, and only whole windows count. Pixels left over at
    the far edge are ignored, as in PyTorch and the book (Saito, "Deep Learning from Scratch").

    Args:
        size: length of the input along the axis, without padding.
        filter_size: length of the window along the axis.
        stride: how far the window moves from one position to the next.
        pad: how many pixels are added on each of the two sides.

    Returns:
        The number of positions, an int of at least 1.

    Raises:
        TypeError: an argument is not an integer.
        ValueError: an argument is out of range, or the filter is larger than the padded input.

    >>> conv_output_size(28, 5)
    24
    >>> conv_output_size(20, 3, stride=2)  # 9.5 positions: half a window does not count
    9
    """
    size = count("size", size, 1)
    filter_size = count("filter_size", filter_size, 1)
    stride = count("stride", stride, 1)
    pad = count("pad", pad, 0)
    room = size + 2 * pad - filter_size
    if room < 0:
        raise ValueError(
            f"filter_size must fit into the padded input: got filter_size {filter_size}, "
            f"but size {size} + 2 * pad {pad} is only {size + 2 * pad}"
        )
    return room // stride + 1


def output_shape(
    image: Sequence[int], window: Sequence[int], stride: int, pad: int, name: str
) -> tuple[int, int]:
    """Return (out_h, out_w) for a `window` (h, w) that slides over an `image` (H, W).

    `name` is what the caller calls the window, for the error if it does not fit.

    Raises:
        TypeError: a setting is not an integer.
        ValueError: a setting is out of range, or the window is larger than the padded image.
    """
    (H, W), (h, w) = image, window
    stride = count("stride", stride, 1)
    pad = count("pad", pad, 0)
    if h > H + 2 * pad or w > W + 2 * pad:
        raise ValueError(
            f"{name} must fit into the padded input of {H + 2 * pad}x{W + 2 * pad} "
            f"(H {H}, W {W}, pad {pad}), got {h}x{w}"
        )
    return conv_output_size(H, h, stride, pad), conv_output_size(W, w, stride, pad)


def conv_param_count(
    in_channels: int, out_channels: int, filter_h: int, filter_w: int, bias: bool = True
) -> int:
    """Return how many numbers a convolution layer learns.

    Each of the `out_channels` filters has a weight for every pixel of its window *in every input
    channel*, and one bias. Stride and padding are settings, not parameters.

    Returns:
        `out_channels * (in_channels * filter_h * filter_w + 1)`, without the 1 if `bias` is false.

    Raises:
        TypeError: a size is not an integer.
        ValueError: a size is below 1.

    >>> conv_param_count(3, 6, 3, 3)
    168
    """
    weights_per_filter = (
        count("in_channels", in_channels, 1)
        * count("filter_h", filter_h, 1)
        * count("filter_w", filter_w, 1)
    )
    return count("out_channels", out_channels, 1) * (weights_per_filter + bool(bias))
