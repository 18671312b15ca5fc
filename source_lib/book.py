"""What learners import from the book's own package, and no exercise asks for.

Saito's "Deep Learning from Scratch" comes with a package `common`; much code out there takes these
names from it. They are as the book has them, conventions included.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_numbers, float_dtype
from source_lib.targets import as_labels


def sigmoid(x: npt.ArrayLike) -> Array:
    """Return 1 / (1 + exp(-x)), element by element, without overflow for any x.

    Returns:
        Shape of x, dtype of x (float64 for integers).
    """
    array = as_numbers("x", x)
    array = array.astype(float_dtype(array), copy=False)
    small = np.exp(-np.abs(array))
    out: Array = np.where(array < 0, small, array.dtype.type(1)) / (1 + small)
    return out


def cross_entropy_error(y: npt.ArrayLike, t: npt.ArrayLike) -> float:
    """Return the mean of -log(probability of the right class), with the book's 1e-7 in the log.

    Args:
        y: probabilities (not scores), shape (N, C), or (C,) for a single example. Not changed.
        t: labels, shape (N,) or one number, or one-hot rows of the shape of y.

    Raises:
        TypeError: labels are not integers.
        ValueError: a shape is wrong, a label is out of range, or a row is not one-hot.
    """
    p = as_numbers("y", y)
    targets = as_numbers("t", t)
    if p.ndim == 1:
        p, targets = p[np.newaxis], targets[np.newaxis]
    if p.ndim != 2 or len(p) == 0:
        raise ValueError(f"y must have shape (N, C) with at least one example, got {np.shape(y)}")
    labels = as_labels(targets, *p.shape)
    return -float(np.log(p[np.arange(len(p)), labels] + 1e-7).mean())


class Dropout:
    """Set a random share of the values to 0 in training, and scale all of them in use.

    As in the book, values are scaled in use, by 1 - dropout_ratio. PyTorch scales in training.
    """

    def __init__(self, dropout_ratio: float = 0.5) -> None:
        """Set the share of values that are dropped.

        Raises:
            ValueError: `dropout_ratio` is not from 0 to below 1.
        """
        if not 0 <= dropout_ratio < 1:
            raise ValueError(f"dropout_ratio must be from 0 to below 1, got {dropout_ratio!r}")
        self.dropout_ratio = dropout_ratio
        self.mask: npt.NDArray[np.bool_] | None = None

    def forward(self, x: npt.ArrayLike, train_flg: bool = True) -> Array:
        """Drop values in training, scale them in use: shape of x, a new array."""
        array = as_numbers("x", x)
        if not train_flg:
            return array * (1.0 - self.dropout_ratio)
        self.mask = np.random.default_rng().random(array.shape) > self.dropout_ratio
        return array * self.mask

    def backward(self, dout: npt.ArrayLike) -> Any:
        """Let the gradient through where values were kept.

        Raises:
            RuntimeError: `forward` has not been called in training.
        """
        if self.mask is None:
            raise RuntimeError("Dropout.backward needs a call of forward before it")
        return as_numbers("dout", dout) * self.mask
