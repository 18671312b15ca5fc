"""Average pooling, forward and backward."""

import math

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, float_dtype, has_shape
from source_lib.pooling import window_settings
from source_lib.sizes import output_shape
from source_lib.windows import crop_images, offset_view, pad_images


class AveragePooling:
    """Average pooling: the mean of every window, in each channel on its own.

    Padding counts as zeros and is part of the mean: every sum is divided by pool_h * pool_w. That
    is PyTorch's default (`count_include_pad=True`); Keras leaves the padding out.
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 2, pad: int = 0) -> None:
        """Set up the layer; it has no parameters.

        Args:
            pool_h: height of the window.
            pool_w: width of the window.
            stride: how far the window moves, down and to the right.
            pad: how many zeros surround each image on each side; less than the window.

        Raises:
            TypeError: a setting is not an integer.
            ValueError: a setting is out of range.
        """
        self.window, self.stride, self.pad = window_settings(pool_h, pool_w, stride, pad)
        self._x_shape: tuple[int, ...] = ()
        self._out_shape: tuple[int, ...] | None = None
        self._dtype = np.dtype(np.float64)

    def forward(self, x: npt.ArrayLike) -> Array:
        """Pool a batch of images.

        Args:
            x: shape (N, C, H, W). Not changed.

        Returns:
            Shape (N, C, out_h, out_w), dtype of x (float64 for integers).

        Raises:
            ValueError: x is not 4-D, or the window is larger than the padded image.
        """
        images = as_array("x", x, "N C H W")
        N, C, H, W = images.shape
        size = output_shape((H, W), self.window, self.stride, self.pad, "pool_h x pool_w")
        self._x_shape, self._dtype = images.shape, float_dtype(images)
        self._out_shape = (N, C, *size)

        padded = pad_images(images, self.pad, self.pad)
        out = np.zeros(self._out_shape, dtype=self._dtype)
        for top, left in np.ndindex(*self.window):
            out += offset_view(padded, top, left, self.stride, size)
        out /= math.prod(self.window)
        return out

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Spread each output's gradient evenly over its window.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape (N, C, H, W), dtype of the output.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        if self._out_shape is None:
            raise RuntimeError("AveragePooling.backward needs a call of forward before it")
        dout = as_array("dout", dout, "N C out_h out_w")
        has_shape("dout", dout, self._out_shape, "that of forward's result")

        N, C, H, W = self._x_shape
        share = (dout / math.prod(self.window)).astype(self._dtype, copy=False)
        dpadded = np.zeros((N, C, H + 2 * self.pad, W + 2 * self.pad), dtype=self._dtype)
        for top, left in np.ndindex(*self.window):
            pixels = offset_view(dpadded, top, left, self.stride, self._out_shape)
            pixels += share
        return crop_images(dpadded, self.pad)
