"""The derivative by its definition: slow, simple, and the judge of every backward pass."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from source_lib.checks import Array, as_numbers


def numerical_gradient(f: Callable[[Array], float], x: npt.ArrayLike, h: float = 1e-5) -> Array:
    """Return the gradient of a function of many numbers by central differences.

    Each entry of x is moved by +h and by -h, and the slope is `(f(x+h) - f(x-h)) / (2*h)`. The
    error falls with h squared (one-sided differences: with h). The differences are taken in
    float64 whatever the dtype of x: in float32, h = 1e-5 would drown in rounding.

    Args:
        f: takes an array of x's shape (float64) and returns one number. It must use its argument
            and not keep it: the same array is changed for the next call.
        x: the point at which to differentiate, any shape. Not changed.
        h: the step.

    Returns:
        Shape of x; dtype of x if that is a float, else float64.

    Raises:
        TypeError: x does not hold real numbers, or f does not return one number.
        ValueError: h is not positive.
    """
    start = as_numbers("x", x)
    if not h > 0:
        raise ValueError(f"h must be a positive number, got {h!r}")

    point = start.astype(np.float64)  # a copy: the caller's array stays as it is
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        middle = point[index]
        point[index] = middle + h
        above = _one_number(f(point))
        point[index] = middle - h
        below = _one_number(f(point))
        point[index] = middle
        gradient[index] = (above - below) / (2 * h)
    return gradient.astype(start.dtype if start.dtype.kind == "f" else np.float64)


def _one_number(value: object) -> float:
    number = np.asarray(value)
    if number.shape != () or number.dtype.kind not in "biuf":
        raise TypeError(
            f"f must return one number, got {type(value).__name__} of shape {number.shape}"
        )
    return float(number)
