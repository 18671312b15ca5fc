"""The convolution layer, forward and backward, as matrix products over blocks of windows.

The idea is that of im2col: line up the windows, and a convolution is one matrix product. But the
full window matrix of a 3x3 filter is nine times the image, so it is never built here. A block of
about a megabyte at a time (see `source_lib.blocks`) is filled, multiplied and used again.
"""

import numpy as np
import numpy.typing as npt

from source_lib.blocks import WindowBlocks
from source_lib.checks import Array, as_array, count, float_dtype, has_shape
from source_lib.sizes import output_shape
from source_lib.windows import crop_images, pad_images


class Convolution:
    """A bank of filters that slides over a batch of images.

    `out[n, f, y, x] = b[f] + sum over c, i, j of
    W[f, c, i, j] * padded[n, c, y*stride + i, x*stride + j]`

    That is cross-correlation, no kernel is flipped, as in every deep learning library. The layer
    never changes its own weights: an optimiser does, with `dW` and `db`.

    Attributes:
        W: filters, shape (F, C, filter_h, filter_w).
        b: one bias a filter, shape (F,).
        dW: gradient of W after `backward`, overwritten by each call. None before.
        db: gradient of b, likewise.
    """

    def __init__(self, W: npt.ArrayLike, b: npt.ArrayLike, stride: int = 1, pad: int = 0) -> None:
        """Take filters and biases as they are (arrays are not copied).

        Args:
            W: shape (F, C, filter_h, filter_w).
            b: shape (F,).
            stride: how far a filter moves, down and to the right.
            pad: how many zeros surround each image on each side.

        Raises:
            TypeError: an array does not hold real numbers, or a setting is no integer.
            ValueError: a shape or setting is out of range.
        """
        self.W = as_array("W", W, "F C filter_h filter_w")
        self.b = as_array("b", b, "F")
        self.stride = count("stride", stride, 1)
        self.pad = count("pad", pad, 0)
        self.dW: Array | None = None
        self.db: Array | None = None
        self._x: Array | None = None
        self._out_shape: tuple[int, ...] = ()
        has_shape("b", self.b, self.W.shape[:1], "one bias for each filter of W")

    def forward(self, x: npt.ArrayLike) -> Array:
        """Filter a batch of images.

        Args:
            x: shape (N, C, H, W). Not changed; kept (not copied) for `backward`.

        Returns:
            Shape (N, F, out_h, out_w), dtype of x (float64 for integers).

        Raises:
            ValueError: x is not 4-D, has another number of channels than the filters, or is
                smaller than they are.
        """
        x = as_array("x", x, "N C H W")
        F, C, filter_h, filter_w = self.W.shape
        if x.shape[1] != C:
            raise ValueError(
                f"x must have {C} channels, as the filters W {self.W.shape} have, "
                f"got {x.shape[1]}: shape {x.shape}"
            )
        out_h, out_w = output_shape(
            x.shape[2:], (filter_h, filter_w), self.stride, self.pad, "the filters of W"
        )

        dtype = float_dtype(x)
        W_rows = self.W.reshape(F, C * filter_h * filter_w).astype(dtype, copy=False)
        bias = self.b.astype(dtype, copy=False).reshape(F, 1, 1, 1)
        padded = pad_images(x, self.pad)
        blocks = WindowBlocks(padded.shape, (filter_h, filter_w), self.stride, dtype)
        out = np.empty((x.shape[0], F, out_h, out_w), dtype=dtype)
        for block in blocks:
            part = block.of(out)
            filtered = W_rows @ blocks.copy(padded, block)
            np.add(filtered.reshape(part.shape), bias, out=part)
        self._x, self._out_shape = x, out.shape
        return out

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through the layer, and set `dW` and `db`.

        The windows are copied once more rather than kept from `forward`: that takes a tenth of the
        time of `backward`, and saves nine times the memory of the images for a 3x3 filter.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape of x, dtype of the output. `dW` and `db` likewise
            have the shapes of W and b.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` has another shape than the output had.
        """
        if self._x is None:
            raise RuntimeError("Convolution.backward needs a call of forward before it")
        dout = as_array("dout", dout, "N F out_h out_w")
        has_shape("dout", dout, self._out_shape, "that of forward's result")
        x = self._x
        F, C, filter_h, filter_w = self.W.shape

        dtype = float_dtype(x)
        W_columns = self.W.reshape(F, C * filter_h * filter_w).T.astype(dtype, order="C")
        padded = pad_images(x, self.pad)
        blocks = WindowBlocks(padded.shape, (filter_h, filter_w), self.stride, dtype)
        dW_columns = np.zeros_like(W_columns)
        dpadded = np.zeros(padded.shape, dtype=dtype)
        for block in blocks:
            d = block.of(dout).reshape(F, -1).astype(dtype, copy=False)
            windows = blocks.copy(padded, block)
            # out = W @ windows, so dW = d @ windows.T; its transpose is the faster product.
            dW_columns += windows @ d.T
            # ... and dwindows = W.T @ d, which may overwrite the windows: they are done with.
            blocks.add(np.matmul(W_columns, d, out=windows), dpadded, block)

        self.dW = dW_columns.T.reshape(self.W.shape)
        self.db = dout.sum(axis=(0, 2, 3), dtype=dtype)
        return crop_images(dpadded, self.pad)
