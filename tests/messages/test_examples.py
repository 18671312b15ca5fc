"""The smallest failing input as text."""

from __future__ import annotations

import numpy as np

from autograder.course.models import Reveal
from autograder.messages.examples import MAX_RESULT, counterexample
from autograder.suite.smallest_input import SmallestInput


def _got(value: object) -> str:
    example = SmallestInput(("f(np.ones(3))",), value, np.ones(3), (0,))
    shown = counterexample(example, Reveal.FIRST_DIFFERENCE)
    assert shown is not None
    return shown.got


def test_lists_in_lists_are_shown_unless_they_grow_too_long():
    nested: object = [1.0, 2.0]
    assert _got(nested) == "[1, 2]"
    for _ in range(4):
        nested = [nested] * 8
    assert _got(nested) == "list"


def test_an_array_with_many_axes_is_shown_by_its_shape():
    assert len(_got(np.full((2,) * 6, -1.23456789e200))) < MAX_RESULT
    many = np.zeros((2,) * 6 + (1,) * 20)
    assert _got(many) == "shape 26 axes, float64"


def test_where_only_rounding_is_wrong_all_digits_are_shown():
    """x of numerical_gradient, put back by adding and subtracting the step."""
    for got in (np.array([0.1 + 0.5 - 1.0 + 0.5]), 0.1 + 0.5 - 1.0 + 0.5):
        right = np.array([0.1]) if isinstance(got, np.ndarray) else 0.1
        shown = counterexample(SmallestInput(("x",), got, right), Reveal.FIRST_DIFFERENCE)
        assert shown is not None
        assert "0.09999999999999998" in shown.got
        assert "0.1" in shown.expected
        assert "000" not in shown.expected
