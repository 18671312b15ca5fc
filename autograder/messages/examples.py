"""The smallest failing input as text: code to paste, and the two results as NumPy prints them.

The input is public and so is what the student's code makes of it. How much of the right result is
shown is decided by the reveal policy, as everywhere.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.course.models import Reveal
from autograder.sandbox.host.session import ExceptionInfo
from autograder.sanitize import one_line
from autograder.suite.compare import type_name
from autograder.suite.smallest_input import AsText, SmallestInput, Source
from autograder.verdict.result import Counterexample

DASH = "—"
"""Shown where there is no result."""

MAX_SIZE = 64
"""The largest array that is shown with its values."""

MAX_LINE = 1200
"""Characters of one line of code; an example with a longer one is not shown."""

MAX_LINES = 24

MAX_RESULT = 4000
"""Characters of a result. Arrays take fewer; lists in lists may take as many as travel."""

MAX_SOURCES = 8
"""How many entries a comment lists if they do not form a box."""

_ALL = 17
"""As many digits as a float64 has. They are not rounded, but written as Python does."""

_DIGITS = (4, 6, 8, 12, _ALL)


def counterexample(example: SmallestInput, reveal: Reveal) -> Counterexample | None:
    """The example as a result contains it; None if the policy hides it or it is too long."""
    too_long = len(example.lines) > MAX_LINES or max(map(len, example.lines)) > MAX_LINE
    if reveal is Reveal.NONE or too_long:
        return None
    got, expected = _two_sides(example, reveal)
    lines = [one_line(line, MAX_LINE) for line in example.lines]
    if example.source is not None and example.index and reveal is Reveal.FIRST_DIFFERENCE:
        lines.append(comment(example.index, example.source))
    call = "\n".join(filter(None, lines))
    return Counterexample(call=call or DASH, got=got or DASH, expected=expected or DASH)


def comment(index: tuple[int, ...], source: Source) -> str:
    """A comment that says what an entry is made from; "" if that is too much for one line.

    ``# expected[0, 0] ← x[0, 0, 0:2, 1:3]``; `autograder.messages.printed` reads it back.
    """
    parts = _box(source.inputs) or [", ".join(map(str, each)) for each in source.inputs]
    if len(parts) > MAX_SOURCES:
        return ""
    read = ", ".join(f"{source.name}[{part}]" for part in parts)
    return f"# expected[{', '.join(map(str, index))}] ← {read}"


def _box(inputs: tuple[tuple[int, ...], ...]) -> list[str]:
    """The indices as one expression of slices, if they are a box without gaps."""
    axes = [sorted(set(axis)) for axis in zip(*inputs, strict=True)]
    spans = [range(axis[0], axis[-1] + 1) for axis in axes]
    if math.prod(map(len, spans)) != len(set(inputs)):
        return []
    return [", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}:{s[-1] + 1}" for s in spans)]


def _two_sides(example: SmallestInput, reveal: Reveal) -> tuple[str, str]:
    """The two results, with just enough digits to tell them apart."""
    shows_values = reveal is Reveal.FIRST_DIFFERENCE
    for digits in _DIGITS:
        got = _short(example.got, digits)
        expected = _short(example.expected, digits) if shows_values else _shape(example.expected)
        if got != expected and not _look_alike(example, digits):
            break
    return got, expected


def _look_alike(example: SmallestInput, digits: int) -> bool:
    """Whether the two values at the first difference are equal to this many digits."""
    got, expected, index = example.got, example.expected, example.index
    if index is None or not isinstance(got, np.ndarray) or not isinstance(expected, np.ndarray):
        return False
    if got.shape != expected.shape or got.dtype.kind not in "fc" or digits == _ALL:
        return False
    return bool(np.round(got[index], digits) == np.round(expected[index], digits))


def _short(value: Any, digits: int) -> str:
    """The value, or, if that is too long, its type only."""
    text = _text(value, digits)
    return text if len(text) <= MAX_RESULT else _shape(value)


def _text(value: Any, digits: int) -> str:
    if isinstance(value, AsText):
        return one_line(value.text, 80)
    if isinstance(value, ExceptionInfo):
        return said(value)
    if isinstance(value, np.ndarray) and value.ndim:
        return _array(value, digits)
    if isinstance(value, (np.ndarray, np.generic, float, complex)):
        item = np.asarray(value).item()
        return (
            f"{item:.{digits + 2}g}"
            if digits < _ALL and isinstance(item, float)
            else one_line(repr(item), 80)
        )
    if isinstance(value, (list, tuple)) and len(value) <= 8:
        inner = ", ".join(_text(item, digits) for item in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner}{',' * (len(value) == 1)})"
    if value is None or isinstance(value, (bool, int, str)):
        return one_line(repr(value)[:200], 80)
    return one_line(type_name(value), 80)


def _array(array: np.ndarray[Any, Any], digits: int) -> str:
    if array.size > MAX_SIZE or array.dtype.kind not in "biufc":
        return _shape(array)
    plain = np.asarray(array)
    if plain.dtype.kind in "fc" and digits < _ALL:
        with np.errstate(all="ignore"):
            plain = np.round(plain, digits) + 0.0  # -0. is 0.
    mode: Any = "unique" if digits == _ALL else "maxprec"
    with np.printoptions(
        precision=digits, floatmode=mode, suppress=True, linewidth=76, threshold=MAX_SIZE
    ):
        return np.array_repr(plain.astype(array.dtype, copy=False))


def _shape(value: Any) -> str:
    if isinstance(value, AsText):
        return one_line(value.text, 80)
    if isinstance(value, np.ndarray) and value.ndim:
        shown = tuple(map(int, value.shape)) if value.ndim <= 8 else f"{value.ndim} axes"
        return f"shape {shown}, {value.dtype.name}"
    return one_line(type_name(value), 80)


def said(error: ExceptionInfo) -> str:
    """An exception as Python prints it."""
    # What a learner wrote as -1, NumPy calls newaxis.
    text = error.message.replace("newaxis)", "-1)")
    return f"{error.type}: {text}" if text else error.type
