"""Argument checks: every error names the argument, the value it had and what was expected.

The layers call these first thing, so that a wrong shape is reported where it came in and in the
reader's own terms, not three lines later as NumPy's "cannot reshape array of size 4687".
"""

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def as_array(name: str, value: npt.ArrayLike, axes: str) -> Array:
    """Return `value` as an array of real numbers with one dimension for each name in `axes`.

    `axes` names the dimensions in order, separated by blanks: `"N C H W"`. An array is handed
    through as it is, never copied.

    Raises:
        TypeError: `value` does not hold real numbers.
        ValueError: `value` has another number of dimensions.
    """
    array = as_numbers(name, value)
    expected = axes.split()
    if array.ndim != len(expected):
        raise ValueError(
            f"{name} must have {len(expected)} dimensions ({', '.join(expected)}), "
            f"got {array.ndim}: shape {array.shape}"
        )
    return array


def as_numbers(name: str, value: npt.ArrayLike) -> Array:
    """Return `value` as an array of real numbers (bool, integer or float) of any shape."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    return array


def count(name: str, value: int, at_least: int) -> int:
    """Return `value` as an int that is not below `at_least` (sizes, strides, paddings, ...)."""
    kind = f"an integer >= {at_least}"
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be {kind}, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be {kind}, got {value!r}") from None
    if number < at_least:
        raise ValueError(f"{name} must be {kind}, got {number}")
    return number


def has_shape(name: str, array: Array, expected: Sequence[int], why: str) -> None:
    """Check that `array` has exactly the shape `expected`; `why` says where that comes from."""
    if array.shape != tuple(expected):
        raise ValueError(f"{name} must have shape {tuple(expected)} ({why}), got {array.shape}")


def float_dtype(x: Array) -> np.dtype[Any]:
    """Return the dtype of a computation on `x` with real results.

    The input decides, whatever the dtype of the parameters: float32 in, float32 out. Integers
    become float64.
    """
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
