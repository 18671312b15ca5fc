"""Messages about the first difference between an answer and the expected result."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from autograder.course.models import Reveal
from autograder.messages.catalogue import catalogue, continued, listed, sentences
from autograder.sanitize import one_line
from autograder.suite.compare import Difference
from autograder.suite.patterns import Pattern
from autograder.suite.proxy import keys
from autograder.text import Text

MAX_TEXT = 20
"""Characters of a text or a whole number that code has returned: it may have made them of a hidden
input."""

SMALLER, LARGEST = 20, 1000
"""Bounds of the numbers in a ratio that is shown."""

_CATALOGUE = catalogue("criteria")
_text = _CATALOGUE.text


def message(found: Difference, reveal: Reveal) -> Text:
    """What differs, as far as the policy allows showing it."""
    text = _hidden(found) if reveal is Reveal.NONE else _told(found, reveal)
    if found.path:
        text = _text("inside", path=keys(found.path), text=continued(text))
    if found.pattern and reveal is not Reveal.NONE:
        return sentences(text, pattern(found.pattern, reveal))
    return text


def pattern(seen: Pattern, reveal: Reveal) -> Text:
    """A pattern in the differences, with numbers from the answer only if values are shown."""
    if seen.name == "factor":
        if reveal is not Reveal.FIRST_DIFFERENCE or not _is_simple(seen.detail):
            return _text("pattern_factor_hidden")
        return _text("pattern_factor", factor=_fraction(seen.detail))
    if seen.name == "precision":
        return _text("pattern_precision", dtype=seen.detail)
    if seen.name == "flipped":
        return _text("pattern_flipped", axes=", ".join(map(str, seen.detail)))
    if seen.name in ("slices_offset", "slices_factor", "slices_order"):
        return _text(f"pattern_{seen.name}", axis=seen.detail)
    if seen.name == "shifted":
        return _text("pattern_shifted", steps=_shifts(seen.detail))
    return _text(f"pattern_{seen.name}")


def _shifts(detail: Iterable[tuple[int, int]]) -> Text:
    """``axis 2: +1, axis 3: -1``."""
    return listed(_text("shifted_along", axis=axis, steps=f"{steps:+}") for axis, steps in detail)


def types(found: Difference) -> tuple[str, Text]:
    """The actual and the expected type."""
    key = f"type_{found.expected}"
    wanted = _text(key) if key in _CATALOGUE else _text("type_other", name=found.expected)
    return one_line(str(found.got), 80), wanted


def sides(found: Difference, reveal: Reveal) -> tuple[str, str]:
    """The actual and the expected result as text, not sanitized yet."""
    where = f"{found.index}: " if found.index else ""
    if found.kind in ("values", "not_finite"):
        if reveal is Reveal.SHAPES:
            return "—", "—"
        got, expected = _distinct(found.got, found.expected)
        return where + got, where + expected
    if found.kind == "keys":
        # Not their names, in which code could write down its input.
        return "—", ", ".join(found.expected)
    if found.kind == "masked":
        return "—", "—"
    return str(found.got), str(found.expected)


def _hidden(found: Difference) -> Text:
    """The kind of difference, without shapes and numbers."""
    if found.kind == "nothing":
        return _text("nothing")
    if found.kind == "not_finite":
        return sentences(_text("not_finite"), _text("look_for_nan"))
    if found.kind == "masked":
        return sentences(_text("masked_hidden"), _text("fill_the_mask"))
    return _text(f"{found.kind}_hidden")


def _told(found: Difference, reveal: Reveal) -> Text:
    """What differs, with shapes and counts."""
    got, expected = found.got, found.expected
    if found.kind == "masked":
        text = _text("masked", wrong=found.wrong, total=found.total)
        return sentences(text, _text("fill_the_mask"))
    if found.kind == "type":
        name, wanted = types(found)
        return _text("type", got=name, expected=wanted)
    if found.kind == "shape":
        return _text("shape", got=got, expected=expected)
    if found.kind == "dtype":
        return _text("dtype", got=one_line(str(got), 80), expected=expected)
    if found.kind == "length":
        return _text("length", got=got, expected=expected)
    if found.kind == "keys":
        return _text("keys", names=", ".join(f"`{name}`" for name in expected))
    if found.kind == "not_finite" and found.index:
        key = f"not_finite_{_how_many(found)}"
        return sentences(_text(key, **_counts(found)), _text("look_for_nan"))
    if found.kind == "values":
        how_many = _how_many(found) if found.index else "single"
        if how_many == "single":
            return _text("value")
        first = "_first" if how_many == "some" and reveal is Reveal.FIRST_DIFFERENCE else ""
        return _text(f"values_{how_many}{first}", **_counts(found))
    return _hidden(found)


def _how_many(found: Difference) -> str:
    if found.wrong < found.total:
        return "some"
    return "single" if found.total == 1 else "all"


def _counts(found: Difference) -> dict[str, Any]:
    share = min(max(100 * found.wrong / found.total, 0.1), 99.9)
    return {
        "wrong": found.wrong,
        "total": found.total,
        "share": f"{share:.1f}",
        "index": found.index,
    }


def _distinct(got: Any, expected: Any) -> tuple[str, str]:
    """Two values as text, with just enough digits to distinguish them.

    More digits would differ between machines because of rounding. All 17 are shown only where
    nothing but rounding is wrong.
    """
    for digits in (5, 7, 9, 12, 17):
        texts = _value(got, digits), _value(expected, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _value(value: Any, digits: int) -> str:
    if isinstance(value, str):
        return repr(one_line(value, MAX_TEXT))
    if isinstance(value, (float, complex)):
        return f"{value:.{digits}g}"
    if isinstance(value, int) and value.bit_length() > 64:  # not worth reading, but room for notes
        return "a huge number"
    return str(value)[:MAX_TEXT]


def _is_simple(factor: float) -> bool:
    """Whether a factor is a ratio of small numbers, as a mistake gives.

    Any other may be a number of the hidden input, by which the code multiplied its right result.
    """
    ratio = Fraction(factor).limit_denominator(LARGEST)
    smaller, larger = sorted((abs(ratio.numerator), ratio.denominator))
    simple = smaller <= SMALLER and larger <= LARGEST
    return simple and math.isclose(ratio, factor, rel_tol=1e-6)


def _fraction(factor: float) -> str:
    """``6``, ``-2``, ``1/6``, ``0.7``, ``4/3``."""
    inverse = 1 / factor
    if abs(factor) < 1 and abs(inverse - round(inverse)) < 1e-9 * abs(inverse):
        return f"{'-' if factor < 0 else ''}1/{abs(round(inverse))}"
    if abs(1000 * factor - round(1000 * factor)) > 1e-6:
        ratio = Fraction(factor).limit_denominator(SMALLER)
        if ratio and math.isclose(ratio, factor, rel_tol=1e-6):
            return str(ratio)
    return f"{factor:.4g}"
