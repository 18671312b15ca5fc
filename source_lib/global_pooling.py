"""Global average pooling: one number for each channel, however large the picture.

`data_format` says where the channels are. "channels_first" is (N, C, H, W), the layout of this
library; "channels_last" is (N, H, W, C), that of Keras. A single picture without the batch axis
works too. The number of dimensions tells the two apart, so a 3-D array is one picture to the 2-D
functions and a batch of sequences to the 1-D ones.
"""

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_numbers, float_dtype, has_shape

DataFormat: TypeAlias = Literal["channels_first", "channels_last"]


def global_average_pooling_2d(
    x: npt.ArrayLike, data_format: DataFormat = "channels_first"
) -> Array:
    """Return the mean over height and width.

    Args:
        x: (N, C, H, W) or one picture (C, H, W); with "channels_last" (N, H, W, C) or (H, W, C).
        data_format: "channels_first" or "channels_last".

    Returns:
        Shape (N, C), for one picture (C,); dtype of x (float64 for integers).

    Raises:
        ValueError: x has neither 3 nor 4 dimensions or no pixels, or data_format is unknown.
    """
    array = as_numbers("x", x)
    return _mean(array, _spatial_axes(array.shape, 2, data_format))


def global_average_pooling_1d(
    x: npt.ArrayLike, data_format: DataFormat = "channels_first"
) -> Array:
    """Return the mean over the length.

    Args:
        x: (N, C, L) or one sequence (C, L); with "channels_last" (N, L, C) or (L, C).
        data_format: "channels_first" or "channels_last".

    Returns:
        Shape (N, C), for one sequence (C,); dtype of x (float64 for integers).

    Raises:
        ValueError: x has neither 2 nor 3 dimensions or no steps, or data_format is unknown.
    """
    array = as_numbers("x", x)
    return _mean(array, _spatial_axes(array.shape, 1, data_format))


class _GlobalAveragePooling:
    """What the 1-D and 2-D layer share: both average over their spatial axes."""

    spatial = 0

    def __init__(self, data_format: DataFormat = "channels_first") -> None:
        """Set up the layer for "channels_first" or "channels_last"; it has no parameters."""
        _check_format(data_format)
        self.data_format: DataFormat = data_format
        self._x_shape: tuple[int, ...] | None = None
        self._dtype = np.dtype(np.float64)

    def forward(self, x: npt.ArrayLike) -> Array:
        """Average over the spatial axes, as the function of the same name does.

        Returns:
            Shape (N, C) for a batch, (C,) for a single input; dtype of x (float64 for integers).

        Raises:
            ValueError: x has a number of dimensions that makes no sense.
        """
        array = as_numbers("x", x)
        axes = _spatial_axes(array.shape, self.spatial, self.data_format)
        self._x_shape, self._dtype = array.shape, float_dtype(array)
        return _mean(array, axes)

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Give every place an equal share of its channel's gradient.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape of x, dtype of the output.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        if self._x_shape is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a call of forward before it")
        axes = _spatial_axes(self._x_shape, self.spatial, self.data_format)
        kept = [size for axis, size in enumerate(self._x_shape) if axis not in axes]
        gradient = as_numbers("dout", dout)
        has_shape("dout", gradient, kept, "that of forward's result")

        places = np.prod([self._x_shape[axis] for axis in axes])
        share = np.expand_dims(gradient / places, axes).astype(self._dtype, copy=False)
        return np.broadcast_to(share, self._x_shape).copy()


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """Layer for sequences: (N, C, L) to (N, C), or (C, L) to (C,); see the module for formats."""

    spatial = 1


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """Layer for pictures: (N, C, H, W) to (N, C), or (C, H, W) to (C,); see the module."""

    spatial = 2


def _mean(x: Array, axes: tuple[int, ...]) -> Array:
    mean: Array = x.mean(axis=axes)
    return mean.astype(float_dtype(x), copy=False)


def _spatial_axes(shape: tuple[int, ...], spatial: int, data_format: DataFormat) -> tuple[int, ...]:
    """Return the axes to average over, for a batch or a single input."""
    _check_format(data_format)
    if len(shape) not in (spatial + 1, spatial + 2):
        raise ValueError(
            f"x must have {spatial + 2} dimensions (a batch) or {spatial + 1} (a single input), "
            f"got {len(shape)}: shape {shape}"
        )
    first = len(shape) - spatial - (data_format == "channels_last")
    axes = tuple(range(first, first + spatial))
    if 0 in (shape[axis] for axis in axes):
        raise ValueError(f"x must have at least one place to average over, got shape {shape}")
    return axes


def _check_format(data_format: str) -> None:
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f'data_format must be "channels_first" or "channels_last", got {data_format!r}'
        )
