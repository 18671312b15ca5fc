"""Compare what a student's code gave with what is right. Pure functions; no messages, no I/O.

The order is the one in which a learner finds mistakes: nothing returned, type, shape, kind of
dtype, finiteness, values. Traps that comparers fall into are refused on purpose: an empty array
equals nothing but an empty array (``np.allclose(np.zeros(0), 42)`` is true), a scalar never
broadcasts over an array, NaN never passes, and the tolerance hangs on the reference alone.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]
Kind = Literal["nothing", "type", "shape", "dtype", "not_finite", "values", "length", "keys"]


@dataclass(frozen=True)
class Pattern:
    """A regularity in wrong values: ``axes``, ``order``, ``factor``, ``sign``, ``offset``,
    ``zeros`` or ``border``; ``detail`` is the permutation, the factor or the offset."""

    name: str
    detail: Any = None


@dataclass(frozen=True)
class Difference:
    """The first thing in which an answer differs from what is right.

    ``got`` and ``expected`` are what ``kind`` speaks of: type names, shapes, dtypes, or the two
    numbers at ``index``. ``path`` leads into tuples and dicts.
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
    """The first difference between ``got`` and ``expected``, None where there is none.

    Args:
        got: the student's value, as it came across the wall.
        expected: an array, a number, a bool, a string, or a tuple, list or dict of them.
        rtol: allowed error, relative to the largest absolute value in ``expected``.
        atol: allowed error on top.
        path: where in a larger value this one stands.
    """
    if got is None and expected is not None:
        return Difference("nothing", None, type_name(expected), path)
    if isinstance(expected, dict):
        return _dicts(got, expected, rtol, atol, path)
    if isinstance(expected, (tuple, list)):
        return _sequences(got, expected, rtol, atol, path)
    if isinstance(expected, (str, bool)) or expected is None:
        if isinstance(got, np.bool_):
            got = bool(got)
        same = type(got) is type(expected) and got == expected
        return None if same else Difference("values", got, expected, path)
    if isinstance(expected, np.ndarray) and expected.ndim:
        if not isinstance(got, np.ndarray):
            return Difference("type", type_name(got), "array", path)
        return _arrays(got, expected, rtol, atol, path)
    return _numbers(got, np.asarray(expected), rtol, atol, path)


def type_name(value: Any) -> str:
    """What a value is, in a learner's words."""
    if isinstance(value, np.ndarray):
        return "array" if value.ndim else "number"
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (int, float, np.number)):
        return "number"
    if value is None:
        return "None"
    return str(getattr(value, "class_name", type(value).__name__))


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
    if not isinstance(got, (tuple, list)):
        return Difference("type", type_name(got), "tuple", path)
    if len(got) != len(expected):
        return Difference("length", len(got), len(expected), path)
    for place, (mine, right) in enumerate(zip(got, expected, strict=True)):
        if found := difference(mine, right, rtol, atol, (*path, place)):
            return found
    return None


def _numbers(
    got: Any, expected: Array, rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    """A number where a number should be: Python's own, NumPy's, or an array without axes."""
    if isinstance(got, np.ndarray) and got.ndim:
        return Difference("shape", got.shape, (), path)
    if not isinstance(got, (int, float, np.number, np.ndarray)) or isinstance(got, bool):
        return Difference("type", type_name(got), "number", path)
    if isinstance(got, int) and abs(got) >= 2**63:
        return Difference("values", got, expected.item(), path)
    value = np.asarray(got)
    if expected.dtype.kind == "f" and value.dtype.kind in "iu":
        value = value.astype(np.float64)  # an accuracy of 1 is an accuracy of 1.0
    return _arrays(value, expected, rtol, atol, path)


def _arrays(
    got: Array, expected: Array, rtol: float, atol: float, path: tuple[Any, ...]
) -> Difference | None:
    if got.shape != expected.shape:
        return Difference("shape", got.shape, expected.shape, path)
    if _dtype_kind(got) != _dtype_kind(expected):
        return Difference("dtype", got.dtype.name, expected.dtype.name, path)
    if not expected.size:
        return None
    finite = np.isfinite(got)
    if not finite.all():
        index = _first(~finite)
        wrong = int((~finite).sum())
        return Difference(
            "not_finite", got[index].item(), expected[index].item(), path, index, wrong, got.size
        )
    with np.errstate(all="ignore"):
        error = np.abs(got - expected) if got.dtype.kind != "b" else (got != expected) * 1.0
        scale = float(np.abs(expected).max()) if expected.dtype.kind != "b" else 0.0
        wrong_at = ~(error <= rtol * scale + atol)
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


def _dtype_kind(array: Array) -> str:
    return "i" if array.dtype.kind in "iu" else array.dtype.kind


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def find_pattern(got: Array, expected: Array, wrong_at: Array) -> Pattern | None:
    """What kind of wrong it is, where that can be said without guessing."""
    if got.size < 4 or got.dtype.kind != "f":
        return None
    with np.errstate(all="ignore"):
        scale = float(np.abs(expected).max())
        close = max(1e-6 * scale, 1e-300)
        if not got.any() and scale > 0:
            return Pattern("zeros")
        if got.ndim >= 2 and (order := _permutation(got, expected, close)):
            return Pattern("axes", order)
        if factor := _factor(got, expected, close):
            return Pattern("sign") if factor == -1 else Pattern("factor", factor)
        offset = float((got - expected).flat[0])
        if np.all(np.abs(got - expected - offset) <= close):
            return Pattern("offset", offset)
        if np.all(np.abs(np.sort(got, axis=None) - np.sort(expected, axis=None)) <= close):
            return Pattern("order")
    if got.ndim >= 2 and min(got.shape[-2:]) >= 3 and not wrong_at[..., 1:-1, 1:-1].any():
        return Pattern("border")
    return None


def _permutation(got: Array, expected: Array, close: float) -> tuple[int, ...] | None:
    for order in itertools.islice(itertools.permutations(range(got.ndim)), 1, 120):
        moved = expected.transpose(order)
        if moved.shape == got.shape and np.all(np.abs(got - moved) <= close):
            return order
    return None


def _factor(got: Array, expected: Array, close: float) -> float | None:
    """The one number by which everything is off, rounded where it is nearly a simple fraction."""
    energy = float(np.vdot(expected, expected))
    if not energy > 0 or not math.isfinite(energy):
        return None
    factor = float(np.vdot(expected, got)) / energy
    if not math.isfinite(factor) or factor == 0:
        return None
    if not np.all(np.abs(got - factor * expected) <= close * max(1.0, abs(factor))):
        return None
    for candidate in (round(factor), 1 / (round(1 / factor) or 1)):
        if candidate and abs(factor - candidate) < 1e-6 * abs(candidate):
            return float(candidate)
    return factor
