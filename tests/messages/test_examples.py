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
