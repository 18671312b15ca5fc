"""Detect regularities in wrong values.

A pattern is reported only if it explains the whole answer, far more closely than the right answer
does; anything less would send a student looking in the wrong place.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]

NEARLY = 1e-4
"""Errors below this fraction of the largest value come from rounding or an epsilon."""

FIT = 1e-6
"""How closely a pattern must explain the answer, relative to the largest value expected."""

AXES_ORDERS = 120

MAX_AXES = 6
MAX_ELEMENTS = 2**16
"""Beyond these sizes no pattern is searched for: a search takes many passes over the arrays, and
students decide how large their answers are."""

LARGEST_FACTOR = 1e12
"""No mistake makes everything 10^12 times too large or too small."""


MAX_SHIFT = 2
"""Pixels by which values may be shifted: a padding or a window is not much larger."""


Name = Literal[
    "nearly",
    "precision",
    "zeros",
    "axes",
    "factor",
    "sign",
    "offset",
    "order",
    "border",
    "flipped",
    "shifted",
    "slices_offset",
    "slices_factor",
    "slices_order",
]


@dataclass(frozen=True)
class Pattern:
    """A regularity.

    ``detail`` is the dtype whose precision the values have, the permutation, the factor, the
    offset, the axes that are flipped, the shifts as (axis, steps), the axis for each of whose
    indices an offset or a factor is the same, or that along which the order is another one.
    """

    name: Name
    detail: Any = None


def find_pattern(got: Array, expected: Array, wrong_at: Array) -> Pattern | None:
    """The pattern of the wrong values, if one can be identified without guessing.

    Args:
        got: the student's values, finite.
        expected: the expected values, of the same shape and kind.
        wrong_at: where they differ by more than allowed; not all False.
    """
    if got.dtype.kind != "f" or got.ndim > MAX_AXES or got.size > MAX_ELEMENTS:
        return None
    with np.errstate(all="ignore"):
        got, expected = got.astype(np.float64), expected.astype(np.float64)
        scale = float(np.abs(expected).max())
        if not 1e-290 < scale < 1e290:
            return None
        for narrow in (np.float32, np.float16):
            if np.array_equal(got, expected.astype(narrow)):
                return Pattern("precision", np.dtype(narrow).name)
        if float(np.abs(got - expected).max()) <= NEARLY * scale:
            return Pattern("nearly")
        if got.size < 4:
            return None
        if not got.any():
            return Pattern("zeros")
        return _everywhere(got, expected, FIT * scale) or _border(wrong_at)


def axes_order(got: Array, expected: Array) -> Pattern | None:
    """The order of the axes, if nothing but that is wrong: neither shapes nor sizes tell.

    Args:
        got: the student's values.
        expected: the expected values, of another shape.
    """
    kinds = {got.dtype.kind, expected.dtype.kind}
    if sorted(got.shape) != sorted(expected.shape) or not kinds <= set("biuf"):
        return None
    if not 2 <= got.ndim <= MAX_AXES or not 4 <= got.size <= MAX_ELEMENTS:
        return None
    with np.errstate(all="ignore"):
        got, expected = got.astype(np.float64), expected.astype(np.float64)
        order = _permutation(got, expected, FIT * float(np.abs(expected).max(initial=0.0)))
    # Where all values are the same, any order explains them.
    distinct = order is not None and float(np.ptp(expected)) > 0
    return Pattern("axes", order) if distinct else None


def _everywhere(got: Array, expected: Array, close: float) -> Pattern | None:
    """A regularity that holds for every element."""
    if got.ndim >= 2 and (order := _permutation(got, expected, close)):
        return Pattern("axes", order)
    if np.count_nonzero(expected) >= 4 and (factor := _factor(got, expected, close)):
        return Pattern("sign") if factor == -1 else Pattern("factor", factor)
    offset = float((got - expected).flat[0])
    # Next to a huge number the expected values vanish in rounding: any constant would be an offset.
    if abs(offset) * FIT <= close / FIT and np.all(np.abs(got - expected - offset) <= close):
        return Pattern("offset", offset)
    if found := _moved(got, expected, close) or _by_slice(got, expected, close):
        return found
    mine, right = np.sort(got, axis=None), np.sort(expected, axis=None)
    if not _is_distinct(right, close) or not np.all(np.abs(mine - right) <= close):
        return None
    axis = _reordered(got, expected, close)
    return Pattern("order") if axis is None else Pattern("slices_order", axis)


def _reordered(got: Array, expected: Array, close: float) -> int | None:
    """The axis along which the slices of the right answer come in another order."""
    for axis, length in enumerate(got.shape if got.ndim > 1 else ()):
        mine, right = (np.moveaxis(each, axis, 0).reshape(length, -1) for each in (got, expected))
        if length < 2 or mine.shape[1] < 2:
            continue
        # Sums with these weights tell slices apart that have the same numbers in another order.
        weights = np.cos(np.arange(mine.shape[1]))
        order = np.argsort(right @ weights, kind="stable")
        if np.all(np.abs(mine[np.argsort(mine @ weights, kind="stable")] - right[order]) <= close):
            return axis
    return None


def _is_distinct(values: Array, close: float) -> bool:
    """Whether sorted values are distinct enough for their order to be meaningful.

    With few distinct values, or mostly zeros, the same values in another order mean nothing.
    """
    starts = np.flatnonzero(np.diff(values, prepend=-np.inf) > close)
    most = np.diff(starts, append=values.size).max()
    return bool(
        2 * (starts.size - 1) >= values.size or (starts.size >= 8 and 4 * most <= values.size)
    )


def _permutation(got: Array, expected: Array, close: float) -> tuple[int, ...] | None:
    orders = itertools.permutations(range(got.ndim))
    at = _largest(got)
    for order in itertools.islice(orders, 1, AXES_ORDERS):
        moved = expected.transpose(order)
        if moved.shape != got.shape or abs(got[at] - moved[at]) > close:
            continue
        if np.all(np.abs(got - moved) <= close):
            return order
    return None


def _largest(got: Array) -> tuple[int, ...]:
    """Where the largest value is: most that does not fit is told by this one alone."""
    at = int(np.argmax(np.abs(got)))
    return tuple(map(int, np.unravel_index(at, got.shape)))


def _moved(got: Array, expected: Array, close: float) -> Pattern | None:
    """The same values reversed or shifted along the last two axes."""
    if got.ndim < 2 or min(got.shape[-2:]) < 2:
        return None
    last = got.ndim - 2, got.ndim - 1
    at = _largest(got)
    for axes in (last[1:], last[:1], last):
        flipped = np.flip(expected, axes)
        if abs(got[at] - flipped[at]) <= close and np.all(np.abs(got - flipped) <= close):
            distinct = _is_distinct(np.sort(expected, axis=None), close)
            return Pattern("flipped", axes) if distinct else None
    steps = range(-MAX_SHIFT, MAX_SHIFT + 1)
    *front, row, column = _largest_inside(got)
    for shift in itertools.product(steps, steps):
        origin = row - shift[0], column - shift[1]
        inside = all(0 <= each < size for each, size in zip(origin, got.shape[-2:], strict=True))
        if inside and abs(got[*front, row, column] - expected[*front, *origin]) > close:
            continue
        mine = got[_overlap(got.shape, shift)]
        right = expected[_overlap(got.shape, (-shift[0], -shift[1]))]
        # Half of the values in place could be another order of two halves.
        if shift == (0, 0) or 2 * mine.size <= got.size or mine.size < 4:
            continue
        if np.all(np.abs(mine - right) <= close):
            moved = tuple(each for each in zip(last, shift, strict=True) if each[1])
            distinct = _is_distinct(np.sort(right, axis=None), close)
            return Pattern("shifted", moved) if distinct else None
    return None


def _largest_inside(got: Array) -> tuple[int, ...]:
    """Where the largest value is that shifts do not move out of the array, or hardly."""
    row, column = (min(MAX_SHIFT, (size - 1) // 2) for size in got.shape[-2:])
    inside = got[..., row : got.shape[-2] - row, column : got.shape[-1] - column]
    at = _largest(inside)
    return (*at[:-2], at[-2] + row, at[-1] + column)


def _overlap(shape: tuple[int, ...], shift: tuple[int, int]) -> tuple[Any, ...]:
    """The part of an array that still holds values after they moved by ``shift``."""
    sides = zip(shape[-2:], shift, strict=True)
    return (..., *(slice(max(step, 0), size + min(step, 0)) for size, step in sides))


def _by_slice(got: Array, expected: Array, close: float) -> Pattern | None:
    """An offset or a factor for each index of one axis, such as a bias or a scale of channels.

    Slices of few or equal values would fit by accident.
    """
    for axis in range(got.ndim if got.ndim > 1 else 0):
        if not _fits_a_slice(got.take(0, axis), expected.take(0, axis), close):
            continue
        mine = np.moveaxis(got, axis, 0).reshape(got.shape[axis], -1)
        right = np.moveaxis(expected, axis, 0).reshape(got.shape[axis], -1)
        if len(mine) < 2 or mine.shape[1] < 4 or np.ptp(right, axis=1).min() <= close / FIT**0.5:
            continue
        offsets = mine - right
        far = np.abs(offsets).max(axis=1) > close
        if 2 * far.sum() < len(far) or np.abs(offsets).max() * FIT > close / FIT:
            continue
        if np.ptp(offsets, axis=1).max() <= 2 * close:
            return Pattern("slices_offset", axis)
        largest = np.abs(right).argmax(axis=1)[:, np.newaxis]
        factors = np.take_along_axis(mine, largest, 1) / np.take_along_axis(right, largest, 1)
        if not np.all((np.abs(factors) > 1 / LARGEST_FACTOR) & (np.abs(factors) < LARGEST_FACTOR)):
            continue
        fits = np.all(np.abs(mine - factors * right) <= close * np.abs(factors))
        if fits and np.count_nonzero(right, axis=1).min() >= 4:
            return Pattern("slices_factor", axis)
    return None


def _fits_a_slice(mine: Array, right: Array, close: float) -> bool:
    """Whether the first of some slices may be off by an offset or a factor, as all have to be."""
    if np.ptp(mine - right) <= 2 * close:
        return True
    largest = int(np.argmax(np.abs(right)))
    factor = float(mine.flat[largest]) / (float(right.flat[largest]) or 1.0)
    return bool(np.all(np.abs(mine - factor * right) <= close * abs(factor)))


def _factor(got: Array, expected: Array, close: float) -> float | None:
    """The factor by which everything is off, rounded if it is close to a simple fraction."""
    largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    factor = float(got[largest] / expected[largest])
    if not 1 / LARGEST_FACTOR < abs(factor) < LARGEST_FACTOR:
        return None
    if not np.all(np.abs(got - factor * expected) <= close * abs(factor)):
        return None
    for candidate in (round(factor), 1 / (round(1 / factor) or 1)):
        if candidate and abs(factor - candidate) < 1e-6 * abs(candidate):
            return float(candidate)
    return factor


def _border(wrong_at: Array) -> Pattern | None:
    """Wrong along the whole border of the last two axes and right inside, not by coincidence."""
    if wrong_at.ndim < 2 or min(wrong_at.shape[-2:]) < 4 or wrong_at[..., 1:-1, 1:-1].any():
        return None
    sides = (wrong_at[..., 0, :], wrong_at[..., -1, :], wrong_at[..., 0], wrong_at[..., -1])
    return Pattern("border") if all(2 * side.sum() >= side.size for side in sides) else None
