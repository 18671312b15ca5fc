"""The fully connected layer."""

import math

import numpy.typing as npt

from source_lib.checks import Array, as_array, as_numbers, float_dtype, has_shape


class Affine:
    """x @ W + b, for each row of x. Images are flattened first, in row-major order.

    The layer never changes its own weights: an optimiser does, with `dW` and `db`.

    Attributes:
        W: weights, shape (inputs, outputs). PyTorch's `nn.Linear` keeps the transpose.
        b: biases, shape (outputs,).
        dW: gradient of W after `backward`, overwritten by each call. None before.
        db: gradient of b, likewise.
    """

    def __init__(self, W: npt.ArrayLike, b: npt.ArrayLike) -> None:
        """Take weights (inputs, outputs) and biases (outputs,) as they are, without copying.

        Raises:
            TypeError: an array does not hold real numbers.
            ValueError: a shape is wrong.
        """
        self.W = as_array("W", W, "inputs outputs")
        self.b = as_array("b", b, "outputs")
        self.dW: Array | None = None
        self.db: Array | None = None
        self._rows: Array | None = None
        self._x_shape: tuple[int, ...] = ()
        has_shape("b", self.b, self.W.shape[1:], "one bias for each column of W")

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return x @ W + b.

        Args:
            x: shape (N, inputs), or (N, ...) with `inputs` numbers for each n: (N, C, H, W).
                Not changed; kept (not copied) for `backward`.

        Returns:
            Shape (N, outputs), dtype of x (float64 for integers).

        Raises:
            ValueError: x has no batch axis, or a number of values per row that differs
                from W's rows.
        """
        array = as_numbers("x", x)
        inputs = self.W.shape[0]
        if array.ndim < 2 or math.prod(array.shape[1:]) != inputs:
            raise ValueError(
                f"x must have shape (N, ...) with {inputs} numbers for each n, as W "
                f"{self.W.shape} has rows, got {array.shape}"
            )
        dtype = float_dtype(array)
        self._x_shape = array.shape
        self._rows = array.reshape(len(array), inputs).astype(dtype, copy=False)
        product: Array = self._rows @ self.W.astype(dtype, copy=False)
        product += self.b.astype(dtype, copy=False)
        return product

    def backward(self, dout: npt.ArrayLike) -> Array:
        """Send a gradient back through the layer, and set `dW` and `db`.

        Args:
            dout: gradient of the loss with respect to the last `forward`'s result, same shape.
                Not changed.

        Returns:
            Gradient with respect to x: shape of x, dtype of the output.

        Raises:
            RuntimeError: `forward` has not been called.
            ValueError: `dout` does not have the shape of the output.
        """
        if self._rows is None:
            raise RuntimeError("Affine.backward needs a call of forward before it")
        gradient = as_array("dout", dout, "N outputs")
        expected = (len(self._rows), self.W.shape[1])
        has_shape("dout", gradient, expected, "that of forward's result")

        dtype = self._rows.dtype
        gradient = gradient.astype(dtype, copy=False)
        self.dW = self._rows.T @ gradient
        self.db = gradient.sum(axis=0)
        dx: Array = gradient @ self.W.T.astype(dtype, copy=False)
        return dx.reshape(self._x_shape)
