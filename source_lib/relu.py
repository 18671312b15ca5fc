"""The rectifier: what is negative becomes zero."""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_numbers, has_shape


class Relu:
    """max(x, 0), element by element. Its slope at 0 is 0, as in PyTorch and TensorFlow."""

    def __init__(self) -> None:
        """Set up the layer; it has no parameters."""
        self._positive: Array | None = None

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return max(x, 0): shape and dtype of x, a new array."""
        array = as_numbers("x", x)
        self._positive = array > 0
        out: Array = np.maximum(array, array.dtype.type(0))
        return out

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Let the gradient through where x was positive.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape and dtype of dout, a new array.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        if self._positive is None:
            raise RuntimeError("Relu.backward needs a call of forward before it")
        gradient = as_numbers("dout", dout)
        has_shape("dout", gradient, self._positive.shape, "that of forward's result")
        # A choice rather than a product: infinity times 0 would be nan.
        return np.where(self._positive, gradient, gradient.dtype.type(0))
