"""Compare a student's value with the expected one. Pure functions: no messages, no I/O.

The order is that in which a learner finds mistakes: nothing returned, type, mask, shape, kind of
dtype, finiteness, values. Well-known traps are avoided: an empty array equals only an empty array
(``np.allclose(np.zeros(0), 42)`` is true), a scalar never broadcasts over an array, NaN never
passes, an integer overflow is not a small error, and the tolerance depends on the reference only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograder.sandbox.protocol import wire
from autograder.suite.patterns import Pattern, axes_order, find_pattern

Array = np.ndarray[Any, Any]
Kind = Literal[
    "nothing", "type", "masked", "shape", "dtype", "not_finite", "values", "length", "keys"
]

FLOAT32_RTOL = 1e-6
"""What an answer in float32 may be off by rounding, where float64 would be closer."""

_SCALARS = {"i": "int", "u": "int", "f": "float", "c": "complex", "b": "bool", "U": "str"}


@dataclass(frozen=True)
class Difference:
    """The first way in which an answer differs from the expected value.

    ``got`` and ``expected`` depend on ``kind``: type names, shapes, dtypes, or the two numbers at
    ``index``. ``path`` leads into tuples and dicts.
    """

    kind: Kind
    got: Any
    expected: Any
    path: tuple[Any, ...] = ()
    index: tuple[int, ...] | None = None
    wrong: int = 0
    total: int = 0
    pattern: Pattern | None = None


def difference(
    got: Any, expected: Any, rtol: float = 1e-7, atol: float = 0.0, path: tuple[Any, ...] = ()
) -> Difference | None:
    """The first difference between ``got`` and ``expected``, or None.

    Args:
        got: the student's value, as received from the sandbox.
        expected: an array, a number, a bool, a string, or a tuple, list or dict of them. Tuples,
            lists and arrays of several rows are the same where a tuple or a list is expected; an
            expected array has to be an array.
        rtol: allowed error, relative to the largest absolute value in ``expected``; not applied to
            integers, and at least that of float32 to answers in float32.
        atol: absolute error allowed on top. With both 0, values must be equal to the last digit of
            the dtype returned, so that float32 instead of float64 is purely a matter of dtype.
        path: the position of this value in a larger one.

    Raises:
        ValueError: ``expected`` contains NaN or infinity, which nothing can equal.
        TypeError: ``expected`` cannot be compared.
    """
    if isinstance(expected, (np.ndarray, np.generic)) and not expected.ndim:
        expected = expected.item() if expected.dtype.kind in "bU" else np.asarray(expected)
    if got is None and expected is not None:
        return Difference("nothing", None, type_name(expected), path)
    if isinstance(expected, dict):
        return _dicts(got, expected, rtol, atol, path)
    if isinstance(expected, (tuple, list)):
        return _sequences(got, expected, rtol, atol, path)
    if isinstance(expected, (str, bool)) or expected is None:
        return _exactly(got, expected, path)
    right = np.asarray(expected)
    if right.dtype.kind not in "biufcU":
        raise TypeError(f"same(...) cannot compare with a {type(expected).__name__}")
    if right.dtype.kind in "fc" and not np.isfinite(right).all():
        raise ValueError("the expected value contains NaN or infinity: choose another input")
    if right.ndim:
        if not isinstance(got, np.ndarray) or not got.ndim:
            return Difference("type", type_name(got), "array", path)
        return _subclass(got, path) or _arrays(got, right, rtol, atol, path)
    return _numbers(got, right, rtol, atol, path)


def type_name(value: Any) -> str:
    """The type of a value in a learner's terms; for an object, the name of its class."""
    if value is None:
        return "None"
    if isinstance(value, wire.SubclassedArray):
        return value.class_name
    if isinstance(value, (np.ndarray, np.generic)):
        if value.ndim:
            return "array"
        return _SCALARS.get(value.dtype.kind, value.dtype.name)
    if isinstance(value, wire.Reference):
        return f"{value.class_name} object"
    return str(getattr(value, "class_name", type(value).__name__))


def _subclass(got: Array, path: tuple[Any, ...]) -> Difference | None:
    """Reject subclasses: a matrix multiplies differently, and masked values are missing."""
    if not isinstance(got, wire.SubclassedArray):
        return None
    if got.masked:
        return Difference("masked", got.masked, 0, path, None, got.masked, got.size)
    return Difference("type", type_name(got), "array", path)


def _exactly(got: Any, expected: str | bool | None, path: tuple[Any, ...]) -> Difference | None:
    if isinstance(got, (np.bool_, np.str_)):
        got = got.item()
    if type(got) is not type(expected):
        return Difference("type", type_name(got), type_name(expected), path)
    return None if got == expected else Difference("values", got, expected, path)


def _dicts(
    got: Any, expected: dict[Any, Any], rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", type_name(got), "dict", path)
    if missing := [key for key in expected if key not in got]:
        return Difference("keys", sorted(map(str, got)), sorted(map(str, missing)), path)
    for key, value in expected.items():
        if found := difference(got[key], value, rtol, atol, (*path, key)):
            return found
    return None


def _sequences(
    got: Any, expected: tuple[Any, ...] | list[Any], rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    # Python unpacks and indexes tuples, lists and the rows of an array alike.
    rows = isinstance(got, np.ndarray) and (got.ndim == 1 or (got.ndim > 1 and len(expected) > 0))
    if rows and (found := _subclass(got, path)):
        return found
    if not (rows or isinstance(got, (tuple, list))):
        return Difference("type", type_name(got), type_name(expected), path)
    if len(got) != len(expected):
        return Difference("length", len(got), len(expected), path)
    for place, (mine, right) in enumerate(zip(got, expected, strict=True)):
        if found := difference(mine, right, rtol, atol, (*path, place)):
            return found
    return None


def _numbers(
    got: Any, expected: Array, rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    """Compare a scalar: a Python number, a NumPy scalar, or a 0-d array."""
    wanted = type_name(expected)
    if not isinstance(got, (int, float, complex, np.number, np.ndarray)) or isinstance(got, bool):
        return Difference("type", type_name(got), wanted, path)
    if isinstance(got, int) and not -(2**63) <= got < 2**64:
        return Difference("values", got, expected.item(), path)
    if isinstance(got, np.ndarray) and (found := _subclass(got, path)):
        return found
    value = np.asarray(got)
    if value.ndim or value.dtype.kind not in "iufc":
        return Difference("type", type_name(value), wanted, path)
    if expected.dtype.kind in "fc" and value.dtype.kind in "iu":
        value = value.astype(np.float64)  # an accuracy of 1 is an accuracy of 1.0
    if type_name(value) != wanted:
        return Difference("type", type_name(value), wanted, path)
    return _arrays(value, expected, rtol, atol, path)


def _arrays(
    got: Array, expected: Array, rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    if got.shape != expected.shape:
        pattern = axes_order(got, expected)
        return Difference("shape", got.shape, expected.shape, path, pattern=pattern)
    if _dtype_kind(got) != _dtype_kind(expected):
        return Difference("dtype", got.dtype.name, expected.dtype.name, path)
    if not expected.size:
        return None
    if got.dtype.kind in "fc" and not (finite := np.isfinite(got)).all():
        index = _first(~finite)
        wrong = int((~finite).sum())
        return Difference(
            "not_finite", got[index].item(), expected[index].item(), path, index, wrong, got.size
        )
    wrong_at = _wrong(got, expected, rtol, atol)
    if not wrong_at.any():
        return None
    index = _first(wrong_at)
    return Difference(
        "values",
        got[index].item(),
        expected[index].item(),
        path,
        index,
        int(wrong_at.sum()),
        got.size,
        find_pattern(got, expected, wrong_at),
    )


def _wrong(got: Array, expected: Array, rtol: float, atol: float) -> Array:
    """Where the two differ by more than allowed; both are finite, of equal shape and kind."""
    allowed: Array | np.bool_
    if got.dtype == np.float32:  # whether it should be is another question
        with np.errstate(over="ignore"):
            exact = not rtol and not atol
            expected = expected.astype(np.float32) if exact else expected
            rtol = rtol and max(rtol, FLOAT32_RTOL)
    unequal = np.asarray(got != expected)
    if got.dtype.kind in "bU" or not unequal.any():
        return unequal
    # In a narrow dtype the difference could overflow, underflow or wrap around.
    wide = np.result_type(got, expected, np.float64)
    with np.errstate(all="ignore"):
        right = expected.astype(wide)
        error = np.abs(got.astype(wide) - right)
        if got.dtype.kind in "iu":
            # Adjacent integers beyond 2**53 are the same float.
            allowed = np.maximum(error, 1) <= atol
        else:
            allowed = error <= rtol * np.abs(right).max() + atol
    return np.asarray(unequal & ~allowed)


def _dtype_kind(array: Array) -> str:
    return "i" if array.dtype.kind in "iu" else array.dtype.kind


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))
