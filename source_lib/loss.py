"""Softmax, and the cross-entropy loss on top of it."""

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_array, as_numbers, float_dtype
from source_lib.targets import as_labels


def softmax(logits: npt.ArrayLike) -> Array:
    """Turn scores into probabilities along the last axis: exp(x) divided by its sum.

    Each row's own maximum is subtracted first. That changes nothing in exact arithmetic and keeps
    exp from overflowing.

    Args:
        logits: shape (N, C), or (C,) for a single example. Not changed.

    Returns:
        Same shape, rows sum to 1, dtype of `logits` (float64 for integers).

    Raises:
        TypeError: `logits` does not hold real numbers.
        ValueError: `logits` is a single number, or has no classes.
    """
    return np.exp(_log_softmax(as_numbers("logits", logits)))


class SoftmaxWithLoss:
    """Cross-entropy of the softmax of scores: the mean over the batch of -log(p of the target).

    It is computed by log-sum-exp, so that a probability too small for a float costs its true
    price rather than infinity. No epsilon is added anywhere.
    """

    def __init__(self) -> None:
        """Set up the layer; it has no parameters."""
        self._log_p: Array | None = None
        self._labels: Array | None = None

    def forward(self, x: npt.ArrayLike, t: npt.ArrayLike) -> float:
        """Return the loss.

        Args:
            x: scores (not probabilities), shape (N, C). Not changed.
            t: labels, shape (N,), or one-hot rows, shape (N, C).

        Returns:
            The mean loss, in natural logarithms: ln(C) if all scores are equal.

        Raises:
            TypeError: labels are not integers.
            ValueError: a shape is wrong, a label is out of range, or a row is not one-hot.
        """
        scores = as_array("x", x, "N C")
        if len(scores) == 0:
            raise ValueError(f"x must hold at least one example, got shape {scores.shape}")
        self._labels = as_labels(t, *scores.shape)
        self._log_p = _log_softmax(scores)
        return -float(self._log_p[np.arange(len(scores)), self._labels].mean())

    def backward(self, dout: float = 1.0) -> Array:
        """Return the gradient with respect to the scores: (p - one_hot) / N * dout.

        Args:
            dout: gradient with respect to the loss, one number.

        Returns:
            Shape (N, C), dtype of the scores (float64 for integers), a new array.

        Raises:
            RuntimeError: `forward` has not been called.
        """
        if self._log_p is None:
            raise RuntimeError("SoftmaxWithLoss.backward needs a call of forward before it")
        dx: Array = np.exp(self._log_p)
        dx[np.arange(len(dx)), self._labels] -= 1
        dx *= dout / len(dx)
        return dx


def _log_softmax(scores: Array) -> Array:
    if scores.ndim == 0 or scores.shape[-1] == 0:
        raise ValueError(f"scores must have at least one class per row, got shape {scores.shape}")
    scores = scores.astype(float_dtype(scores), copy=False)
    shifted = scores - scores.max(axis=-1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p
