"""The convolution layer, forward and backward. `source_lib.correlation` does the sums."""

import numpy.typing as npt

from source_lib.checks import Array, as_array, count, float_dtype, has_shape
from source_lib.correlation import correlate, gradient_of_filters, gradient_of_images
from source_lib.sizes import output_shape


class Convolution:
    """A bank of filters that slides over a batch of images.

    `out[n, f, y, x] = b[f] + sum over c, i, j of
    W[f, c, i, j] * padded[n, c, y*stride + i, x*stride + j]`

    That is cross-correlation, no kernel is flipped, as in every deep learning library. The layer
    never changes its own weights: an optimiser does, with `dW` and `db`.

    Attributes:
        W: filters, shape (F, C, filter_h, filter_w).
        b: one bias per filter, shape (F,).
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
            TypeError: an array does not hold real numbers, or a setting is not an integer.
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
            ValueError: x is not 4-D, does not have as many channels as the filters, or is
                smaller than they are.
        """
        x = as_array("x", x, "N C H W")
        C = self.W.shape[1]
        if x.shape[1] != C:
            raise ValueError(
                f"x must have {C} channels, as the filters W {self.W.shape} have, "
                f"got {x.shape[1]}: shape {x.shape}"
            )
        output_shape(x.shape[2:], self.W.shape[2:], self.stride, self.pad, "the filters of W")
        dtype = float_dtype(x)
        W, b = (array.astype(dtype, copy=False) for array in (self.W, self.b))
        out = correlate(x, W, b, self.stride, (self.pad, self.pad), dtype)
        self._x, self._out_shape = x, out.shape
        return out

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through the layer, and set `dW` and `db`.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape of x, dtype of the output. `dW` and `db` likewise
            have the shapes of W and b.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        x, dout = self._checked(dout)
        self._set_gradients(x, dout)
        W = self.W.astype(dout.dtype, copy=False)
        return gradient_of_images(x.shape, W, self.stride, self.pad, dout)

    def backward_parameters(self, dout: npt.ArrayLike) -> None:
        """Set `dW` and `db` as `backward` does, without the gradient with respect to x.

        The first layer of a network can do without that, which saves about half of the time.
        """
        self._set_gradients(*self._checked(dout))

    def _checked(self, dout: npt.ArrayLike) -> tuple[Array, Array]:
        """Return x of the last forward pass, and dout in the dtype of its result."""
        if self._x is None:
            raise RuntimeError("Convolution.backward needs a call of forward before it")
        gradient = as_array("dout", dout, "N F out_h out_w")
        has_shape("dout", gradient, self._out_shape, "that of forward's result")
        return self._x, gradient.astype(float_dtype(self._x), copy=False)

    def _set_gradients(self, x: Array, dout: Array) -> None:
        self.dW = gradient_of_filters(x, self.W.shape, self.stride, self.pad, dout)
        self.db = dout.sum(axis=(0, 2, 3))
